namespace KubeMetrics.Queries;

/// <summary>
/// Reads a query clause by clause and lets pass what it knows. What it calls a name is written in backticks afterwards, so
/// no word can turn out to be a keyword of some Spark version.
/// </summary>
internal sealed partial class QueryGuard(IReadOnlyList<SqlToken> tokens, QueryRules rules) : SqlTokenReader(tokens)
{
    private readonly List<string> _ctes = [];
    private readonly HashSet<string> _tables = new(StringComparer.OrdinalIgnoreCase);
    private int _depth;

    public CheckedQuery Check()
    {
        if (Current.Kind == SqlTokenKind.End) throw new QueryRefusedException("there is no query", Current, "write one SELECT");
        if (!Current.IsAny("SELECT", "WITH") && !Current.IsSymbol("("))
            throw new QueryRefusedException($"{Current} starts no query", Current, "write one SELECT, or WITH … SELECT");
        Query();
        var end = At;
        if (TakeSymbol(";") && Current.Kind != SqlTokenKind.End) throw new QueryRefusedException("a second statement follows the semicolon", Current, "send one SELECT");
        if (Current.Kind != SqlTokenKind.End) throw Unexpected();
        return new CheckedQuery([.. Tokens.Take(end), Current], _tables);
    }

    private void Query()
    {
        using var nesting = Deeper();
        var known = _ctes.Count;
        if (Take("WITH"))
        {
            do
            {
                var name = Name("the name of a subquery");
                if (Current.IsSymbol("(")) Names();
                Take("AS");
                Expect("(");
                Query();
                Expect(")");
                _ctes.Add(name.Text); // from here on only: within itself the name is a table's
            }
            while (TakeSymbol(","));
        }

        Term();
        while (TakeAny("UNION", "INTERSECT", "EXCEPT", "MINUS"))
        {
            TakeAny("ALL", "DISTINCT");
            Term();
        }

        if (TakePair("ORDER", "BY")) Ordered();
        if (TakePair("CLUSTER", "BY") || TakePair("DISTRIBUTE", "BY")) Expressions();
        if (TakePair("SORT", "BY")) Ordered();
        NamedWindows();
        if (Take("LIMIT") && !Take("ALL")) Expression();
        if (Take("OFFSET")) Expression();
        _ctes.RemoveRange(known, _ctes.Count - known);
    }

    private void Term()
    {
        if (TakeSymbol("("))
        {
            Query();
            Expect(")");
            return;
        }

        if (!Take("SELECT")) throw new QueryRefusedException($"{Current} stands where SELECT has to", Current, "write SELECT … FROM one of the tables");
        while (TakeSymbol("/*+")) Hints();
        TakeAny("ALL", "DISTINCT");
        if (Current.IsAny("TRANSFORM", "MAP", "REDUCE"))
            throw new QueryRefusedException(
                $"{Current} follows SELECT, where Spark takes it for the clause that runs a program", Current, "name another column before it");
        do
        {
            Expression();
            Alias();
        }
        while (TakeSymbol(","));

        if (Take("FROM"))
        {
            do Relation();
            while (TakeSymbol(","));
        }

        while (Current.Is("LATERAL")) LateralView();
        if (Take("WHERE")) Expression();
        if (TakePair("GROUP", "BY")) Grouping();
        if (Take("HAVING")) Expression();
        NamedWindows();
    }

    private void Hints()
    {
        do
        {
            if (!Current.IsName || !SparkWords.Hints.Contains(Current.Text))
                throw new QueryRefusedException($"{Current} is no hint that is taken", Current, $"leave it out, or give one of {string.Join(", ", SparkWords.Hints.Select(h => h.ToUpperInvariant()))}");
            Keep();
            if (!TakeSymbol("(")) continue;
            do
            {
                if (Current.Kind == SqlTokenKind.Number) At++;
                else Name("a table's name");
            }
            while (TakeSymbol(","));
            Expect(")");
        }
        while (TakeSymbol(",") || !Current.IsSymbol("*/"));
        Expect("*/");
    }

