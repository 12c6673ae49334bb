using System.ComponentModel;
using System.Text.Json.Serialization;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Orchestration;

/// <summary>What has become of a job.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobState>))]
public enum JobState
{
    /// <summary>It waits for its turn.</summary>
    [JsonStringEnumMemberName("queued")] Queued,

    /// <summary>The cluster has it, or may have it.</summary>
    [JsonStringEnumMemberName("submitted")] Submitted,

    /// <summary>Its driver runs, or the host does it.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>Done, and what it wrote is complete.</summary>
    [JsonStringEnumMemberName("succeeded")] Succeeded,

    /// <summary>It can't be done.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>The cluster has forgotten it.</summary>
    [JsonStringEnumMemberName("lost")] Lost,

    /// <summary>Somebody gave it up.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,
}

/// <summary>A job as callers see it.</summary>
public sealed record JobView
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The dataset whose job it is; empty for nobody's.</summary>
    public required string Dataset { get; init; }

    /// <summary>What was asked for.</summary>
    public required Job Job { get; init; }

    /// <summary>What has become of it.</summary>
    public required JobState State { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset? Started { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset? Finished { get; init; }

    /// <summary>Which attempt this is, from 1; null before the first.</summary>
    [Description("Which attempt this is, from 1; null before the first.")]
    public required int? Attempt { get; init; }

    /// <summary>How often it was submitted.</summary>
    public required int Submissions { get; init; }

    /// <summary>How often its driver vanished, so that it was run again.</summary>
    public required int Vanished { get; init; }

    /// <summary>The cluster's id of its driver; null where it has none.</summary>
    [Description("The cluster's id of its driver; null where it has none.")]
    public required string? Driver { get; init; }

    /// <summary>How its application is called on the cluster; null before the first attempt.</summary>
    [Description("How its application is called on the cluster; null before the first attempt.")]
    public required string? Application { get; init; }

    /// <summary>Tasks that are done; null where that can't be seen.</summary>
    public required long? TasksDone { get; init; }

    /// <summary>Of how many that are planned so far; null where that can't be seen.</summary>
    public required long? Tasks { get; init; }

    /// <summary>How far it is; null unless it is under way.</summary>
    public required WorkProgress? Progress { get; init; }

    /// <summary>Somebody asked for it to be given up, and it will be.</summary>
    public required bool Cancelling { get; init; }

    /// <summary>Why it failed, or what keeps it.</summary>
    public required WorkProblem? Problem { get; init; }

    /// <summary>What it resulted in; null until it is done.</summary>
    [Description("What it resulted in; null until it is done.")]
    public required JobOutcome? Result { get; init; }

    /// <summary>Of a record.</summary>
    public static JobView Of(WorkRecord record)
    {
        var checkpoint = record.JobCheckpoint();
        return new JobView
        {
            Id = record.Id,
            Dataset = record.Dataset,
            Job = record.JobInput(),
            State = StateOf(record, checkpoint),
            Created = record.Created,
            Started = record.Started,
            Finished = record.Finished,
            Attempt = checkpoint?.Submissions > 0 ? checkpoint.Attempt : null,
            Submissions = checkpoint?.Submissions ?? 0,
            Vanished = checkpoint?.Vanished ?? 0,
            Driver = checkpoint?.Driver,
            Application = checkpoint.MayRun() ? JobSteps.AppName(record.Id, checkpoint!.Attempt) : null,
            // What was last seen of a driver that has ended well is not its end.
            TasksDone = record.State == WorkState.Succeeded ? checkpoint?.Tasks : checkpoint?.TasksDone,
            Tasks = checkpoint?.Tasks,
            Progress = record.IsOpen ? record.Progress : null,
            Cancelling = record is { IsOpen: true, CancelRequested: true },
            Problem = record.Problem,
            Result = record.JobOutcome(),
        };
    }

    /// <summary>Of a record, for where there are many: without the rows of its result.</summary>
    public static JobView Brief(WorkRecord record)
    {
        var view = Of(record);
        return view with { Result = view.Result is { } result ? result with { Rows = null, Groups = null } : null };
    }

    private static JobState StateOf(WorkRecord record, JobCheckpoint? checkpoint) => record.State switch
    {
        WorkState.Succeeded => JobState.Succeeded,
        WorkState.Cancelled => JobState.Cancelled,
        WorkState.Failed or WorkState.Replaced => checkpoint?.Stage == JobStage.Lost ? JobState.Lost : JobState.Failed,
        _ => checkpoint switch
        {
            { Stage: JobStage.Submitted, State: DriverState.Running or DriverState.Finished } => JobState.Running,
            { Stage: JobStage.Intended or JobStage.Fencing or JobStage.Submitted } => JobState.Submitted,
            { Stage: JobStage.Here } => JobState.Running,
            _ => JobState.Queued,
        },
    };
}

/// <summary>Some jobs.</summary>
/// <param name="Jobs">Newest first.</param>
public sealed record JobList(IReadOnlyList<JobView> Jobs);
