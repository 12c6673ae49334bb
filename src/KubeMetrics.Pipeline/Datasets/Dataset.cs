using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Refresh;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Prometheus;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Datasets;

/// <summary>A name and what belongs to it: where its dumps are, how they are looked at, where its reports go.</summary>
public sealed record Dataset
{
    /// <summary>Its name: letters, digits, <c>-</c> and <c>_</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where its objects are copied from; null where they arrive by themselves.</summary>
    public StoreUri? Source { get; init; }

    /// <summary>Where its dumps are.</summary>
    public required StoreUri Location { get; init; }

    /// <summary>Which series, all of which must match.</summary>
    public IReadOnlyList<LabelMatcher> Where { get; init; } = [];

    /// <summary>The label whose values make the groups.</summary>
    public string GroupBy { get; init; } = AnalysisOptions.DefaultGroupBy;

    /// <summary>Only the last so much time before the newest sample; null for all.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>The values' unit as it was written; null: what the metric's name tells.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether counters are analysed as they stand.</summary>
    public bool Raw { get; init; }

    /// <summary>Where its reports go.</summary>
    public required StoreUri Reports { get; init; }

    /// <summary>When it is refreshed by the clock (NCRONTAB); null for never.</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>Whether it is refreshed when something arrives in its <see cref="Location"/>.</summary>
    public bool Watch { get; init; }

    /// <summary>What analyses it.</summary>
    public string Engine { get; init; } = Analyzer.Engine;

    /// <summary>A job to run between arrival and analysis; null for none.</summary>
    public Job? Job { get; init; }

    /// <summary>Where what is analysed lies: what its <see cref="Job"/> makes, else its <see cref="Location"/>.</summary>
    public StoreUri Dumps => Job?.Output is { } output ? StoreUri.Parse(output.Location) : Location;

    /// <summary>That there is nothing to analyse, and what to do.</summary>
    public WorkProblem Nothing => Job is null
        ? new($"There are no dumps in {Location} (names that end in {DumpNames.Ends}).", $"Put some there, or correct Datasets:{Name}:Location.")
        : new($"Its job has made nothing yet: there are no dumps in {Dumps}.", "Refresh the dataset, which does its job; or put something into its Location.");

    /// <summary>How many reports are kept.</summary>
    public int Keep { get; init; } = 50;

    /// <summary>How long reports are kept.</summary>
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(365);

    /// <summary>What an analysis of it asks for, unless something else is wanted.</summary>
    public AnalysisOptions Options => new()
    {
        Name = Name,
        Engine = Engine,
        Where = Where,
        GroupBy = GroupBy,
        Window = Window,
        Unit = Unit is null ? null : Units.Parse(Unit),
        Raw = Raw,
    };
}
