namespace KubeMetrics.Queries;

/// <summary>What a caller's query may use.</summary>
public sealed record QueryRules
{
    private readonly HashSet<string> _tables;
    private readonly HashSet<string> _functions;

    /// <summary>Rules for queries over some tables, with functions that compute and nothing else.</summary>
    /// <param name="tables">The registered inputs, by name.</param>
    /// <param name="moreFunctions">Functions that an operator allows beyond <see cref="SparkFunctions.Allowed"/>.</param>
    public QueryRules(IEnumerable<string> tables, IEnumerable<string>? moreFunctions = null)
    {
        _tables = new(tables, StringComparer.OrdinalIgnoreCase);
        _functions = new(SparkFunctions.Allowed, StringComparer.OrdinalIgnoreCase);
        _functions.UnionWith(moreFunctions ?? []);
    }

    /// <summary>The longest query, in characters.</summary>
    public const int Longest = 64 << 10;

    /// <summary>How deep brackets and subqueries may nest.</summary>
    public const int Deepest = 50;

    /// <summary>The tables there are. Names differ by more than upper and lower case, as in Spark.</summary>
    public IReadOnlyCollection<string> Tables => _tables;

    /// <summary>The functions there are, in lower case where they are Spark's own.</summary>
    public IReadOnlyCollection<string> Functions => _functions;

    internal bool HasTable(string name) => _tables.Contains(name);

    internal bool HasFunction(string name) => _functions.Contains(name);
}
