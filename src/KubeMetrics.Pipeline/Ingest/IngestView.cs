using System.ComponentModel;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>An ingest as callers see it.</summary>
public sealed record IngestView
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The dataset that the destination belongs to; empty where there is none.</summary>
    [Description("The dataset that the destination belongs to; empty where there is none.")]
    public required string Dataset { get; init; }

    /// <summary>What is copied.</summary>
    public required string Source { get; init; }

    /// <summary>Where to.</summary>
    public required string Destination { get; init; }

    /// <summary>Only keys that one of these matches.</summary>
    public required IReadOnlyList<string> Include { get; init; }

    /// <summary>No keys that one of these matches.</summary>
    public required IReadOnlyList<string> Exclude { get; init; }

    /// <summary>More bytes are not copied.</summary>
    public required long? MaxBytes { get; init; }

    /// <summary>What the source has not is deleted.</summary>
    public required bool Mirror { get; init; }

    /// <summary>It only tells what would be done.</summary>
    public required bool DryRun { get; init; }

    /// <summary>What has become of it.</summary>
    public required WorkState State { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset? Started { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset? Finished { get; init; }

    /// <summary>What is to be done; null until both sides were listed.</summary>
    [Description("What is to be done; null until both sides were listed.")]
    public required IngestPlan? Plan { get; init; }

    /// <summary>What has been done.</summary>
    [Description("What has been done, as of the last checkpoint.")]
    public required IngestCounts Done { get; init; }

    /// <summary>How far it is; null unless it is under way.</summary>
    public required WorkProgress? Progress { get; init; }

    /// <summary>How often it was taken up since it last got on.</summary>
    public required int Attempt { get; init; }

    /// <summary>Somebody asked for it to be given up, and it will be.</summary>
    public required bool Cancelling { get; init; }

    /// <summary>Why it failed, or why the last try did.</summary>
    public required WorkProblem? Problem { get; init; }

    /// <summary>It is done, and some objects could not be copied.</summary>
    public required bool Partial { get; init; }

    /// <summary>Another ingest does the same.</summary>
    public required string? ReplacedBy { get; init; }

    /// <summary>Of a record.</summary>
    public static IngestView Of(WorkRecord record)
    {
        var input = record.IngestInput();
        var checkpoint = record.IngestCheckpoint();
        var outcome = record.IngestOutcome();
        return new IngestView
        {
            Id = record.Id,
            Dataset = record.Dataset,
            Source = input.Source,
            Destination = input.Destination,
            Include = input.Include,
            Exclude = input.Exclude,
            MaxBytes = input.MaxBytes,
            Mirror = input.Mirror,
            DryRun = input.DryRun,
            State = record.State,
            Created = record.Created,
            Started = record.Started,
            Finished = record.Finished,
            Plan = outcome?.Plan ?? (checkpoint is { Stage: not IngestStage.Planning } ? checkpoint.Plan : null),
            Done = outcome?.Done ?? checkpoint?.Done ?? new IngestCounts(),
            Progress = record.IsOpen ? record.Progress : null,
            Attempt = record.Attempts,
            Cancelling = record is { IsOpen: true, CancelRequested: true },
            Problem = record.Problem,
            Partial = outcome?.Done.Failed > 0,
            ReplacedBy = record.ReplacedBy,
        };
    }
}

/// <summary>Some ingests.</summary>
/// <param name="Ingests">Newest first.</param>
public sealed record IngestList(IReadOnlyList<IngestView> Ingests);
