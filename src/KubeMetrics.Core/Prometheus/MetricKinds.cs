namespace KubeMetrics.Prometheus;

/// <summary>Tells what a metric is from its name and labels, as Prometheus' naming conventions have it.</summary>
public static class MetricKinds
{
    /// <summary>What the names of counters end in.</summary>
    public static IReadOnlyList<string> CounterSuffixes { get; } = ["_total", "_count", "_sum", "_bucket"];

    /// <summary>What the samples of a series with these labels are.</summary>
    public static MetricKind Of(Labels labels)
    {
        if (labels["quantile"].Length > 0) return MetricKind.Quantile;
        foreach (var suffix in CounterSuffixes)
            if (labels.Name.EndsWith(suffix, StringComparison.Ordinal))
                return MetricKind.Counter;
        return MetricKind.Gauge;
    }
}
