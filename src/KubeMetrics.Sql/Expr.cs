namespace KubeMetrics.Sql;

/// <summary>An expression, translated.</summary>
/// <param name="Sql">In DuckDB's SQL; stands for itself between any operators.</param>
/// <param name="Type">What it is in Spark.</param>
/// <param name="Name">What Spark calls a column of it where it has no alias.</param>
internal sealed record Expr(string Sql, SparkType Type, string Name)
{
    /// <summary>A literal's value: a long, a string or a decimal literal's text; null for anything else.</summary>
    public object? Literal { get; init; }

    /// <summary>The single labels, where this is a table's whole <c>metric</c>.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>Whether it makes rows: explode.</summary>
    public bool IsGenerator { get; init; }
}
