using System.Globalization;
using KubeMetrics.Queries;

namespace KubeMetrics.Sql;

/// <summary>Expressions, by the precedence of Spark's grammar. Each is translated into one that DuckDB reads alike wherever it stands.</summary>
internal sealed partial class Translator
{
    private IReadOnlyList<Expr>? _aliases;
    private bool _aliasesFirst;

    private Expr Condition(Scope scope)
    {
        var at = Current;
        var value = Expression(scope);
        return value.Type == SparkType.Boolean || value.Type == SparkType.Null ? value : throw new QueryRefusedException($"a condition starts at {at} that is {value.Type}", at, "compare it with something");
    }

    private Expr Expression(Scope scope, bool top = false)
    {
        var value = Or(scope);
        return value.IsGenerator && !top ? throw new QueryRefusedException("explode stands within an expression", Current, "let it stand alone, or put it into LATERAL VIEW") : value;
    }

    private Expr Or(Scope scope)
    {
        var left = And(scope);
        while (Current.Is("OR")) left = Logic(left, "OR", And, scope);
        return left;
    }

    private Expr And(Scope scope)
    {
        var left = Not(scope);
        while (Current.Is("AND")) left = Logic(left, "AND", Not, scope);
        return left;
    }

    private Expr Logic(Expr left, string word, Func<Scope, Expr> next, Scope scope)
    {
        var at = Current;
        At++;
        var right = next(scope);
        return new Expr($"({Bool(at, left)} {word} {Bool(at, right)})", SparkType.Boolean, $"({left.Name} {word} {right.Name})");
    }

    private Expr Not(Scope scope)
    {
        var at = Current;
        if (!Take("NOT") && !TakeSymbol("!")) return Predicate(scope);
        var value = Not(scope);
        return new Expr($"(NOT {Bool(at, value)})", SparkType.Boolean, $"(NOT {value.Name})");
    }

    private static string Bool(SqlToken at, Expr value) =>
        value.Type == SparkType.Boolean ? value.Sql : value.Type == SparkType.Null ? "CAST(NULL AS BOOLEAN)" : throw new QueryRefusedException($"{at} is given {value.Type}, no condition", at, "compare it with something");

    private Expr Predicate(Scope scope)
    {
        var left = Comparison(scope);
        while (true)
        {
            var at = Current;
            if (at.Is("IS"))
            {
                left = Is(left, scope);
                continue;
            }

            var negated = at.Is("NOT") && Ahead().IsAny("IN", "BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP");
            var word = negated ? Ahead() : at;
            if (!word.IsAny("IN", "BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP")) return left;
            At += negated ? 2 : 1;
            var (sql, name) = word.Text.ToUpperInvariant() switch
            {
                "IN" => In(word, left, scope),
                "BETWEEN" => Between(word, left, scope),
                "LIKE" or "ILIKE" => Like(word, left, scope),
                _ => Regex(word, left, Comparison(scope)),
            };
            left = new Expr(negated ? $"(NOT {sql})" : sql, SparkType.Boolean, negated ? $"(NOT {name})" : name);
        }
    }

    private Expr Is(Expr left, Scope scope)
    {
        At++;
        var at = Current;
        var not = Take("NOT");
        if (TakePair("DISTINCT", "FROM"))
        {
            var right = Comparison(scope);
            var (a, b) = Alike(at, left, right);
            return new Expr($"({a} IS {(not ? "NOT " : "")}DISTINCT FROM {b})", SparkType.Boolean, $"({left.Name} <=> {right.Name})");
        }

        var what = Current;
        At++;
        if (what.Is("NULL")) return new Expr($"({Whole(left).Sql} IS {(not ? "NOT " : "")}NULL)", SparkType.Boolean, $"({left.Name} IS {(not ? "NOT " : "")}NULL)");
        if (what.IsAny("TRUE", "FALSE")) return new Expr($"({Bool(at, left)} IS {(not ? "NOT " : "")}{what.Text.ToUpperInvariant()})", SparkType.Boolean, $"({left.Name} IS {what.Text})");
        throw NotInProcess(what);
    }

