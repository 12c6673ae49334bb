using CsCheck;

namespace KubeMetrics.Queries;

public sealed class AnyTextTests
{
    private static readonly QueryRules Rules = new(["kubelet", "other"]);

    private static readonly string[] Pieces =
    [
        .. LegitimateQueries.All.SelectMany(q => q.Split(' ')).Distinct(),
        "USING", "'sh'", "TRANSFORM(values)", "MAP", "REDUCE", "reflect(", "java_method", "INSERT", "INTO", "TABLE", "secret", "csv", ".", "`", "'", "\"", "/*", "*/", "/*+", "--", "\n", ";", "${", "!", "\\", "|>", "(", ")",
    ];

    // Whatever comes: an answer, or a refusal with a place. And what passed names no program, no other table and no refused function.
    [Fact]
    public void Any_mixture_of_pieces_is_answered_or_refused_and_never_holds_what_is_forbidden() =>
        One(Pieces).Array[0, 25].Select(p => string.Join(' ', p)).Sample(text => Holds(text.StartsWith("SELECT", StringComparison.Ordinal) ? text : "SELECT " + text), iter: 20_000);

    [Fact]
    public void A_good_query_with_one_piece_exchanged_is_answered_or_refused() =>
        Gen.Select(One([.. LegitimateQueries.All]), Gen.Int[0, 40], One(Pieces)).Sample((query, at, piece) =>
        {
            var words = query.Split(' ');
            words[at % words.Length] = piece;
            return Holds(string.Join(' ', words));
        }, iter: 20_000);

    private static Gen<string> One(string[] of) => Gen.Int[0, of.Length - 1].Select(i => of[i]);

    private static bool Holds(string text)
    {
        CheckedQuery query;
        try
        {
            query = CallerQuery.Check(text, Rules);
        }
        catch (QueryRefusedException e)
        {
            return e.Line >= 1 && e.Column >= 1;
        }

        var tokens = query.Tokens;
        for (var i = 0; i + 1 < tokens.Count; i++)
        {
            if (tokens[i].Is("USING") && !tokens[i + 1].IsSymbol("(")) return false;
            if (tokens[i].IsAny("INSERT", "INTO", "TABLE", "PIVOT")) return false;
            if (tokens[i].IsAny("reflect", "java_method")) return false;
            if (tokens[i].Is("SELECT") && tokens[i + 1].IsAny("TRANSFORM", "MAP", "REDUCE")) return false;
            if (tokens[i].Is("FROM") && tokens[i + 1] is { Kind: SqlTokenKind.Name, Text: "secret" or "csv" }) return false;
            if (tokens[i].IsSymbol(";")) return false;
        }

        return query.Tables.All(t => t is "kubelet" or "other") && CallerQuery.Check(query.Sql, Rules).Sql == query.Sql;
    }
}
