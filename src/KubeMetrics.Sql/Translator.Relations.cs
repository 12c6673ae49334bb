using KubeMetrics.Queries;

namespace KubeMetrics.Sql;

/// <summary>What stands behind FROM. Every column of every source has a name of its own, so no source needs an alias in DuckDB.</summary>
internal sealed partial class Translator
{
    private string From(Scope scope)
    {
        var sql = Joined(scope);
        while (TakeSymbol(",")) sql = $"{sql} CROSS JOIN {Joined(scope)}";
        while (Current.Is("LATERAL")) sql = LateralView(scope, sql);
        return sql;
    }

    private string Joined(Scope scope)
    {
        var sql = Source(scope);
        while (true)
        {
            var at = Current;
            if (Current.Is("NATURAL")) throw NotInProcess(at);
            string kind;
            if (Take("CROSS")) kind = "CROSS";
            else if (Take("LEFT")) kind = Take("SEMI") ? "SEMI" : Take("ANTI") ? "ANTI" : "LEFT";
            else if (Take("RIGHT")) kind = "RIGHT";
            else if (Take("FULL")) kind = "FULL";
            else if (Take("SEMI")) kind = "SEMI";
            else if (Take("ANTI")) kind = "ANTI";
            else if (Take("INNER") || Current.Is("JOIN")) kind = "INNER";
            else return sql;
            Take("OUTER");
            if (!Take("JOIN")) throw NotInProcess(Current);
            var before = scope.Columns.Count;
            var right = Source(scope);
            if (kind == "CROSS")
            {
                sql = $"{sql} CROSS JOIN {right}";
            }
            else
            {
                if (!Take("ON")) throw new QueryRefusedException("a JOIN has no ON", Current, "write ON with the condition, or CROSS JOIN");
                sql = $"{sql} {kind} JOIN {right} ON {Condition(scope).Sql}";
            }

            // Of the right side a SEMI or ANTI join shows nothing.
            if (kind is "SEMI" or "ANTI") scope.Columns.RemoveRange(before, scope.Columns.Count - before);
        }
    }

    private string Source(Scope scope)
    {
        var at = Current;
        Translation query;
        string name;
        if (TakeSymbol("("))
        {
            if (!Current.IsAny("SELECT", "WITH") && !Current.IsSymbol("(")) throw NotInProcess(Current);
            query = Query(null);
            Expect(")");
            name = "";
        }
        else
        {
            if (Current.Kind != SqlTokenKind.Name) throw NotInProcess(Current);
            name = TakeName();
            if (_ctes.TryGetValue(name, out var cte)) query = cte.Query with { Sql = $"SELECT * FROM {cte.Name}" };
            else return Registered(scope, name);
        }

        var alias = Take("AS") || Current.Kind == SqlTokenKind.Name ? TakeName() : name;
        if (Current.IsSymbol("(")) query = Renamed(query, NameList(), at);
        var columns = query.Columns.Select(_ => NewName("c")).ToList();
        for (var i = 0; i < columns.Count; i++)
            scope.Columns.Add(new Column(alias, query.Columns[i].Name, new Expr(columns[i], query.Columns[i].Type, query.Columns[i].Name)));
        return $"({query.Sql}) AS {NewName("t")}({string.Join(", ", columns)})";
    }

    private string Registered(Scope scope, string name)
    {
        var table = tables[name];
        var alias = Take("AS") || Current.Kind == SqlTokenKind.Name ? TakeName() : name;
        if (Current.IsSymbol("(")) throw NotInProcess(Current);
        var labels = table.Labels.Select(_ => NewName("c")).ToList();
        var values = NewName("c");
        scope.Columns.Add(new Column(alias, "metric", new Expr("", new SparkType.Labels(table.Labels), "metric") { Fields = labels }));
        scope.Columns.Add(new Column(alias, "values", new Expr(values, new SparkType.Array(new SparkType.Array(SparkType.String)), "values")));
        var columns = string.Concat(labels.Select((c, i) => $", l.l{i} AS {c}"));
        return $"(SELECT r.v AS {values}{columns} FROM {table.Rows} AS r JOIN {table.LabelRows} AS l ON r.id = l.id) AS {NewName("t")}";
    }

    private string LateralView(Scope scope, string from)
    {
        At++;
        if (!Take("VIEW")) throw NotInProcess(Current);
        var outer = Take("OUTER");
        var function = Current;
        if (!function.IsAny("explode", "posexplode", "explode_outer", "posexplode_outer")) throw NotInProcess(function);
        outer |= function.Text.EndsWith("_outer", StringComparison.OrdinalIgnoreCase);
        var withPosition = function.Text.StartsWith("pos", StringComparison.OrdinalIgnoreCase);
        At++;
        Expect("(");
        var list = Expression(scope);
        if (list.Type is not SparkType.Array { Element: var element }) throw new QueryRefusedException($"{function} is given {list.Type}, no array", function, "give it an array, such as values");
        Expect(")");
        var alias = TakeName();
        var names = new List<string>();
        if (Take("AS") || Current.Kind == SqlTokenKind.Name)
        {
            do names.Add(TakeName());
            while (TakeSymbol(","));
        }
        else
        {
            names.AddRange(withPosition ? ["pos", "col"] : ["col"]);
        }

        if (names.Count != (withPosition ? 2 : 1)) throw new QueryRefusedException($"{function} makes {(withPosition ? "two columns" : "one column")}, not {names.Count}", function, "name each once");
        var all = outer ? $"CASE WHEN len({list.Sql}) > 0 THEN {list.Sql} ELSE [NULL] END" : list.Sql;
        var (position, value) = (NewName("c"), NewName("c"));
        var positions = "";
        if (withPosition)
        {
            positions = $", unnest({(outer ? $"CASE WHEN len({list.Sql}) > 0 THEN range(0, len({list.Sql})) ELSE [NULL] END" : $"range(0, len({list.Sql}))")}) AS {position}";
            scope.Columns.Add(new Column(alias, names[0], new Expr($"CAST({position} AS INTEGER)", SparkType.Int, names[0])));
        }

        scope.Columns.Add(new Column(alias, names[^1], new Expr(value, element, names[^1])));
        return $"(SELECT *, unnest({all}) AS {value}{positions} FROM {from}) AS {NewName("t")}";
    }
}
