namespace KubeMetrics.Queries;

/// <summary>
/// What computes. Precedence does not matter here: an expression is operands with operators between them.
/// </summary>
internal sealed partial class QueryGuard
{
    private static readonly HashSet<string> Operators =
        ["=", "==", "<=>", "<>", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "&", "|", "^", "||", "->"];

    private void Expressions()
    {
        do Expression();
        while (TakeSymbol(","));
    }

    private void Ordered()
    {
        if (Take("ALL"))
        {
            Direction();
            return;
        }

        do
        {
            Expression();
            Direction();
        }
        while (TakeSymbol(","));
    }

    private void Direction()
    {
        TakeAny("ASC", "DESC");
        if (Take("NULLS") && !TakeAny("FIRST", "LAST")) throw Unexpected();
    }

    private void Expression()
    {
        using var nesting = Deeper();
        do
        {
            while (Take("NOT") || TakeSymbol("!") || TakeSymbol("-") || TakeSymbol("+") || TakeSymbol("~"))
            {
            }

            Operand();
            Behind();
        }
        while (Operator());
    }

    private bool Operator()
    {
        if (Current.Kind == SqlTokenKind.Symbol && Operators.Contains(Current.Text))
        {
            At++;
            return true;
        }

        if (TakeAny("AND", "OR", "DIV", "ESCAPE")) return true;
        var negated = Current.Is("NOT") && Ahead().IsAny("IN", "BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP");
        if (negated) At++;
        if (TakeAny("LIKE", "ILIKE"))
        {
            TakeAny("ANY", "ALL", "SOME");
            return true;
        }

        if (TakeAny("BETWEEN", "RLIKE", "REGEXP")) return true;
        if (Current.Is("IN") && Ahead().IsSymbol("(")) return Take("IN");
        if (!Current.Is("IS")) return false;
        At++;
        Take("NOT");
        if (TakePair("DISTINCT", "FROM")) return true;
        if (!TakeAny("NULL", "TRUE", "FALSE", "UNKNOWN")) throw Unexpected();
        return Operator();
    }

    private void Operand()
    {
        if (Current.Kind is SqlTokenKind.Number or SqlTokenKind.String || Current.IsSymbol("*"))
        {
            At++;
        }
        else if (TakeSymbol("("))
        {
            if (Current.IsAny("SELECT", "WITH")) Query();
            else Expressions();
            Expect(")");
        }
        else if (Current.Kind == SqlTokenKind.Word && Ahead().Kind == SqlTokenKind.String && SparkWords.LiteralTypes.Contains(Current.Text))
        {
            At += 2;
        }
        else if (Current.Is("CASE"))
        {
            Case();
        }
        else if (Current.IsName && Ahead().IsSymbol("("))
        {
            Call();
        }
        else if (Current.Is("INTERVAL") && Ahead().Kind is SqlTokenKind.String or SqlTokenKind.Number or SqlTokenKind.Symbol)
        {
            Interval();
        }
        else if (!TakeAny("NULL", "TRUE", "FALSE", "CURRENT_DATE", "CURRENT_TIMESTAMP"))
        {
            Name("a value");
        }
    }

    /// <summary>What can follow an operand: fields, elements, windows.</summary>
    private void Behind()
    {
        while (true)
        {
            if (Current.IsSymbol("."))
            {
                if (Tokens[At - 1] is { Kind: SqlTokenKind.Number or SqlTokenKind.String }) throw Unexpected();
                At++;
                if (TakeSymbol("*")) continue;
                if (!Current.IsName) throw Unexpected();
                if (Ahead().IsSymbol("(")) throw new QueryRefusedException($"the function {Current} is named with a place before it", Current, "name functions by their own name alone");
                if (Current.Text.Equals("_metadata", StringComparison.OrdinalIgnoreCase)) TakeName(); // refuses it
                Take(SqlTokenKind.Name);
            }
            else if (TakeSymbol("["))
            {
                Expression();
                Expect("]");
            }
            else if (TakePair("WITHIN", "GROUP"))
            {
                Expect("(");
                if (!TakePair("ORDER", "BY")) throw Unexpected();
                Ordered();
                Expect(")");
            }
            else if (Current.Is("FILTER") && Ahead().IsSymbol("("))
            {
                At += 2;
                if (!Take("WHERE")) throw Unexpected();
                Expression();
                Expect(")");
            }
            else if (Take("OVER"))
            {
                if (Current.IsSymbol("(")) Window();
                else Name("a window's name");
            }
            else if (!TakePair("IGNORE", "NULLS") && !TakePair("RESPECT", "NULLS"))
            {
                return;
            }
        }
    }