    private void LateralView()
    {
        At++;
        if (!Take("VIEW")) throw new QueryRefusedException("LATERAL stands here without VIEW", Current, "write LATERAL VIEW explode(…) name AS column, or JOIN LATERAL (SELECT …)");
        Take("OUTER");
        TableFunction();
        Name("the name that its rows get");
        if (!Take("AS") && !IsPlainName) return;
        do Name("a column's name");
        while (TakeSymbol(","));
    }

    private void Grouping()
    {
        if (Take("ALL")) return;
        if (!Current.Is("GROUPING")) Expressions();
        if (TakePair("GROUPING", "SETS"))
        {
            Expect("(");
            do
            {
                if (Current.IsSymbol("(") && Ahead().IsSymbol(")")) At += 2;
                else Expression();
            }
            while (TakeSymbol(","));
            Expect(")");
        }

        if (Take("WITH") && !TakeAny("ROLLUP", "CUBE")) throw Unexpected();
    }

    private void NamedWindows()
    {
        if (!Current.Is("WINDOW")) return;
        At++;
        do
        {
            Name("a window's name");
            if (!Take("AS")) throw Unexpected();
            Window();
        }
        while (TakeSymbol(","));
    }

    private void Alias()
    {
        if (Take("AS"))
        {
            if (Current.IsSymbol("(")) Names();
            else Name("a column's name");
        }
        else if (IsPlainName)
        {
            Name("a column's name");
        }
    }

    private void Names()
    {
        Expect("(");
        do Name("a column's name");
        while (TakeSymbol(","));
        Expect(")");
    }

    /// <summary>Whether the current piece can be a name, as it is written.</summary>
    private bool IsPlainName => Current.Kind == SqlTokenKind.Name || (Current.Kind == SqlTokenKind.Word && !SparkWords.Reserved.Contains(Current.Text));

    /// <summary>Takes a name, and has it written in backticks.</summary>
    private SqlToken Name(string what)
    {
        if (!Current.IsName) throw new QueryRefusedException($"{Current} stands where {what} has to", Current, "put the name there");
        if (!IsPlainName) throw new QueryRefusedException($"the word {Current} is no name here", Current, $"put it in backticks if {what} is meant");
        return TakeName();
    }

    private SqlToken TakeName()
    {
        if (SparkFunctions.HiddenColumns.Contains(Current.Text))
            throw new QueryRefusedException($"{Current} tells of the machine or of who asks, not of the data", Current, "leave it out");
        return Take(SqlTokenKind.Name);
    }

    /// <summary>Takes a word as it is: it was compared with those that are known.</summary>
    private void Keep()
    {
        // In backticks may stand a letter that only looks like one, or becomes one in upper case.
        if (!System.Text.Ascii.IsValid(Current.Text)) throw Unexpected();
        Take(SqlTokenKind.Word);
    }

    private SqlToken Take(SqlTokenKind kind)
    {
        Tokens[At] = Current with { Kind = kind };
        return Tokens[At++];
    }

    private bool TakeAny(params ReadOnlySpan<string> words)
    {
        if (!Current.IsAny(words)) return false;
        At++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!TakeSymbol(symbol)) throw new QueryRefusedException($"{Current} stands where '{symbol}' has to", Current, "check the brackets and the words before it");
    }

    private QueryRefusedException Unexpected() => new($"{Current} can't stand here", Current, "leave it out; taken are the clauses of one SELECT over the tables");

    private Nesting Deeper()
    {
        if (++_depth > QueryRules.Deepest) throw new QueryRefusedException($"brackets nest deeper than {QueryRules.Deepest} levels", Current, "make the query flatter");
        return new Nesting(this);
    }

    private readonly ref struct Nesting(QueryGuard guard)
    {
        public void Dispose() => guard._depth--;
    }
}
