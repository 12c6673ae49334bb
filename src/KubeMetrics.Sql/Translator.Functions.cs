using KubeMetrics.Queries;

namespace KubeMetrics.Sql;

/// <summary>The functions of the portable subset. Each line says what Spark's function is in DuckDB.</summary>
internal sealed partial class Translator
{
    private static readonly HashSet<string> WindowOnly = new(["row_number", "rank", "dense_rank", "lag", "lead"], StringComparer.Ordinal);
    private static readonly HashSet<string> Aggregates = new(["count", "sum", "avg", "mean", "min", "max"], StringComparer.Ordinal);

    private Expr Call(Scope scope)
    {
        var at = Current;
        var name = at.Text.ToLowerInvariant();
        At += 2;
        if (name is "cast" or "try_cast") return Cast(at, scope);
        var distinct = Take("DISTINCT");
        var arguments = new List<Expr>();
        if (name == "count" && TakeSymbol("*"))
        {
            Expect(")");
        }
        else if (!TakeSymbol(")"))
        {
            do arguments.Add(Expression(scope));
            while (TakeSymbol(","));
            Expect(")");
        }

        if (distinct && name != "count") throw NotInProcess(at);
        var text = $"{name}({string.Join(", ", name == "count" && arguments.Count == 0 ? ["1"] : arguments.Select(a => a.Name))})";
        if (distinct) text = text.Replace("(", "(DISTINCT ", StringComparison.Ordinal);
        var filter = "";
        if (Current.Is("FILTER"))
        {
            At++;
            Expect("(");
            if (!Take("WHERE")) throw NotInProcess(Current);
            filter = Condition(scope).Sql;
            Expect(")");
        }

        var over = Current.Is("OVER") ? Over(scope) : null;
        if (Current.IsAny("IGNORE", "RESPECT", "WITHIN")) throw NotInProcess(Current);
        if (over is not null && !WindowOnly.Contains(name) && !Aggregates.Contains(name)) throw NotInProcess(at);
        if (over is null && WindowOnly.Contains(name)) throw new QueryRefusedException($"{at} has no OVER", at, "write OVER (PARTITION BY … ORDER BY …)");
        var value = Aggregate(at, name, arguments, distinct, filter, over) ?? (filter.Length > 0 ? throw NotInProcess(at) : Scalar(at, name, arguments)) ?? throw NotInProcess(at);
        return value with { Name = text };
    }

    private string Over(Scope scope)
    {
        At++;
        Expect("(");
        var parts = new List<string>();
        if (TakePair("PARTITION", "BY"))
        {
            var keys = new List<string>();
            do keys.Add(Comparable(Expression(scope)));
            while (TakeSymbol(","));
            parts.Add("PARTITION BY " + string.Join(", ", keys));
        }

        if (TakePair("ORDER", "BY"))
        {
            var keys = new List<string>();
            do
            {
                var key = Comparable(Expression(scope));
                var down = Take("DESC");
                if (!down) Take("ASC");
                var nulls = Take("NULLS") ? (Take("FIRST") ? "FIRST" : Take("LAST") ? "LAST" : throw NotInProcess(Current)) : down ? "LAST" : "FIRST";
                keys.Add($"{key} {(down ? "DESC" : "ASC")} NULLS {nulls}");
            }
            while (TakeSymbol(","));
            parts.Add("ORDER BY " + string.Join(", ", keys));
        }

        if (Take("ROWS"))
        {
            var frame = Take("BETWEEN") ? $"ROWS BETWEEN {Bound()} AND {(Take("AND") ? Bound() : throw NotInProcess(Current))}" : $"ROWS {Bound()}";
            parts.Add(frame);
        }

        Expect(")");
        return $" OVER ({string.Join(' ', parts)})";
    }

    private string Bound()
    {
        if (TakePair("CURRENT", "ROW")) return "CURRENT ROW";
        var count = Current.Is("UNBOUNDED") || (Current.Kind == SqlTokenKind.Number && Current.Text.All(char.IsAsciiDigit)) ? Current.Text : throw NotInProcess(Current);
        At++;
        return Current.IsAny("PRECEDING", "FOLLOWING") ? $"{count} {Tokens[At++].Text}" : throw NotInProcess(Current);
    }