    private (string Sql, string Name) In(SqlToken at, Expr left, Scope scope)
    {
        Expect("(");
        if (Current.IsAny("SELECT", "WITH"))
        {
            var query = Query(scope);
            Expect(")");
            if (query.Columns.Count != 1) throw new QueryRefusedException("the subquery behind IN has several columns", at, "select one");
            if (query.Columns[0].Type != left.Type) throw Mixed(at, left.Type, query.Columns[0].Type);
            return ($"({Comparable(left)} IN ({query.Sql}))", $"({left.Name} IN (…))");
        }

        var items = new List<Expr>();
        do items.Add(Expression(scope));
        while (TakeSymbol(","));
        Expect(")");
        var type = items.Aggregate(left.Type, (t, i) => CommonOf(at, t, i.Type));
        return ($"({As(left, type)} IN ({string.Join(", ", items.Select(i => As(i, type)))}))", $"({left.Name} IN ({string.Join(", ", items.Select(i => i.Name))}))");
    }

    private (string Sql, string Name) Between(SqlToken at, Expr left, Scope scope)
    {
        var low = Comparison(scope);
        if (!Take("AND")) throw NotInProcess(Current);
        var high = Comparison(scope);
        var (a, b) = Alike(at, left, low);
        var (c, d) = Alike(at, left, high);
        return ($"({a} >= {b} AND {c} <= {d})", $"(({left.Name} >= {low.Name}) AND ({left.Name} <= {high.Name}))");
    }

    private (string Sql, string Name) Like(SqlToken at, Expr left, Scope scope)
    {
        if (Current.IsAny("ANY", "ALL", "SOME")) throw NotInProcess(Current);
        var pattern = Comparison(scope);
        if (Current.Is("ESCAPE")) throw NotInProcess(Current);
        if (left.Type != SparkType.String || pattern.Literal is not string text) throw new QueryRefusedException($"{at} compares other than a text with a pattern in quotes", at, Translator.OnCluster);
        for (var i = 0; i < text.Length; i++)
            if (text[i] == '\\' && (++i == text.Length || text[i] is not ('%' or '_' or '\\')))
                throw new QueryRefusedException($"the pattern behind {at} has a backslash before other than %, _ or \\", at, "double the backslash");
        return ($"({left.Sql} {at.Text.ToUpperInvariant()} {pattern.Sql} ESCAPE '\\')", $"{left.Name} {at.Text} {pattern.Name}");
    }

    private static (string Sql, string Name) Regex(SqlToken at, Expr left, Expr pattern)
    {
        if (left.Type != SparkType.String || pattern.Literal is not string text) throw new QueryRefusedException($"{at} compares other than a text with an expression in quotes", at, OnCluster);
        if (RegexText.Translate(text) is not { } regex) throw new QueryRefusedException($"the expression '{text}' has more than the part that Java and RE2 read alike", at, OnCluster);
        return ($"regexp_matches({left.Sql}, {Text(regex)})", $"{at.Text.ToUpperInvariant()}({left.Name}, {pattern.Name})");
    }

    private Expr Comparison(Scope scope)
    {
        var left = Sum(scope);
        while (Current.Kind == SqlTokenKind.Symbol && Current.Text is "=" or "==" or "<=>" or "<>" or "!=" or "<" or "<=" or ">" or ">=")
        {
            var at = Current;
            At++;
            var right = Sum(scope);
            var (a, b) = Alike(at, left, right);
            var symbol = at.Text switch { "==" => "=", "!=" => "<>", "<=>" => "IS NOT DISTINCT FROM", _ => at.Text };
            left = new Expr($"({a} {symbol} {b})", SparkType.Boolean, $"({left.Name} {at.Text} {right.Name})");
        }

        return Current.Kind == SqlTokenKind.Symbol && Current.Text is "&" or "|" or "^" or "->" ? throw NotInProcess(Current) : left;
    }

    private Expr Sum(Scope scope)
    {
        var left = Product(scope);
        while (Current.Kind == SqlTokenKind.Symbol && Current.Text is "+" or "-" or "||")
        {
            var at = Current;
            At++;
            var right = Product(scope);
            left = at.Text == "||"
                ? new Expr($"({AsText(at, left)} || {AsText(at, right)})", SparkType.String, $"concat({left.Name}, {right.Name})")
                : Arithmetic(at, left, right);
        }

        return left;
    }

    private Expr Product(Scope scope)
    {
        var left = Unary(scope);
        while (Current.IsSymbol("*") || Current.IsSymbol("/") || Current.IsSymbol("%") || Current.Is("DIV"))
        {
            var at = Current;
            At++;
            left = Arithmetic(at, left, Unary(scope));
        }

        return left;
    }

