using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Refresh;

/// <summary>Why a dataset is refreshed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RefreshReason>))]
public enum RefreshReason
{
    /// <summary>Somebody asked.</summary>
    [JsonStringEnumMemberName("asked")] Asked,

    /// <summary>A time of its schedule came.</summary>
    [JsonStringEnumMemberName("schedule")] Schedule,

    /// <summary>Something arrived, and the bucket said so.</summary>
    [JsonStringEnumMemberName("arrival")] Arrival,

    /// <summary>Something is there that was not analysed, and nobody had said so.</summary>
    [JsonStringEnumMemberName("reconciliation")] Reconciliation,
}

/// <summary>What a refresh is asked for.</summary>
internal sealed record RefreshInput(RefreshReason Reason);

/// <summary>What a refresh is at.</summary>
internal enum RefreshStage
{
    /// <summary>The dataset's source is copied.</summary>
    Ingesting,

    /// <summary>The markers are listed: what they stand for is read from here on.</summary>
    Listed,

    /// <summary>The dataset's job is done.</summary>
    Working,

    /// <summary>The dataset is analysed.</summary>
    Analysing,
}

/// <summary>Where a refresh goes on.</summary>
/// <param name="Stage">What it is at.</param>
/// <param name="Ingest">The ingest, once there is one.</param>
/// <param name="Analysis">The analysis, once there is one.</param>
/// <param name="Job">The dataset's job, once it is asked for.</param>
/// <param name="Markers">The markers that are deleted at the end. Not all where there are thousands: the others are found to bring nothing new.</param>
internal sealed record RefreshCheckpoint(RefreshStage Stage, string? Ingest = null, string? Analysis = null, IReadOnlyList<string>? Markers = null, string? Job = null);

/// <summary>What a refresh resulted in.</summary>
/// <param name="Ingest">The ingest; null where the dataset has no source.</param>
/// <param name="Analysis">The analysis; null where there was nothing to analyse.</param>
/// <param name="RunId">The report; null where there was nothing to analyse.</param>
/// <param name="Reused">The report was there already: there was nothing new.</param>
/// <param name="Job">The job; null where the dataset has none, or what it had made was of the same inputs.</param>
internal sealed record RefreshOutcome(string? Ingest, string? Analysis, string? RunId, bool Reused, string? Job = null);

/// <summary>What is remembered of a dataset between its refreshes.</summary>
/// <param name="ScheduledUpTo">All times of the schedule up to this have been acted on.</param>
/// <param name="ReconciledAt">When it was last listed and compared.</param>
/// <param name="FailedRunId">The inputs and options that the last refresh failed on; null where it did not.</param>
/// <param name="Failures">How often in a row it has failed.</param>
/// <param name="NotBefore">The same inputs are not tried again before this.</param>
internal sealed record RefreshMemory(
    DateTimeOffset? ScheduledUpTo = null, DateTimeOffset? ReconciledAt = null, string? FailedRunId = null, int Failures = 0, DateTimeOffset? NotBefore = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RefreshInput))]
[JsonSerializable(typeof(RefreshCheckpoint))]
[JsonSerializable(typeof(RefreshOutcome))]
[JsonSerializable(typeof(RefreshMemory))]
[JsonSerializable(typeof(RefreshRequest))]
internal sealed partial class RefreshJson : JsonSerializerContext;

internal static class RefreshRecordExtensions
{
    /// <summary>Whether a record is a refresh's, and one that this program can read.</summary>
    internal static bool IsRefresh(this WorkRecord record) => record.IsReadable(RefreshWork.KindName, one =>
    {
        one.RefreshCheckpoint();
        one.RefreshOutcome();
        return one.Input.Deserialize(RefreshJson.Default.RefreshInput) is not null;
    });

    internal static RefreshInput RefreshInput(this WorkRecord record) => record.Input.Deserialize(RefreshJson.Default.RefreshInput)!;

    internal static RefreshCheckpoint? RefreshCheckpoint(this WorkRecord record) => record.Checkpoint?.Deserialize(RefreshJson.Default.RefreshCheckpoint);

    internal static RefreshOutcome? RefreshOutcome(this WorkRecord record) => record.Result?.Deserialize(RefreshJson.Default.RefreshOutcome);
}