    private Expr? Aggregate(SqlToken at, string name, List<Expr> arguments, bool distinct, string filter, string? over)
    {
        var tail = (filter.Length > 0 ? $" FILTER (WHERE {filter})" : "") + over;
        switch (name, arguments.Count)
        {
            case ("count", 0):
                return new Expr($"count(*){tail}", SparkType.Long, "");
            case ("count", 1):
                return new Expr($"count({(distinct ? "DISTINCT " + Comparable(arguments[0]) : Whole(arguments[0]).Sql)}){tail}", SparkType.Long, "");
            case ("count_if", 1):
                return new Expr($"count(*) FILTER (WHERE {Bool(at, arguments[0])}{(filter.Length > 0 ? " AND " + filter : "")})", SparkType.Long, "");
            case ("sum", 1):
                var summand = Inexact(at, Number(at, arguments[0]));
                return summand.Type == SparkType.Double
                    ? new Expr($"sum({summand.Sql}){tail}", SparkType.Double, "")
                    : new Expr($"CAST(sum({summand.Sql}){tail} AS BIGINT)", SparkType.Long, "");
            case ("avg" or "mean", 1):
                return new Expr($"avg({DoubleOf(at, arguments[0])}){tail}", SparkType.Double, "");
            case ("min" or "max", 1):
                return new Expr($"{name}({Comparable(arguments[0])}){tail}", arguments[0].Type, "");
            case ("median", 1):
                return new Expr($"quantile_cont({DoubleOf(at, arguments[0])}, 0.5){tail}", SparkType.Double, "");
            case ("stddev" or "std" or "stddev_samp", 1):
                return Spread("stddev_samp", DoubleOf(at, arguments[0]), filter);
            case ("variance" or "var_samp", 1):
                return Spread("var_samp", DoubleOf(at, arguments[0]), filter);
            case ("stddev_pop" or "var_pop", 1):
                return Spread(name, DoubleOf(at, arguments[0]), filter);
            case ("percentile", 2):
                return Percentile(at, arguments, tail);
            case ("row_number" or "rank" or "dense_rank", 0):
                return new Expr($"CAST({name}(){over} AS INTEGER)", SparkType.Int, "");
            case ("lag" or "lead", 1):
                return new Expr($"{name}({Whole(arguments[0]).Sql}){over}", arguments[0].Type, "");
            case ("lag" or "lead", 2) when arguments[1].Literal is long distance:
                return new Expr($"{name}({Whole(arguments[0]).Sql}, {distance}){over}", arguments[0].Type, "");
            default:
                return null;
        }
    }

    // DuckDB ends the query where a value is not finite; Spark answers NaN.
    private static Expr Spread(string name, string value, string filter)
    {
        var also = filter.Length > 0 ? " AND " + filter : "";
        return new Expr(
            $"CASE WHEN count(*) FILTER (WHERE NOT isfinite({value}){also}) > 0 THEN CAST('NaN' AS DOUBLE) ELSE {name}({value}) FILTER (WHERE isfinite({value}){also}) END",
            SparkType.Double, "");
    }

    private static Expr Percentile(SqlToken at, List<Expr> arguments, string tail)
    {
        var p = arguments[1];
        if (p.Type is SparkType.Array { Element: var element } && (element == SparkType.Decimal || element == SparkType.Double))
            return new Expr($"quantile_cont({DoubleOf(at, arguments[0])}, {p.Sql}){tail}", new SparkType.Array(SparkType.Double), "");
        if (p.Type != SparkType.Decimal && p.Type != SparkType.Double) throw new QueryRefusedException($"{at} is asked for {p.Type}", at, "give a share such as 0.9, or an array of shares");
        return new Expr($"quantile_cont({DoubleOf(at, arguments[0])}, {p.Sql}){tail}", SparkType.Double, "");
    }