    private void Call()
    {
        if (Current.Is("EXISTS") && (Ahead(2).Is("SELECT") || Ahead(2).Is("WITH")))
        {
            At += 2;
            Query();
            Expect(")");
            return;
        }

        if (!rules.HasFunction(Current.Text))
            throw new QueryRefusedException($"the function {Current} is not among those that a query may call", Current, "compute it with another; an operator can allow more");
        var name = Current.Text;
        Keep();
        Expect("(");
        if (TakeSymbol(")")) return;
        using var nesting = Deeper();
        if (name.Equals("cast", StringComparison.OrdinalIgnoreCase) || name.Equals("try_cast", StringComparison.OrdinalIgnoreCase))
        {
            Expression();
            if (!Take("AS")) throw new QueryRefusedException($"{Current} stands where AS has to", Current, "write CAST(value AS type)");
            Type();
        }
        else if (name.Equals("extract", StringComparison.OrdinalIgnoreCase))
        {
            Name("the part of a time");
            if (!Take("FROM")) throw new QueryRefusedException($"{Current} stands where FROM has to", Current, "write extract(HOUR FROM time)");
            Expression();
        }
        else if (SparkWords.PartedByWords.Contains(name))
        {
            TakeAny("BOTH", "LEADING", "TRAILING");
            if (!Take("FROM")) Expression();
            while (TakeSymbol(",") || TakeAny("FROM", "FOR", "IN")) Expression();
        }
        else
        {
            TakeAny("DISTINCT", "ALL");
            Expressions();
        }

        Expect(")");
    }

    private void Case()
    {
        var start = Current;
        using var nesting = Deeper();
        At++;
        if (!Current.Is("WHEN")) Expression();
        while (Take("WHEN"))
        {
            Expression();
            if (!Take("THEN")) throw new QueryRefusedException($"{Current} stands where THEN has to", Current, "write CASE WHEN condition THEN value … END");
            Expression();
        }

        if (Take("ELSE")) Expression();
        if (!Take("END")) throw new QueryRefusedException("CASE has no END", start, "write CASE WHEN condition THEN value … END");
    }

    private void Interval()
    {
        At++;
        var any = false;
        while (true)
        {
            var signed = Current.IsSymbol("-") || Current.IsSymbol("+");
            if ((signed ? Ahead() : Current).Kind is not (SqlTokenKind.String or SqlTokenKind.Number)) break;
            if (any && signed) break; // INTERVAL 1 DAY - 3
            At += signed ? 2 : 1;
            any = true;
            if (!Unit()) break;
            if (Current.Is("TO"))
            {
                At++;
                if (!Unit()) throw Unexpected();
                break;
            }
        }

        if (!any) throw Unexpected();
    }

    private bool Unit()
    {
        if (Current.Kind != SqlTokenKind.Word || !SparkWords.Units.Contains(Current.Text)) return false;
        At++;
        return true;
    }

    private void Window()
    {
        Expect("(");
        if (IsPlainName && !Current.IsAny("PARTITION", "ROWS", "RANGE")) Name("a window's name");
        if (TakePair("PARTITION", "BY") || TakePair("DISTRIBUTE", "BY")) Expressions();
        if (TakePair("ORDER", "BY") || TakePair("SORT", "BY")) Ordered();
        if (TakeAny("ROWS", "RANGE"))
        {
            if (Take("BETWEEN"))
            {
                Bound();
                if (!Take("AND")) throw Unexpected();
            }

            Bound();
        }

        Expect(")");
    }

    private void Bound()
    {
        if (TakePair("CURRENT", "ROW")) return;
        if (Current.Is("INTERVAL")) Interval();
        else if (Current.Kind == SqlTokenKind.Number) At++;
        else if (!Take("UNBOUNDED")) throw Unexpected();
        if (!TakeAny("PRECEDING", "FOLLOWING")) throw Unexpected();
    }

    private void Type()
    {
        using var nesting = Deeper();
        if (Current.IsAny("ARRAY", "MAP") && Ahead().IsSymbol("<"))
        {
            var isMap = Current.Is("MAP");
            At += 2;
            Type();
            if (isMap)
            {
                Expect(",");
                Type();
            }

            Expect(">");
            return;
        }

        if (Current.Is("STRUCT") && Ahead().IsSymbol("<"))
        {
            At += 2;
            do
            {
                Name("a field's name");
                TakeSymbol(":");
                Type();
            }
            while (TakeSymbol(","));
            Expect(">");
            return;
        }

        if (Current.Kind != SqlTokenKind.Word || !SparkWords.Types.Contains(Current.Text))
            throw new QueryRefusedException($"{Current} is no type", Current, $"take one of {string.Join(", ", SparkWords.Types)}, array<…>, map<…> or struct<…>");
        At++;
        if (!TakeSymbol("(")) return;
        do
        {
            if (Current.Kind != SqlTokenKind.Number) throw Unexpected();
            At++;
        }
        while (TakeSymbol(","));
        Expect(")");
    }
}
