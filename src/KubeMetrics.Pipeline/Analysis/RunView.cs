using System.ComponentModel;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>A run as callers see it.</summary>
public sealed record RunView
{
    /// <summary>Its id.</summary>
    [Description("Its id.")]
    public required string Id { get; init; }

    /// <summary>The dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>Names the report: derived from inputs and options, so the same for equal ones.</summary>
    [Description("Names the report: derived from inputs and options, so the same for equal ones.")]
    public required string RunId { get; init; }

    /// <summary>What has become of it.</summary>
    public required WorkState State { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset? Started { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset? Finished { get; init; }

    /// <summary>What it was asked for with.</summary>
    public required RunOptions Options { get; init; }

    /// <summary>These are the dataset's own options.</summary>
    [Description("These are the dataset's own options, so its report can become the dataset's latest.")]
    public required bool Own { get; init; }

    /// <summary>It does again what was done.</summary>
    public required bool Force { get; init; }

    /// <summary>What it reads.</summary>
    public required InputTotals Inputs { get; init; }

    /// <summary>How far it is; null unless it is under way.</summary>
    public required WorkProgress? Progress { get; init; }

    /// <summary>How often it was taken up since it last got on.</summary>
    public required int Attempt { get; init; }

    /// <summary>Somebody asked for it to be given up, and it will be.</summary>
    public required bool Cancelling { get; init; }

    /// <summary>Why it failed, or why the last try did.</summary>
    public required WorkProblem? Problem { get; init; }

    /// <summary>Its report is not of everything that was asked for.</summary>
    public required bool Partial { get; init; }

    /// <summary>What was found, most important first.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>The report was there already.</summary>
    public required bool Reused { get; init; }

    /// <summary>Another run does the same.</summary>
    public required string? ReplacedBy { get; init; }

    /// <summary>Where its report is; null while there is none, and where it was deleted since.</summary>
    public required string? Report { get; init; }

    /// <summary>Its report was deleted since.</summary>
    [Description("It made a report, which was deleted since: the dataset keeps so many, for so long.")]
    public required bool ReportDeleted { get; init; }

    /// <summary>Of a record.</summary>
    public static RunView Of(WorkRecord record)
    {
        var input = record.AnalysisInput();
        var checkpoint = record.AnalysisCheckpoint();
        var outcome = record.AnalysisOutcome();
        var runId = outcome?.Report.RunId ?? checkpoint?.RunId ?? input.RunId;
        return new RunView
        {
            Id = record.Id,
            Dataset = record.Dataset,
            RunId = runId,
            // Nobody has it while a cluster summarises for it, but it is under way.
            State = record.State == WorkState.Queued && record.AnalysisCheckpoint()?.Job is not null ? WorkState.Running : record.State,
            Created = record.Created,
            Started = record.Started,
            Finished = record.Finished,
            Options = input.Options,
            Own = input.Own,
            Force = input.Force,
            Inputs = outcome?.Inputs ?? checkpoint?.Inputs ?? input.Inputs,
            Progress = record.IsOpen ? record.Progress : null,
            Attempt = record.Attempts,
            Cancelling = record is { IsOpen: true, CancelRequested: true },
            Problem = record.Problem,
            Partial = outcome?.Report.Partial ?? false,
            Findings = outcome?.Report.Findings ?? [],
            Reused = outcome?.Reused ?? false,
            ReplacedBy = record.ReplacedBy,
            Report = outcome is null or { ReportDeleted: true } ? null : ReportRoutes.PageOf(record.Dataset, runId),
            ReportDeleted = outcome?.ReportDeleted ?? false,
        };
    }
}
