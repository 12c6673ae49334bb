namespace KubeMetrics.Sql;

/// <summary>A type of Spark SQL, of those that a query in process may have.</summary>
internal abstract record SparkType
{
    public static readonly SparkType Null = new Plain("void"), String = new Plain("string"), Boolean = new Plain("boolean"), Int = new Plain("int"),
        Long = new Plain("bigint"), Double = new Plain("double"), Decimal = new Plain("decimal"), Timestamp = new Plain("timestamp");

    public bool IsWhole => this == Int || this == Long;

    public bool IsNumber => IsWhole || this == Double;

    public sealed record Plain(string Name) : SparkType
    {
        public override string ToString() => Name;
    }

    public sealed record Array(SparkType Element) : SparkType
    {
        public override string ToString() => $"array<{Element}>";
    }

    /// <summary>A struct of texts: a metric's labels.</summary>
    public sealed record Labels(IReadOnlyList<string> Names) : SparkType
    {
        public bool Equals(Labels? other) => other is not null && Names.SequenceEqual(other.Names, StringComparer.Ordinal);

        public override int GetHashCode() => Names.Count;

        public override string ToString() => $"struct<{string.Join(",", Names.Select(n => n + ":string"))}>";
    }
}
