using System.Text;

namespace KubeMetrics.Queries;

/// <summary>
/// A query that was checked, to be embedded as <c>CREATE TEMPORARY VIEW x AS</c> <see cref="Sql"/>. It is written anew from
/// its pieces: without comments, every name in backticks, every text as one ASCII literal. So what was checked is what
/// Spark reads, even where its lexer and ours differ over what the caller wrote.
/// </summary>
public sealed class CheckedQuery
{
    internal CheckedQuery(IReadOnlyList<SqlToken> tokens, IReadOnlySet<string> tables)
    {
        Tokens = tokens;
        Tables = tables;
        Sql = Write(tokens);
    }

    /// <summary>The query in Spark SQL: one SELECT, no semicolon.</summary>
    public string Sql { get; }

    /// <summary>Its pieces without comments: names are all <see cref="SqlTokenKind.Name"/>, words are keywords, functions and types.</summary>
    public IReadOnlyList<SqlToken> Tokens { get; }

    /// <summary>The registered tables that it reads, as it names them.</summary>
    public IReadOnlySet<string> Tables { get; }

    /// <inheritdoc/>
    public override string ToString() => Sql;

    private static string Write(IReadOnlyList<SqlToken> tokens)
    {
        var sql = new StringBuilder();
        for (var i = 0; i < tokens.Count && tokens[i].Kind != SqlTokenKind.End; i++)
        {
            if (i > 0)
            {
                // The caller's lines stay, for whoever reads the job's script.
                if (tokens[i].Line > tokens[i - 1].Line) sql.Append('\n');
                else if (!IsTight(tokens[i - 1], tokens[i])) sql.Append(' ');
            }

            sql.Append(tokens[i].Kind switch
            {
                SqlTokenKind.Name => SqlText.Name(tokens[i].Text),
                SqlTokenKind.String => SqlText.String(tokens[i].Text),
                _ => tokens[i].Text,
            });
        }

        return sql.ToString();
    }

    private static bool IsTight(SqlToken before, SqlToken after) =>
        (after.Kind == SqlTokenKind.Symbol && after.Text is "," or ")" or "]" or "." or "[")
        || (before.Kind == SqlTokenKind.Symbol && before.Text is "(" or "[" or ".")
        || (after.IsSymbol("(") && before.Kind == SqlTokenKind.Word && before.Column + before.Text.Length == after.Column);
}
