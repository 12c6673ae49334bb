using System.ComponentModel;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Datasets;

/// <summary>The newest report of a dataset in a few lines.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Generated">When it was made (UTC).</param>
/// <param name="Period">From the first to the last sample; null where there is none.</param>
/// <param name="Partial">Whether it is not of everything that was asked for.</param>
/// <param name="Samples">Samples that the statistics are of.</param>
/// <param name="Groups">Groups.</param>
/// <param name="Findings">What was found, most important first, as sentences.</param>
/// <param name="Trend">The group that the first sentence is about, over time; null where there is none.</param>
/// <param name="Page">Where it is.</param>
public sealed record LatestView(
    string RunId, DateTimeOffset Generated, Period? Period, bool Partial, long Samples, int Groups, IReadOnlyList<string> Findings, BriefTrend? Trend, string Page)
{
    internal static LatestView Of(string dataset, ReportBrief brief) => new(
        brief.RunId, brief.Generated, brief.Period, brief.Partial, brief.Samples, brief.Groups, brief.Findings, brief.Trend, ReportRoutes.PageOf(dataset, brief.RunId));
}

/// <summary>A dataset as callers see it: what it was told, and how it stands.</summary>
public sealed record DatasetView
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where its objects are copied from.</summary>
    public required string? Source { get; init; }

    /// <summary>Where its dumps are.</summary>
    public required string Location { get; init; }

    /// <summary>Which series.</summary>
    public required IReadOnlyList<string> Where { get; init; }

    /// <summary>The label whose values make the groups.</summary>
    public required string GroupBy { get; init; }

    /// <summary>Only the last so much time.</summary>
    public required string? Window { get; init; }

    /// <summary>The values' unit.</summary>
    public required string? Unit { get; init; }

    /// <summary>Counters as they stand.</summary>
    public required bool Raw { get; init; }

    /// <summary>Where its reports go.</summary>
    public required string Reports { get; init; }

    /// <summary>When it is refreshed.</summary>
    public required string? Schedule { get; init; }

    /// <summary>When its schedule refreshes it next (UTC).</summary>
    public required DateTimeOffset? NextRun { get; init; }

    /// <summary>It is refreshed when something arrives in its location.</summary>
    public required bool Watch { get; init; }

    /// <summary>Where its job writes what is analysed; null where it has none.</summary>
    [Description("Where its job writes what is analysed; null where it has none.")]
    public required string? Job { get; init; }

    /// <summary>What analyses it.</summary>
    public required string Engine { get; init; }

    /// <summary>The newest report of its own options.</summary>
    public required LatestView? Latest { get; init; }

    /// <summary>The newest run, whatever became of it.</summary>
    public required RunView? LastRun { get; init; }

    /// <summary>Ids of runs that are queued or running.</summary>
    public required IReadOnlyList<string> Running { get; init; }

    /// <summary>Why its dumps or its reports can't be read.</summary>
    public required WorkProblem? Problem { get; init; }
}

/// <summary>All datasets.</summary>
/// <param name="Datasets">By name.</param>
public sealed record DatasetList(IReadOnlyList<DatasetView> Datasets);