    private Expr Unary(Scope scope)
    {
        var at = Current;
        if (TakeSymbol("+")) return Number(at, Unary(scope));
        if (!TakeSymbol("-")) return Postfix(scope);
        var value = Number(at, Unary(scope));
        object? literal = value.Literal is long whole ? -whole : value.Literal is string text && value.Type == SparkType.Decimal ? "-" + text : null;
        return new Expr($"(-{value.Sql})", value.Type, literal is long or string ? "-" + value.Name : $"(- {value.Name})") { Literal = literal };
    }

    private Expr Arithmetic(SqlToken at, Expr left, Expr right)
    {
        var (a, b) = (Number(at, left), Number(at, right));
        var name = $"({left.Name} {at.Text} {right.Name})";
        if (at.Is("DIV"))
        {
            if (!a.Type.IsWhole || !b.Type.IsWhole) throw new QueryRefusedException($"DIV divides {left.Type} by {right.Type}", at, "give it whole numbers");
            return new Expr($"(CAST({a.Sql} AS BIGINT) // nullif(CAST({b.Sql} AS BIGINT), 0))", SparkType.Long, name);
        }

        var type = at.Text == "/" ? Common(at, Common(at, a.Type, b.Type), SparkType.Double) : Common(at, a.Type, b.Type);
        if (type == SparkType.Decimal || (at.Text == "/" && (a.Type == SparkType.Decimal || b.Type == SparkType.Decimal) && a.Type != SparkType.Double && b.Type != SparkType.Double))
            throw Exact(at);
        var (x, y) = (As(a, type), As(b, type));
        // Whatever is divided by zero is NULL in Spark.
        return new Expr(at.Text is "/" or "%" ? $"({x} {at.Text} nullif({y}, 0))" : $"({x} {at.Text} {y})", type, name);
    }

    private static QueryRefusedException Exact(SqlToken at) =>
        new($"{at} computes with exact decimals, which is not done in process", at, "put D behind the number, such as 1.5D, for a double");

    /// <summary>What arithmetic takes: a text becomes a double, as in Spark.</summary>
    private static Expr Number(SqlToken at, Expr value)
    {
        if (value.Type == SparkType.String) return value with { Sql = ToDouble(value.Sql), Type = SparkType.Double, Literal = null };
        if (value.Type == SparkType.Null) return value with { Sql = "CAST(NULL AS DOUBLE)", Type = SparkType.Double };
        return value.Type.IsNumber || value.Type == SparkType.Decimal ? value : throw new QueryRefusedException($"{at} is given {value.Type}, no number", at, "give it a number");
    }

    private Expr Postfix(Scope scope)
    {
        var value = Primary(scope);
        while (true)
        {
            var at = Current;
            if (TakeSymbol("."))
            {
                value = Field(value, Current);
                At++;
            }
            else if (TakeSymbol("["))
            {
                var index = Expression(scope);
                Expect("]");
                value = Element(at, value, index);
            }
            else
            {
                return value;
            }
        }
    }

    private static Expr Field(Expr value, SqlToken name)
    {
        if (value.Type is not SparkType.Labels { Names: var labels }) throw new QueryRefusedException($"{name} is asked of {value.Type}, which has no fields", name, "ask it of metric");
        var matches = labels.Select((label, i) => (label, i)).Where(l => Scope.Same(l.label, name.Text)).ToList();
        if (matches.Count == 0) throw new QueryRefusedException($"no series has a label {name}", name, $"there are {string.Join(", ", labels)}");
        if (matches.Count > 1) throw SameButForCase(name, matches[0].label, matches[1].label);
        var (label, index) = matches[0];
        return new Expr(value.Fields is { } fields ? fields[index] : $"struct_extract({value.Sql}, {Text(label)})", SparkType.String, name.Text);
    }

    private static QueryRefusedException SameButForCase(SqlToken at, string one, string other) =>
        new($"the labels {one} and {other} differ in upper and lower case only, which SQL does not tell apart", at, "rename one where the series come from, or ask only for other labels");

    private static Expr Element(SqlToken at, Expr value, Expr index)
    {
        if (value.Type is not SparkType.Array { Element: var element }) throw new QueryRefusedException($"{at} asks {value.Type} for an element", at, "ask an array");
        if (!index.Type.IsWhole) throw new QueryRefusedException($"{at} is given {index.Type}", at, "count elements by whole numbers, from 0 on");
        var sql = index.Literal is long i
            ? i >= 0 ? $"list_extract({value.Sql}, {i + 1})" : "NULL"
            : $"CASE WHEN {index.Sql} >= 0 THEN list_extract({value.Sql}, CAST({index.Sql} AS BIGINT) + 1) END";
        return new Expr(sql, element, $"{value.Name}[{index.Name}]");
    }

