using KubeMetrics.Queries;

namespace KubeMetrics.Sql;

/// <summary>The engine that a host plugs in: DuckDB, in this process.</summary>
public sealed class SeriesEngine : ISeriesEngine
{
    /// <inheritdoc/>
    public ISeriesTables Open(QueryLimits limits) => new SeriesDatabase(limits);
}
