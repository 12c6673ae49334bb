namespace KubeMetrics.Queries;

/// <summary>What stands behind FROM.</summary>
internal sealed partial class QueryGuard
{
    private void Relation()
    {
        using var nesting = Deeper();
        Take("LATERAL");
        Primary();
        while (Join())
        {
            Take("LATERAL");
            Primary();
            if (Take("ON")) Expression();
            else if (Take("USING")) Names();
        }
    }

    private bool Join()
    {
        var start = At;
        Take("NATURAL");
        if (TakeAny("LEFT", "RIGHT", "FULL")) TakeAny("OUTER", "SEMI", "ANTI");
        else TakeAny("INNER", "CROSS", "SEMI", "ANTI");
        if (Take("JOIN")) return true;
        if (start != At) throw Unexpected();
        return false;
    }

    private void Primary()
    {
        if (TakeSymbol("("))
        {
            if (StartsQuery()) Query();
            else Relation();
            Expect(")");
            TableAlias();
            return;
        }

        if (Current.Kind == SqlTokenKind.Word && Current.IsAny("VALUES", "STREAM"))
            throw new QueryRefusedException($"{Current} stands where a table's name has to", Current, WhichTables());
        if (Current.IsName && Ahead().IsSymbol("("))
        {
            TableFunction();
            TableAlias();
            return;
        }

        if (Current.Kind == SqlTokenKind.String) throw new QueryRefusedException($"{Current} stands where a table's name has to", Current, WhichTables());
        var name = Name("a table's name");
        if (Current.IsSymbol(".") || Current.Kind == SqlTokenKind.String)
            throw new QueryRefusedException($"'{name.Text}' with something behind it names a file or a table of the cluster", name, WhichTables());
        if (!_ctes.Contains(name.Text, StringComparer.OrdinalIgnoreCase))
        {
            if (!rules.HasTable(name.Text)) throw new QueryRefusedException($"there is no table '{name.Text}'", name, WhichTables());
            _tables.Add(name.Text);
        }

        TableAlias();
    }

    private void TableAlias()
    {
        if (!Take("AS") && !IsPlainName) return;
        Name("a table's alias");
        if (Current.IsSymbol("(")) Names();
    }

    private void TableFunction()
    {
        if (!Current.IsName || !SparkFunctions.Tables.Contains(Current.Text) || !Ahead().IsSymbol("("))
            throw new QueryRefusedException($"{Current} is no function that makes rows", Current, $"take one of {string.Join(", ", SparkFunctions.Tables)}");
        Keep();
        Expect("(");
        Expressions();
        Expect(")");
    }

    /// <summary>Whether a subquery starts here, in brackets of its own or not.</summary>
    private bool StartsQuery()
    {
        var at = At;
        while (Tokens[at].IsSymbol("(")) at++;
        return Tokens[at].IsAny("SELECT", "WITH");
    }

    private string WhichTables() =>
        rules.Tables.Count == 0 ? "no table is registered" : $"there are {string.Join(", ", rules.Tables.Order(StringComparer.Ordinal))}";
}