    private Expr Primary(Scope scope)
    {
        var at = Current;
        if (at.Kind == SqlTokenKind.Number) return Literal(at);
        if (at.Kind == SqlTokenKind.String)
        {
            At++;
            return new Expr(Text(at.Text), SparkType.String, at.Text) { Literal = at.Text };
        }

        if (TakeSymbol("("))
        {
            if (Current.IsAny("SELECT", "WITH"))
            {
                var query = Query(scope);
                Expect(")");
                if (query.Columns.Count != 1) throw new QueryRefusedException("a subquery that stands for a value has several columns", at, "select one");
                return new Expr($"({query.Sql})", query.Columns[0].Type, "scalarsubquery()");
            }

            var value = Expression(scope);
            Expect(")");
            return value;
        }

        if (at.Kind == SqlTokenKind.Name) return Named(scope);
        if (at.Is("CASE")) return Case(scope);
        if (at.Is("EXISTS") && Ahead().IsSymbol("(") && Ahead(2).IsAny("SELECT", "WITH"))
        {
            At += 2;
            var query = Query(scope);
            Expect(")");
            return new Expr($"EXISTS ({query.Sql})", SparkType.Boolean, "exists()");
        }

        if (at.Kind == SqlTokenKind.Word && Ahead().IsSymbol("(")) return Call(scope);
        if (at.Is("NULL"))
        {
            At++;
            return new Expr("NULL", SparkType.Null, "NULL");
        }

        if (Take("TRUE") || Take("FALSE")) return new Expr(at.Text.ToUpperInvariant(), SparkType.Boolean, at.Text.ToLowerInvariant());
        throw NotInProcess(at);
    }