    private Expr? Scalar(SqlToken at, string name, List<Expr> arguments)
    {
        string D(int i) => DoubleOf(at, arguments[i]);
        string S(int i) => arguments[i].Type == SparkType.String || arguments[i].Type == SparkType.Null ? As(arguments[i], SparkType.String) : throw Mixed(at, SparkType.String, arguments[i].Type);
        Expr Double(string sql) => new(sql, SparkType.Double, "");
        Expr String(string sql) => new(sql, SparkType.String, "");
        Expr Int(string sql) => new($"CAST({sql} AS INTEGER)", SparkType.Int, "");

        switch (name, arguments.Count)
        {
            case ("explode", 1) when arguments[0].Type is SparkType.Array { Element: var element }:
                return new Expr($"unnest({arguments[0].Sql})", element, "") { IsGenerator = true };
            case ("size" or "cardinality", 1) when arguments[0].Type is SparkType.Array:
                return Int($"coalesce(len({arguments[0].Sql}), -1)");
            case ("element_at", 2) when arguments[0].Type is SparkType.Array { Element: var element } && arguments[1].Literal is long and not 0:
                return new Expr($"list_extract({arguments[0].Sql}, {arguments[1].Literal})", element, "");
            case ("array", > 0):
                var type = arguments.Aggregate(SparkType.Null, (t, a) => Common(at, t, a.Type));
                return new Expr($"[{string.Join(", ", arguments.Select(a => As(a, type)))}]", new SparkType.Array(type), "");
            case ("abs", 1):
                var number = Inexact(at, Number(at, arguments[0]));
                return new Expr($"abs({number.Sql})", number.Type, "");
            case ("sqrt", 1):
                return Double($"CASE WHEN {D(0)} < 0 THEN CAST('NaN' AS DOUBLE) ELSE sqrt({D(0)}) END");
            case ("ln" or "log" or "log10" or "log2", 1):
                return Double($"CASE WHEN {D(0)} > 0 THEN {(name == "log" ? "ln" : name)}({D(0)}) END");
            case ("exp", 1):
                return Double($"exp({D(0)})");
            case ("power" or "pow", 2):
                return Double($"pow({D(0)}, {D(1)})");
            case ("floor" or "ceil" or "ceiling", 1):
                return new Expr($"spark_bigint({(name == "floor" ? "floor" : "ceil")}({D(0)}))", SparkType.Long, "");
            case ("round", 1):
                return Number(at, arguments[0]).Type.IsWhole ? arguments[0] with { Literal = null } : Double($"spark_round({D(0)}, 0)");
            case ("round", 2) when arguments[1].Literal is long digits and >= -300 and <= 300:
                return Number(at, arguments[0]).Type.IsWhole ? throw NotInProcess(at) : Double($"spark_round({D(0)}, {digits})");
            case ("isnan", 1):
                return new Expr($"coalesce(isnan({D(0)}), false)", SparkType.Boolean, "");
            case ("nanvl", 2):
                return Double($"CASE WHEN isnan({D(0)}) THEN {D(1)} ELSE {D(0)} END");
            case ("isnull", 1):
                return new Expr($"({Whole(arguments[0]).Sql} IS NULL)", SparkType.Boolean, "");
            case ("isnotnull", 1):
                return new Expr($"({Whole(arguments[0]).Sql} IS NOT NULL)", SparkType.Boolean, "");
            case ("coalesce" or "greatest" or "least", > 0) or ("nvl" or "ifnull", 2):
                var common = arguments.Aggregate(SparkType.Null, (t, a) => Common(at, t, a.Type));
                return new Expr($"{(name is "nvl" or "ifnull" ? "coalesce" : name)}({string.Join(", ", arguments.Select(a => As(Whole(a), common)))})", common, "");
            case ("nullif", 2):
                var (a, b) = Alike(at, arguments[0], arguments[1]);
                return new Expr($"CASE WHEN {a} = {b} THEN NULL ELSE {arguments[0].Sql} END", arguments[0].Type, "");
            case ("if", 3):
                var either = Common(at, arguments[1].Type, arguments[2].Type);
                return new Expr($"CASE WHEN {Bool(at, arguments[0])} THEN {As(Whole(arguments[1]), either)} ELSE {As(Whole(arguments[2]), either)} END", either, "");
            case ("concat", > 0):
                return String($"({string.Join(" || ", arguments.Select(x => AsText(at, x)))})");
            case ("upper" or "ucase" or "lower" or "lcase", 1):
                return String($"spark_{(name is "upper" or "ucase" ? "upper" : "lower")}({S(0)})");
            case ("length" or "char_length" or "character_length" or "len", 1):
                return Int($"length({S(0)})");
            case ("trim" or "ltrim" or "rtrim", 1):
                return String($"{name}({S(0)}, ' ')");
            case ("substring" or "substr", 2) when arguments[1].Literal is long and >= 1:
                return String($"substring({S(0)}, {arguments[1].Literal})");
            case ("substring" or "substr", 3) when arguments[1].Literal is long and >= 1 && arguments[2].Literal is long and >= 0:
                return String($"substring({S(0)}, {arguments[1].Literal}, {arguments[2].Literal})");
            case ("startswith", 2):
                return new Expr($"starts_with({S(0)}, {S(1)})", SparkType.Boolean, "");
            case ("endswith", 2):
                return new Expr($"ends_with({S(0)}, {S(1)})", SparkType.Boolean, "");
            case ("contains", 2):
                return new Expr($"contains({S(0)}, {S(1)})", SparkType.Boolean, "");
            case ("regexp" or "regexp_like" or "rlike", 2):
                return new Expr(Regex(at, arguments[0], arguments[1]).Sql, SparkType.Boolean, "");
            case ("timestamp_seconds", 1):
                return Time(at, arguments[0]);
            case ("timestamp_millis", 1) when arguments[0].Type.IsWhole:
                return new Expr($"make_timestamp(CAST({arguments[0].Sql} AS BIGINT) * 1000)", SparkType.Timestamp, "");
            case ("from_unixtime", 1) when arguments[0].Type.IsWhole:
                return String($"strftime(make_timestamp(CAST({arguments[0].Sql} AS BIGINT) * 1000000), '%Y-%m-%d %H:%M:%S')");
            case ("date_trunc", 2) when arguments[0].Literal is string unit && arguments[1].Type == SparkType.Timestamp:
                var known = unit.ToLowerInvariant();
                if (known is not ("second" or "minute" or "hour" or "day" or "week" or "month" or "quarter" or "year")) throw new QueryRefusedException($"{at} is asked for '{unit}'", at, "take SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, QUARTER or YEAR");
                return new Expr($"CAST(date_trunc('{known}', {arguments[1].Sql}) AS TIMESTAMP)", SparkType.Timestamp, "");
            case ("year" or "month" or "day" or "dayofmonth" or "hour" or "minute" or "second", 1) when arguments[0].Type == SparkType.Timestamp:
                return Int($"{(name == "dayofmonth" ? "day" : name)}({arguments[0].Sql})");
            default:
                return null;
        }
    }

