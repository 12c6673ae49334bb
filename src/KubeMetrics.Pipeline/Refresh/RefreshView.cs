using System.ComponentModel;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Refresh;

/// <summary>A refresh as callers see it.</summary>
public sealed record RefreshView
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>Why it is made.</summary>
    public required RefreshReason Reason { get; init; }

    /// <summary>What has become of it.</summary>
    public required WorkState State { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset? Started { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset? Finished { get; init; }

    /// <summary>The ingest that is part of it; null where the dataset has no source, and before it began.</summary>
    public required string? Ingest { get; init; }

    /// <summary>The job that is part of it; null where the dataset has none, before it began, and where there was nothing new for it.</summary>
    public required string? Job { get; init; }

    /// <summary>The run that is part of it; null before it began, and where there was nothing to analyse.</summary>
    public required string? Analysis { get; init; }

    /// <summary>Where its report is; null while there is none.</summary>
    public required string? Report { get; init; }

    /// <summary>There was nothing new: the report was there already.</summary>
    [Description("There was nothing new: the report was there already.")]
    public required bool Reused { get; init; }

    /// <summary>Somebody asked for it to be given up, and it will be.</summary>
    public required bool Cancelling { get; init; }

    /// <summary>Why it failed, or why it waits.</summary>
    public required WorkProblem? Problem { get; init; }

    /// <summary>Another refresh does the same.</summary>
    public required string? ReplacedBy { get; init; }

    /// <summary>Of a record.</summary>
    public static RefreshView Of(WorkRecord record)
    {
        var checkpoint = record.RefreshCheckpoint();
        var outcome = record.RefreshOutcome();
        return new RefreshView
        {
            Id = record.Id,
            Dataset = record.Dataset,
            Reason = record.RefreshInput().Reason,
            // Nobody has it while it waits for its ingest or its run, but it is under way.
            State = record.State == WorkState.Queued && checkpoint is not null ? WorkState.Running : record.State,
            Created = record.Created,
            Started = record.Started,
            Finished = record.Finished,
            Ingest = outcome?.Ingest ?? checkpoint?.Ingest,
            Job = outcome?.Job ?? checkpoint?.Job,
            Analysis = outcome?.Analysis ?? checkpoint?.Analysis,
            Report = outcome?.RunId is { } runId ? ReportRoutes.PageOf(record.Dataset, runId) : null,
            Reused = outcome?.Reused ?? false,
            Cancelling = record is { IsOpen: true, CancelRequested: true },
            Problem = record.Problem,
            ReplacedBy = record.ReplacedBy,
        };
    }
}

/// <summary>Some refreshes.</summary>
/// <param name="Refreshes">Newest first.</param>
public sealed record RefreshList(IReadOnlyList<RefreshView> Refreshes);
