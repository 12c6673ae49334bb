using System.Globalization;
using KubeMetrics.Queries;

namespace KubeMetrics.Sql;

/// <summary>A table as the translator sees it: its labels, and where DuckDB has it.</summary>
/// <param name="Labels">The names of all labels of its series, in order.</param>
/// <param name="Rows">DuckDB's table of the samples: <c>id</c>, <c>v</c>.</param>
/// <param name="LabelRows">DuckDB's table of the labels: <c>id</c>, <c>l0</c>, <c>l1</c> ….</param>
internal sealed record TableInfo(IReadOnlyList<string> Labels, string Rows, string LabelRows);

/// <summary>A query in DuckDB's SQL, with the names and types of its columns in Spark's.</summary>
internal sealed record Translation(string Sql, IReadOnlyList<Expr> Columns);

/// <summary>
/// Translates a checked query from Spark's SQL to DuckDB's, knowing the type of everything: where both mean something
/// else by the same words, it writes what Spark means, or refuses. Columns get names of their own (<c>c1</c>, <c>c2</c> …),
/// so that names are looked up by Spark's rules, here.
/// </summary>
internal sealed partial class Translator(IReadOnlyList<SqlToken> tokens, IReadOnlyDictionary<string, TableInfo> tables) : SqlTokenReader(tokens)
{
    private readonly Dictionary<string, (Translation Query, string Name)> _ctes = new(StringComparer.OrdinalIgnoreCase);
    private int _names;

