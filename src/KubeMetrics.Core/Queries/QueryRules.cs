namespace KubeMetrics.Queries;

/// <summary>What a caller's query may use.</summary>
public sealed record QueryRules
{
    private readonly HashSet<string> _tables;
    private readonly HashSet<string> _functions;

    /// <summary>Rules for queries over some tables, with functions that compute and nothing else.</summary>
    /// <param name="tables">The registered inputs, by name.</param>
    /// <param name="moreFunctions">Functions that an operator allows beyond <see cref="SparkFunctions.Allowed"/>.</param>
    /// <exception cref="ArgumentException">A table's name can't be quoted (<see cref="SqlText.Name"/>), or a function's is no plain word.</exception>
    public QueryRules(IEnumerable<string> tables, IEnumerable<string>? moreFunctions = null)
    {
        _tables = new(tables, StringComparer.OrdinalIgnoreCase);
        foreach (var table in _tables) _ = SqlText.Name(table);
        _functions = new(SparkFunctions.Allowed, StringComparer.OrdinalIgnoreCase);
        foreach (var function in moreFunctions ?? [])
        {
            // It is written without quotes.
            if (function.Length == 0 || !function.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                throw new ArgumentException($"'{function}' is no function's name: letters, digits and _ make one.", nameof(moreFunctions));
            _functions.Add(function);
        }
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
