using KubeMetrics.Prometheus;
using KubeMetrics.Statistics;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>What of the inputs is analysed, and how.</summary>
public sealed record AnalysisOptions
{
    /// <summary>The label that operations are told apart by, unless something else is asked for.</summary>
    public const string DefaultGroupBy = "operation_type";

    /// <summary>What the report is called.</summary>
    public required string Name { get; init; }

    /// <summary>Only series that all of these match.</summary>
    public IReadOnlyList<LabelMatcher> Where { get; init; } = [];

    /// <summary>The label whose values make the groups.</summary>
    public string GroupBy { get; init; } = DefaultGroupBy;

    /// <summary>Only samples from here on (UTC milliseconds); null: from the first.</summary>
    public long? From { get; init; }

    /// <summary>Only samples before this (UTC milliseconds); null: to the last.</summary>
    public long? To { get; init; }

    /// <summary>Only the last so much time before the newest sample; null: all.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>The values' unit; null: as the metric's name says.</summary>
    public Unit? Unit { get; init; }

    /// <summary>Analyse counters as they stand, not as rates.</summary>
    public bool Raw { get; init; }

    /// <summary>Only counts and descriptions of the values: no logs, no trends, no findings, nothing to draw. Several times faster.</summary>
    public bool NumbersOnly { get; init; }

    /// <summary>What computes: <see cref="Analyzer.Engine"/>, or <see cref="Analyzer.Cluster"/>.</summary>
    public string Engine { get; init; } = Analyzer.Engine;

    internal ReadOptions Read => new() { Where = Where, FromMs = From ?? long.MinValue, ToMs = To ?? long.MaxValue };

    internal GroupingOptions Grouping => new() { GroupBy = GroupBy, Raw = Raw, Unit = Unit };
}
