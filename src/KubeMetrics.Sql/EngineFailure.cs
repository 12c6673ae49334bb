using DuckDB.NET.Data;
using KubeMetrics.Queries;

namespace KubeMetrics.Sql;

/// <summary>What the engine says of a query that failed, in a sentence for whoever asked.</summary>
internal static class EngineFailure
{
    internal static QueryFailedException Of(DuckDBException e)
    {
        var first = e.Message.Split('\n')[0].Trim().TrimEnd('.', '!');
        if (first.StartsWith("Out of Memory", StringComparison.OrdinalIgnoreCase))
            return new("The query needs more memory than it may take; ask for fewer series or columns, allow more memory, or run it on a Spark cluster.", e);
        if (first.Contains("Overflow", StringComparison.Ordinal))
            return new($"A number became too large ({first}), where Spark goes on with a wrong one; compute with doubles: CAST(… AS DOUBLE).", e);
        if (first.Contains("must appear in the GROUP BY clause", StringComparison.Ordinal))
            return new("A column is neither among the groups nor within an aggregate; add it to GROUP BY, or take max(…) of it.", e);
        if (first.Contains("aggregates", StringComparison.OrdinalIgnoreCase) || first.Contains("window functions", StringComparison.OrdinalIgnoreCase))
            return new($"An aggregate or a window function stands where none can ({first}); compute it in a subquery.", e);
        if (first.Contains("More than one row returned by a subquery", StringComparison.OrdinalIgnoreCase))
            return new("A subquery that stands for a value has several rows; aggregate them, as with max(…).", e);
        return new($"The query failed: {first}; {Translator.OnCluster}.", e);
    }
}