    private Expr Literal(SqlToken at)
    {
        At++;
        if (long.TryParse(at.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
            return whole <= int.MaxValue
                ? new Expr($"CAST({at.Text} AS INTEGER)", SparkType.Int, at.Text) { Literal = whole }
                : new Expr($"CAST({at.Text} AS BIGINT)", SparkType.Long, at.Text) { Literal = whole };
        var number = at.Text[..^1];
        var suffix = char.ToUpperInvariant(at.Text[^1]);
        if (suffix == 'L' && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out whole)) return new Expr($"CAST({number} AS BIGINT)", SparkType.Long, number) { Literal = whole };
        if (suffix == 'D' && !number.EndsWith('b') && !number.EndsWith('B')) return new Expr($"CAST('{number}' AS DOUBLE)", SparkType.Double, number);
        if (suffix is 'S' or 'Y' or 'F' or 'D') throw NotInProcess(at);
        return at.Text.Contains('e', StringComparison.OrdinalIgnoreCase)
            ? new Expr($"CAST('{at.Text}' AS DOUBLE)", SparkType.Double, at.Text)
            : new Expr($"CAST('{at.Text}' AS DOUBLE)", SparkType.Decimal, at.Text) { Literal = at.Text };
    }

    private Expr Named(Scope scope)
    {
        var parts = new List<SqlToken> { Current };
        for (var i = 1; Ahead(i).IsSymbol(".") && Ahead(i + 1).Kind == SqlTokenKind.Name; i += 2) parts.Add(Ahead(i + 1));
        if (_aliasesFirst && parts.Count == 1 && Alias(parts[0]) is { } first)
        {
            At++;
            return first;
        }

        if (scope.Find(parts) is not var (value, count))
        {
            if (Alias(parts[0]) is not { } alias) throw new QueryRefusedException($"there is no column {parts[0]}", parts[0], scope.Columns.Count == 0 ? "add a FROM" : $"there are {string.Join(", ", scope.Columns.Select(c => c.Name).Distinct())}");
            (value, count) = (alias, 1);
        }

        At += (2 * count) - 1;
        return value;
    }

    private Expr? Alias(SqlToken name)
    {
        var found = _aliases?.Where(a => Scope.Same(a.Name, name.Text)).Take(2).ToList();
        return found is [var one] ? one with { Literal = null } : null;
    }

    private Expr Case(Scope scope)
    {
        var at = Current;
        At++;
        var subject = Current.Is("WHEN") ? null : Expression(scope);
        var branches = new List<(string When, Expr Then)>();
        while (Take("WHEN"))
        {
            var when = subject is null ? Condition(scope) : Expression(scope);
            var condition = when.Sql;
            if (subject is not null)
            {
                var (a, b) = Alike(at, subject, when);
                condition = $"({a} = {b})";
            }

            if (!Take("THEN")) throw NotInProcess(Current);
            branches.Add((condition, Whole(Expression(scope))));
        }

        var otherwise = Take("ELSE") ? Whole(Expression(scope)) : new Expr("NULL", SparkType.Null, "NULL");
        if (!Take("END")) throw NotInProcess(Current);
        var type = branches.Aggregate(otherwise.Type, (t, b) => CommonOf(at, t, b.Then.Type));
        return new Expr($"CASE {string.Concat(branches.Select(b => $"WHEN {b.When} THEN {As(b.Then, type)} "))}ELSE {As(otherwise, type)} END", type, "CASE");
    }

    /// <summary>Both in one type, so that they can be compared as Spark compares them.</summary>
    private (string Left, string Right) Alike(SqlToken at, Expr left, Expr right)
    {
        var type = CommonOf(at, left.Type, right.Type);
        if (type is not SparkType.Plain) throw new QueryRefusedException($"{at} compares {type}", at, "compare single elements or labels");
        return (As(left, type), As(right, type));
    }

    private static SparkType CommonOf(SqlToken at, SparkType a, SparkType b) => Common(at, a, b);

    private static SparkType Common(SqlToken at, SparkType a, SparkType b)
    {
        if (a == b || b == SparkType.Null) return a;
        if (a == SparkType.Null) return b;
        if (a.IsWhole && b.IsWhole) return SparkType.Long;
        if (a.IsNumber && b.IsNumber) return SparkType.Double;
        if ((a == SparkType.Double && b == SparkType.Decimal) || (a == SparkType.Decimal && b == SparkType.Double)) return SparkType.Double;
        if ((a.IsWhole && b == SparkType.Decimal) || (a == SparkType.Decimal && b.IsWhole)) throw Exact(at);
        throw Mixed(at, a, b);
    }

    private static QueryRefusedException Mixed(SqlToken at, SparkType a, SparkType b) =>
        new($"{at} puts {a} beside {b}", at, "make them the same with CAST(… AS DOUBLE), CAST(… AS STRING) or the like");

    private static string As(Expr value, SparkType type)
    {
        if (value.Type == SparkType.Null && type != SparkType.Null) return type is SparkType.Plain ? $"CAST(NULL AS {DuckType(type)})" : "NULL";
        if (value.Type == type || type == SparkType.Decimal) return value.Sql;
        return type == SparkType.Double && value.Type == SparkType.Decimal ? value.Sql : $"CAST({value.Sql} AS {DuckType(type)})";
    }

    private static string DuckType(SparkType type) =>
        type == SparkType.String ? "VARCHAR" : type == SparkType.Boolean ? "BOOLEAN" : type == SparkType.Int ? "INTEGER" : type == SparkType.Long ? "BIGINT"
        : type == SparkType.Timestamp ? "TIMESTAMP" : "DOUBLE";

    /// <summary>A value as it is grouped and ordered by.</summary>
    private string Comparable(Expr value) =>
        value.Type is SparkType.Plain ? value.Sql : throw new QueryRefusedException($"{value.Name} is {value.Type}, by which nothing is compared in process", Current, "take single elements or labels of it");

    /// <summary>A value as a whole: of a metric, all its labels.</summary>
    private Expr Whole(Expr value)
    {
        if (value.Fields is not { } fields || value.Type is not SparkType.Labels { Names: var names }) return value;
        if (names.Count == 0) throw new QueryRefusedException("the series have no labels at all", Current, "select values alone");
        foreach (var same in names.GroupBy(n => n, StringComparer.OrdinalIgnoreCase))
            if (same.Count() > 1)
                throw SameButForCase(Current, same.First(), same.Last());
        return value with { Sql = $"{'{'}{string.Join(", ", names.Zip(fields, (n, f) => $"{Text(n)}: {f}"))}{'}'}", Fields = null };
    }

    private static string AsText(SqlToken at, Expr value) =>
        value.Type == SparkType.String ? value.Sql
        : value.Type.IsWhole || value.Type == SparkType.Boolean ? $"CAST({value.Sql} AS VARCHAR)"
        : value.Type == SparkType.Null ? "CAST(NULL AS VARCHAR)"
        : throw new QueryRefusedException($"{at} makes text of {value.Type}, which Spark and this engine write differently", at, OnCluster);

    private static string ToDouble(string text) => $"spark_double({text})";

    /// <summary>A text in DuckDB's quotes, where nothing but a quote needs care.</summary>
    internal static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
