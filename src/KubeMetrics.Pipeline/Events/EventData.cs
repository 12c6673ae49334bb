using System.Text.Json.Serialization;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Reports;
using KubeMetrics.Reports.Json;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Events;

/// <summary>The types of events that this program publishes; docs/events.md describes them, docs/events.schema.json is their form.</summary>
public static class EventTypes
{
    /// <summary>What all of them begin with.</summary>
    public const string Own = "kubemetrics.";

    /// <summary>An ingest has copied what there was to copy: <see cref="IngestCompleted"/>.</summary>
    public const string IngestCompleted = "kubemetrics.ingest.completed";

    /// <summary>A job has ended, whatever became of it: <see cref="JobFinished"/>.</summary>
    public const string JobFinished = "kubemetrics.job.finished";

    /// <summary>A report is there: <see cref="ReportReady"/>.</summary>
    public const string ReportReady = "kubemetrics.report.ready";
}

/// <summary>What <see cref="EventTypes.IngestCompleted"/> says.</summary>
public sealed record IngestCompleted
{
    /// <summary>The ingest.</summary>
    public required string Id { get; init; }

    /// <summary>The dataset that the destination belongs to; null where there is none.</summary>
    public required string? Dataset { get; init; }

    /// <summary>What was copied.</summary>
    public required string Source { get; init; }

    /// <summary>Where to.</summary>
    public required string Destination { get; init; }

    /// <summary>Objects and bytes that were copied.</summary>
    public required ObjectCount Copied { get; init; }

    /// <summary>Objects and bytes that were there already.</summary>
    public required ObjectCount Same { get; init; }

    /// <summary>Of the copied, those whose source, or destination, tells no checksum that could be made again.</summary>
    public required long Unverified { get; init; }

    /// <summary>Objects that were deleted from the destination, which only a mirror does.</summary>
    public required long Deleted { get; init; }

    /// <summary>Objects that could not be copied.</summary>
    public required long Failed { get; init; }

    /// <summary>When it was asked for (UTC).</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it ended (UTC).</summary>
    public required DateTimeOffset Finished { get; init; }
}

/// <summary>What <see cref="EventTypes.JobFinished"/> says.</summary>
public sealed record JobFinished
{
    /// <summary>The job.</summary>
    public required string Id { get; init; }

    /// <summary>The dataset whose job it is; null for nobody's.</summary>
    public required string? Dataset { get; init; }

    /// <summary>What it does.</summary>
    public required JobKind Kind { get; init; }

    /// <summary>What became of it.</summary>
    public required JobState State { get; init; }

    /// <summary>Where it wrote to; null where it wrote nothing.</summary>
    public required string? Output { get; init; }

    /// <summary>Records that it read (of a query: wrote); null where that was not counted.</summary>
    public required long? Records { get; init; }

    /// <summary>Records that it could not read; null where that was not counted.</summary>
    public required long? Corrupt { get; init; }

    /// <summary>Files that it wrote; null where that was not counted.</summary>
    public required int? Files { get; init; }

    /// <summary>Why it failed, and what to do; null where it did not.</summary>
    public required WorkProblem? Problem { get; init; }

    /// <summary>When it was asked for (UTC).</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it ended (UTC).</summary>
    public required DateTimeOffset Finished { get; init; }
}

/// <summary>What <see cref="EventTypes.ReportReady"/> says.</summary>
public sealed record ReportReady
{
    /// <summary>The run that made it.</summary>
    public required string Id { get; init; }

    /// <summary>The dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>Names the report: derived from inputs and options, so the same for equal ones.</summary>
    public required string RunId { get; init; }

    /// <summary>Where the report lies, with a slash at the end: report.json, index.html and charts/ are below it.</summary>
    public required string Report { get; init; }

    /// <summary>Its page on this program's hosts: a path.</summary>
    public required string Page { get; init; }

    /// <summary>Whether it is not of everything that was asked for.</summary>
    public required bool Partial { get; init; }

    /// <summary>Whether it was there already.</summary>
    public required bool Reused { get; init; }

    /// <summary>From the first to the last sample; null where there is none.</summary>
    public required Period? Period { get; init; }

    /// <summary>Samples that the statistics are of.</summary>
    public required long Samples { get; init; }

    /// <summary>Groups.</summary>
    public required int Groups { get; init; }

    /// <summary>What was found, most important first, as sentences.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>What was read.</summary>
    public required InputTotals Inputs { get; init; }

    /// <summary>When it was asked for (UTC).</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it ended (UTC).</summary>
    public required DateTimeOffset Finished { get; init; }
}

/// <summary>The forms of what events say.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter)], RespectNullableAnnotations = true)]
[JsonSerializable(typeof(IReadOnlyList<ToldEvent>))]
[JsonSerializable(typeof(IngestCompleted))]
[JsonSerializable(typeof(JobFinished))]
[JsonSerializable(typeof(ReportReady))]
internal sealed partial class EventJson : JsonSerializerContext;
