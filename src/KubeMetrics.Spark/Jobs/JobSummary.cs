using System.ComponentModel;
using KubeMetrics.Statistics;

namespace KubeMetrics.Spark.Jobs;

/// <summary>What of its inputs a summary is of, and how: what an analysis takes, in the notation people write it.</summary>
public sealed record JobSummary
{
    /// <summary>Label matchers, all of which must hold.</summary>
    [Description("Label matchers (label=value, !=, =~, !~), all of which must hold; left out for every series.")]
    public IReadOnlyList<string> Where { get; init => field = value ?? []; } = []; // null: what JSON does not say

    /// <summary>The label whose values make the groups.</summary>
    [Description("The label whose values make the groups; left out for operation_type.")]
    public string GroupBy { get; init => field = value ?? Default.GroupBy; } = Default.GroupBy;

    /// <summary>Only samples from here on.</summary>
    [Description("Only samples from this time on: ISO 8601 (UTC where no offset is given) or Unix seconds.")]
    public string? From { get; init; }

    /// <summary>Only samples before this.</summary>
    [Description("Only samples before this time.")]
    public string? To { get; init; }

    /// <summary>Only the last so much time.</summary>
    [Description("Only the last so much time before the newest sample (30d); left out for everything.")]
    public string? Window { get; init; }

    /// <summary>The values' unit.</summary>
    [Description("The values' unit (us, ms, s, bytes, ratio, none); left out for what the metric's name tells.")]
    public string? Unit { get; init; }

    /// <summary>Counters as they stand.</summary>
    [Description("Counters as they stand instead of per-second rates.")]
    public bool Raw { get; init; }

    private static GroupingOptions Default { get; } = new();
}