    /// <exception cref="QueryRefusedException">It uses something that is not in the portable subset.</exception>
    public static Translation Translate(CheckedQuery query, IReadOnlyDictionary<string, TableInfo> tables)
    {
        var translator = new Translator(query.Tokens, tables);
        var translation = translator.Query(null);
        if (translator.Current.Kind != SqlTokenKind.End) throw translator.NotInProcess(translator.Current);
        // As in Spark, where the query becomes a view.
        var twice = translation.Columns.GroupBy(c => c.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? translation : throw new QueryRefusedException($"two columns are called '{twice.Key}'", query.Tokens[0], "give one another name with AS");
    }

    private Translation Query(Scope? outer)
    {
        var known = new Dictionary<string, (Translation, string)>(_ctes, StringComparer.OrdinalIgnoreCase);
        var with = new List<string>();
        if (Take("WITH"))
        {
            do
            {
                var at = Current;
                var name = TakeName();
                IReadOnlyList<string>? names = Current.IsSymbol("(") ? NameList() : null;
                Take("AS");
                Expect("(");
                var body = Renamed(Query(null), names, at);
                Expect(")");
                var table = NewName("q");
                with.Add($"{table} AS ({body.Sql})");
                _ctes[name] = (body, table);
            }
            while (TakeSymbol(","));
        }

        var (result, select) = Set(outer);
        var sql = result.Sql;
        if (TakePair("ORDER", "BY"))
        {
            if (select is null) sql = $"SELECT * FROM ({sql})"; // DuckDB orders the last of several SELECTs else
            sql += " ORDER BY " + string.Join(", ", OrderBy(result, select));
        }

        foreach (var clause in (string[])["LIMIT", "OFFSET"])
        {
            if (!Take(clause)) continue;
            if (clause == "LIMIT" && Take("ALL")) continue;
            if (Current.Kind != SqlTokenKind.Number || !long.TryParse(Current.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) throw NotInProcess(Current);
            At++;
            sql += $" {clause} {count}";
        }

        foreach (var name in _ctes.Keys.ToList()) _ctes.Remove(name);
        foreach (var (name, cte) in known) _ctes[name] = cte;
        return result with { Sql = with.Count == 0 ? sql : $"WITH {string.Join(", ", with)} {sql}" };
    }

    private (Translation Result, SelectNames? Select) Set(Scope? outer)
    {
        var (left, select) = Term(outer);
        string? kind = null;
        while (Current.IsAny("UNION", "INTERSECT", "EXCEPT", "MINUS"))
        {
            var at = Current;
            At++;
            var word = at.Is("MINUS") ? "EXCEPT" : at.Text.ToUpperInvariant();
            if (kind is not null && kind != word) throw new QueryRefusedException($"{at} follows {kind}, and which of them comes first is not plain", at, "put brackets around one");
            kind = word;
            var all = Take("ALL");
            if (all && word != "UNION") throw NotInProcess(at);
            if (!all) Take("DISTINCT");
            var right = Term(outer).Result;
            if (right.Columns.Count != left.Columns.Count)
                throw new QueryRefusedException($"{kind} puts {left.Columns.Count} columns beside {right.Columns.Count}", at, "select as many on both sides");
            var columns = left.Columns.Zip(right.Columns, (l, r) => l with { Type = Common(at, l.Type, r.Type), Literal = null, Fields = null }).ToList();
            left = new Translation($"({AsTypes(left, columns)}) {word}{(all ? " ALL" : "")} ({AsTypes(right, columns)})", columns);
            select = null;
        }

        return (left, select);
    }

    /// <summary>A side of a set operation with its columns in the types that both sides have in common.</summary>
    private string AsTypes(Translation side, List<Expr> columns)
    {
        if (side.Columns.Zip(columns).All(p => p.First.Type == p.Second.Type)) return side.Sql;
        var casts = side.Columns.Zip(columns).Select((p, i) => $"{As(new Expr($"c{i}", p.First.Type, "") { Literal = p.First.Literal }, p.Second.Type)} AS c{i}");
        return $"SELECT {string.Join(", ", casts)} FROM ({side.Sql}) AS {NewName("t")}({string.Join(", ", columns.Select((_, i) => $"c{i}"))})";
    }

    private (Translation Result, SelectNames? Select) Term(Scope? outer)
    {
        if (TakeSymbol("("))
        {
            var inner = Query(outer);
            Expect(")");
            return (inner with { Sql = $"SELECT * FROM ({inner.Sql})" }, null);
        }

        return Select(outer);
    }

    /// <summary>What ORDER BY needs to know of the SELECT before it.</summary>
    private sealed record SelectNames(Scope Scope, bool IsDistinct);

    private (Translation Result, SelectNames Select) Select(Scope? outer)
    {
        if (!Take("SELECT")) throw NotInProcess(Current);
        while (TakeSymbol("/*+")) // hints move data about in a cluster; here there is nothing to move
        {
            while (!TakeSymbol("*/")) At++;
        }

        var distinct = Take("DISTINCT");
        if (!distinct) Take("ALL");
        var list = At;
        var scope = new Scope(outer);
        var from = "";
        SkipToClause();
        if (Take("FROM")) from = " FROM " + From(scope);
        var behindFrom = At;

        At = list;
        var columns = Items(scope);
        if (!Current.Is("FROM") && At != behindFrom && !IsClauseEnd()) throw NotInProcess(Current);
        At = behindFrom;

        var sql = from;
        if (Take("WHERE")) sql += " WHERE " + Condition(scope).Sql;
        if (TakePair("GROUP", "BY")) sql += GroupBy(scope, columns);
        if (Take("HAVING"))
        {
            _aliases = columns;
            sql += " HAVING " + Condition(scope).Sql;
            _aliases = null;
        }

        if (columns.Any(c => c.IsGenerator) && (distinct || sql.Contains(" GROUP BY ", StringComparison.Ordinal) || columns.Count(c => c.IsGenerator) > 1))
            throw new QueryRefusedException("explode stands beside DISTINCT, GROUP BY or another", Tokens[list], "put it into LATERAL VIEW");
        sql = $"SELECT {(distinct ? "DISTINCT " : "")}{string.Join(", ", columns.Select((c, i) => $"{c.Sql} AS c{i}"))}{sql}";
        return (new Translation(sql, columns), new SelectNames(scope, distinct));
    }

    private List<Expr> Items(Scope scope)
    {
        var columns = new List<Expr>();
        do
        {
            if (Star(scope, columns)) continue;
            var value = Whole(Expression(scope, top: true));
            if (Take("AS") || Current.Kind == SqlTokenKind.Name)
            {
                if (Current.IsSymbol("(")) throw NotInProcess(Current);
                value = value with { Name = TakeName() };
            }

            columns.Add(value);
        }
        while (TakeSymbol(","));
        return columns;
    }

    private bool Star(Scope scope, List<Expr> columns)
    {
        var qualifier = Current.Kind == SqlTokenKind.Name && Ahead().IsSymbol(".") && Ahead(2).IsSymbol("*") ? Current.Text : null;
        if (qualifier is null && !Current.IsSymbol("*")) return false;
        var all = scope.Columns.Where(c => qualifier is null || Scope.Same(c.Source, qualifier)).ToList();
        if (all.Count == 0) throw new QueryRefusedException("there is nothing that '*' stands for", Current, "add a FROM, or the right alias");
        columns.AddRange(all.Select(c => Whole(c.Value with { Name = c.Name })));
        At += qualifier is null ? 1 : 3;
        return true;
    }

    private string GroupBy(Scope scope, List<Expr> columns)
    {
        if (Current.IsAny("ALL", "GROUPING")) throw NotInProcess(Current);
        var keys = new List<string>();
        do
        {
            if (Current.IsAny("ROLLUP", "CUBE")) throw NotInProcess(Current);
            _aliases = columns;
            var key = Whole(Expression(scope));
            _aliases = null;
            if (key.Literal is long position) key = Positioned(position, columns);
            keys.Add(Comparable(key));
        }
        while (TakeSymbol(","));
        if (Current.Is("WITH")) throw NotInProcess(Current);
        return " GROUP BY " + string.Join(", ", keys);
    }

    private List<string> OrderBy(Translation result, SelectNames? select)
    {
        var keys = new List<string>();
        do
        {
            if (Current.Is("ALL")) throw NotInProcess(Current);
            var at = Current;
            string key;
            var index = at.Kind == SqlTokenKind.Name && !Ahead().IsSymbol(".") && !Ahead().IsSymbol("[") && EndsKey(Ahead()) ? result.Columns.ToList().FindIndex(c => Scope.Same(c.Name, at.Text)) : -1;
            if (index >= 0)
            {
                At++;
                key = $"{index + 1}";
                Comparable(result.Columns[index]);
            }
            else if (at.Kind == SqlTokenKind.Number && EndsKey(Ahead()) && long.TryParse(at.Text, CultureInfo.InvariantCulture, out var position))
            {
                At++;
                Comparable(Positioned(position, result.Columns));
                key = $"{position}";
            }
            else if (select is null || select.IsDistinct)
            {
                throw new QueryRefusedException($"{at} is no column of the result, by which alone it can be ordered here", at, "order by a column's name or number");
            }
            else
            {
                _aliases = result.Columns;
                _aliasesFirst = true;
                key = Comparable(Whole(Expression(select.Scope)));
                _aliases = null;
                _aliasesFirst = false;
            }

            // Spark: nulls come first upwards and last downwards.
            var down = Take("DESC");
            if (!down) Take("ASC");
            var nulls = Take("NULLS") ? (Take("FIRST") ? "FIRST" : Take("LAST") ? "LAST" : throw NotInProcess(Current)) : down ? "LAST" : "FIRST";
            keys.Add($"{key} {(down ? "DESC" : "ASC")} NULLS {nulls}");
        }
        while (TakeSymbol(","));
        return keys;
    }

    private static bool EndsKey(SqlToken token) =>
        token.Kind == SqlTokenKind.End || token.IsSymbol(",") || token.IsSymbol(")") || token.IsAny("ASC", "DESC", "NULLS", "LIMIT", "OFFSET");

    private Expr Positioned(long position, IReadOnlyList<Expr> columns) =>
        position >= 1 && position <= columns.Count
            ? columns[(int)position - 1] with { Literal = null }
            : throw new QueryRefusedException($"there is no column {position}", Current, $"the query has {columns.Count}");

    /// <summary>Moves to the clause behind the select list.</summary>
    private void SkipToClause()
    {
        for (var depth = 0; Current.Kind != SqlTokenKind.End; At++)
        {
            if (Current.IsSymbol("(") || Current.IsSymbol("[")) depth++;
            else if (Current.IsSymbol(")") || Current.IsSymbol("]")) depth--;
            if (depth < 0) return;
            if (depth == 0 && !Current.IsSymbol(")") && IsClauseEnd() && !(Current.Is("FROM") && Tokens[At - 1].Is("DISTINCT") && Tokens[At - 2].IsAny("IS", "NOT"))) return;
        }
    }

    private bool IsClauseEnd() =>
        Current.Kind == SqlTokenKind.End || Current.IsSymbol(")") ||
        Current.IsAny("FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "UNION", "INTERSECT", "EXCEPT", "MINUS", "WINDOW", "LATERAL", "SORT", "CLUSTER", "DISTRIBUTE");

    private string NewName(string prefix) => $"{prefix}{(++_names).ToString(CultureInfo.InvariantCulture)}";

    private Translation Renamed(Translation query, IReadOnlyList<string>? names, SqlToken at)
    {
        if (names is null) return query;
        if (names.Count != query.Columns.Count) throw new QueryRefusedException($"{at} has {query.Columns.Count} columns, not {names.Count}", at, "name each");
        return query with { Columns = [.. query.Columns.Zip(names, (c, n) => c with { Name = n })] };
    }

    private List<string> NameList()
    {
        var names = new List<string>();
        Expect("(");
        do names.Add(TakeName());
        while (TakeSymbol(","));
        Expect(")");
        return names;
    }

    private string TakeName() => Current.Kind == SqlTokenKind.Name ? Tokens[At++].Text : throw NotInProcess(Current);

    private void Expect(string symbol)
    {
        if (!TakeSymbol(symbol)) throw NotInProcess(Current);
    }

    private QueryRefusedException NotInProcess(SqlToken at) => new($"{at} is not in the part of SQL that is answered in process", at, OnCluster);

    internal const string OnCluster = "run it on a Spark cluster, or see docs/sql.md for what is";
}