    private Expr Cast(SqlToken at, Scope scope)
    {
        var value = Expression(scope);
        if (!Take("AS")) throw NotInProcess(Current);
        var type = Current.Text.ToLowerInvariant();
        var typeAt = Current;
        At++;
        Expect(")");
        var name = $"CAST({value.Name} AS {type.ToUpperInvariant()})";
        var isDecimal = value.Type == SparkType.Decimal;
        var result = (type, value.Type) switch
        {
            ("double", _) when value.Type == SparkType.String => new Expr(ToDouble(value.Sql), SparkType.Double, name),
            ("double", _) when value.Type.IsNumber || isDecimal || value.Type == SparkType.Null => new Expr($"CAST({value.Sql} AS DOUBLE)", SparkType.Double, name),
            ("bigint" or "long", _) when value.Type == SparkType.String => new Expr($"spark_bigint_of({value.Sql})", SparkType.Long, name),
            ("bigint" or "long", _) when value.Type == SparkType.Double => new Expr($"spark_bigint({value.Sql})", SparkType.Long, name),
            ("bigint" or "long", _) when value.Type.IsWhole || value.Type == SparkType.Null => new Expr($"CAST({value.Sql} AS BIGINT)", SparkType.Long, name),
            ("int" or "integer", _) when value.Type == SparkType.String => new Expr($"TRY_CAST(spark_bigint_of({value.Sql}) AS INTEGER)", SparkType.Int, name),
            ("int" or "integer", _) when value.Type == SparkType.Double => new Expr($"CAST(greatest(least(spark_bigint({value.Sql}), 2147483647), -2147483648) AS INTEGER)", SparkType.Int, name),
            ("int" or "integer", _) when value.Type == SparkType.Int || value.Type == SparkType.Null => new Expr($"CAST({value.Sql} AS INTEGER)", SparkType.Int, name),
            ("string", _) when value.Type == SparkType.String || value.Type.IsWhole || value.Type == SparkType.Boolean || value.Type == SparkType.Null => new Expr(AsText(at, value), SparkType.String, name),
            ("timestamp", _) when value.Type.IsWhole || value.Type == SparkType.Double => Time(at, value) with { Name = name },
            ("timestamp", _) when value.Type == SparkType.Timestamp => value with { Name = name },
            ("boolean", _) when value.Type == SparkType.Boolean || value.Type == SparkType.Null => value with { Sql = $"CAST({value.Sql} AS BOOLEAN)", Type = SparkType.Boolean },
            _ => throw new QueryRefusedException($"{value.Type} is made {typeAt} here", at, OnCluster),
        };
        return result;
    }

    /// <summary>Seconds since 1970 as a time, cut to whole microseconds.</summary>
    private static Expr Time(SqlToken at, Expr seconds) =>
        seconds.Type.IsWhole ? new Expr($"make_timestamp(CAST({seconds.Sql} AS BIGINT) * 1000000)", SparkType.Timestamp, "")
        : seconds.Type == SparkType.Double ? new Expr($"CASE WHEN isfinite({seconds.Sql}) THEN make_timestamp(spark_bigint({seconds.Sql} * 1000000)) END", SparkType.Timestamp, "")
        : throw new QueryRefusedException($"{at} is given {seconds.Type}", at, "give it seconds, as CAST(… AS DOUBLE)");

    private static string DoubleOf(SqlToken at, Expr value)
    {
        var number = Number(at, value);
        return number.Type == SparkType.Double || number.Type == SparkType.Decimal ? number.Sql : $"CAST({number.Sql} AS DOUBLE)";
    }

    private static Expr Inexact(SqlToken at, Expr value) => value.Type == SparkType.Decimal ? throw Exact(at) : value;
}
