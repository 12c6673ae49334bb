using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using KubeMetrics.Pipeline.Orchestration.InProcess;
using KubeMetrics.Pipeline.Orchestration.Summaries;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Orchestration;

/// <summary>How far a job is.</summary>
internal enum JobStage
{
    /// <summary>It waits for its turn on the cluster.</summary>
    Waiting,

    /// <summary>It is about to be submitted: written down before it is, so that whoever finds this knows that it may have been.</summary>
    Intended,

    /// <summary>It may have been submitted, and nobody saw the answer: its driver is looked for, then its script taken away.</summary>
    Fencing,

    /// <summary>Its driver is known.</summary>
    Submitted,

    /// <summary>Its inputs are looked at, and turned into lines where the cluster would misread them.</summary>
    Looking,

    /// <summary>The cluster has forgotten its driver.</summary>
    Lost,

    /// <summary>It is done in process.</summary>
    Here,
}

/// <summary>Where a job goes on.</summary>
/// <param name="Stage">How far it is.</param>
/// <param name="Attempt">Which attempt: each has a script and an application name of its own.</param>
/// <param name="Since">When this stage began, and of <see cref="JobStage.Fencing"/> when the attempt was intended (UTC).</param>
internal sealed record JobCheckpoint(JobStage Stage, int Attempt, DateTimeOffset Since)
{
    /// <summary>The driver.</summary>
    public string? Driver { get; init; }

    /// <summary>What it was when it was last looked at.</summary>
    public DriverState? State { get; init; }

    /// <summary>When the cluster last answered (UTC); null where it has not yet.</summary>
    public DateTimeOffset? Seen { get; init; }

    /// <summary>Since when a driver is looked for that may have been submitted (UTC).</summary>
    public DateTimeOffset? Looked { get; init; }

    /// <summary>When the script of an attempt was taken away (UTC); null where it is there.</summary>
    public DateTimeOffset? Fenced { get; init; }

    /// <summary>How often it was submitted.</summary>
    public int Submissions { get; init; }

    /// <summary>How often a driver of it vanished.</summary>
    public int Vanished { get; init; }

    /// <summary>Tasks that are done, of how many; null where that can't be seen.</summary>
    public long? TasksDone { get; init; }

    /// <summary>Of how many.</summary>
    public long? Tasks { get; init; }

    /// <summary>Of a summary: which of its scripts is at work, the first (0) or the second (1).</summary>
    public int Phase { get; init; }

    /// <summary>Of a job that replaces others: names what it reads and how.</summary>
    public string? Reads { get; init; }

    /// <summary>How the cluster is to read inputs of JSON; null until that is known.</summary>
    public IReadOnlyList<ReadAs>? Inputs { get; init; }

    /// <summary>Of <see cref="JobStage.Here"/>: how far its records are written.</summary>
    public Converted? Converted { get; init; }
}

/// <summary>A group of a summary in brief.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dimension">What its values measure: none, time, bytes, ratio.</param>
/// <param name="ToBase">What one of their unit is in base units: 1e-6 for microseconds.</param>
/// <param name="PerSecond">Whether they are rates.</param>
/// <param name="Count">How many values.</param>
/// <param name="Mean">Their mean; null where there are none.</param>
/// <param name="StandardDeviation">Their population standard deviation.</param>
/// <param name="Median">Their median.</param>
/// <param name="P90">Their quantile .9.</param>
/// <param name="P99">Their quantile .99.</param>
public sealed record JobGroup(string Name, string Dimension, double ToBase, bool PerSecond, long Count, double? Mean, double? StandardDeviation, double? Median, double? P90, double? P99);

/// <summary>A column of a result.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as Spark names it.</param>
public sealed record JobColumn(string Name, string Type);

/// <summary>What a job resulted in.</summary>
public sealed record JobOutcome
{
    /// <summary>Records that were read (of a query: written); null where that was not counted.</summary>
    public long? Records { get; init; }

    /// <summary>Records that could not be read, and were left out; null where that was not counted.</summary>
    public long? Corrupt { get; init; }

    /// <summary>What could not be read, in words, as far as that is known.</summary>
    [Description("The first things that could not be read, each with its file and place; null where only their number is known.")]
    public IReadOnlyList<string>? Problems { get; init; }

    /// <summary>Files that were written.</summary>
    public int? Files { get; init; }

    /// <summary>Their bytes.</summary>
    public long? Bytes { get; init; }

    /// <summary>A query's columns.</summary>
    public IReadOnlyList<JobColumn>? Columns { get; init; }

    /// <summary>A query's first rows; null in lists.</summary>
    [Description("A query's first rows, as many as go into 256 KiB, at most 100; null in lists.")]
    public IReadOnlyList<JsonElement>? Rows { get; init; }

    /// <summary>There are more rows than those.</summary>
    public bool MoreRows { get; init; }

    /// <summary>Of a summary: its first groups in brief; null in lists.</summary>
    [Description("Of a summary: its groups in brief, at most 100; null in lists.")]
    public IReadOnlyList<JobGroup>? Groups { get; init; }

    /// <summary>Of a summary: how many groups there are.</summary>
    public int? GroupCount { get; init; }

    /// <summary>What a probe found: a host each, and how many of its hundred tasks ran there.</summary>
    public IReadOnlyDictionary<string, long>? Hosts { get; init; }

    /// <summary>The cluster's Spark, as a probe found it.</summary>
    public string? Spark { get; init; }

    /// <summary>Of a summary.</summary>
    internal static JobOutcome Of(KeptSummary summary)
    {
        const int Told = 100, Problems = 10;
        var problems = summary.Files.SelectMany(file => file.Problems).Take(Problems).ToList();
        return new JobOutcome
        {
            Records = summary.Files.Sum(file => file.SeriesKept),
            Problems = problems is [] ? null : problems,
            GroupCount = summary.Groups.Count,
            Groups = [.. summary.Groups.Take(Told).Select(group => new JobGroup(
                group.Name, group.Unit.Dimension.ToString().ToLowerInvariant(), group.Unit.ToBase, group.Unit.PerSecond, group.Counts.Kept, group.Values?.Mean, group.Values?.StandardDeviation, group.Values?.Median, group.Values?.P90, group.Values?.P99))],
        };
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(JobCheckpoint))]
[JsonSerializable(typeof(JobOutcome))]
internal sealed partial class JobJson : JsonSerializerContext;

internal static class JobRecordExtensions
{
    /// <summary>Whether a record is a job's, and one that this program can read.</summary>
    internal static bool IsJob(this WorkRecord record) => record.IsReadable(JobWork.KindName, one =>
    {
        one.JobCheckpoint();
        one.JobOutcome();
        return one.JobInput() is not null;
    });

    internal static Job JobInput(this WorkRecord record) => record.Input.Deserialize(JobJson.Default.Job)!;

    internal static JobCheckpoint? JobCheckpoint(this WorkRecord record) => record.Checkpoint?.Deserialize(JobJson.Default.JobCheckpoint);

    internal static JobOutcome? JobOutcome(this WorkRecord record) => record.Result?.Deserialize(JobJson.Default.JobOutcome);

    /// <summary>Whether a driver of it may run.</summary>
    internal static bool MayRun(this JobCheckpoint? checkpoint) => checkpoint?.Stage is JobStage.Intended or JobStage.Fencing or JobStage.Submitted;
}
