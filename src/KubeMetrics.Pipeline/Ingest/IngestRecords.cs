using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>So many objects of so many bytes.</summary>
/// <param name="Objects">Objects.</param>
/// <param name="Bytes">Bytes.</param>
public sealed record ObjectCount(long Objects, long Bytes)
{
    internal static ObjectCount None { get; } = new(0, 0);

    internal ObjectCount And(long bytes) => new(Objects + 1, Bytes + bytes);
}

/// <summary>What both sides' listings say is to be done.</summary>
public sealed record IngestPlan
{
    /// <summary>To be copied.</summary>
    public ObjectCount Copy { get; init; } = ObjectCount.None;

    /// <summary>There already.</summary>
    public ObjectCount Same { get; init; } = ObjectCount.None;

    /// <summary>To be deleted: only where a mirror was asked for.</summary>
    public ObjectCount Delete { get; init; } = ObjectCount.None;

    /// <summary>In the source, and left out: not asked for, or the program's own.</summary>
    public ObjectCount LeftOut { get; init; } = ObjectCount.None;

    /// <summary>The first keys that are to be copied or deleted.</summary>
    [Description("The first of what is to be copied and deleted, in order of the keys; of a dry run alone.")]
    public IReadOnlyList<PlannedObject> Objects { get; init; } = [];
}

/// <summary>What is to be done with one object.</summary>
/// <param name="Key">Its key below source and destination.</param>
/// <param name="Action"><c>copy</c> or <c>delete</c>.</param>
/// <param name="Bytes">Its size.</param>
public sealed record PlannedObject(string Key, string Action, long Bytes);

/// <summary>What has been done.</summary>
public sealed record IngestCounts
{
    /// <summary>Copied.</summary>
    public ObjectCount Copied { get; init; } = ObjectCount.None;

    /// <summary>There already.</summary>
    public ObjectCount Same { get; init; } = ObjectCount.None;

    /// <summary>Of the copied, those whose bytes were held against the source's own checksum.</summary>
    [Description("Of those copied: how many have the checksum that the source tells. Of the others the manifest has length and our own checksums.")]
    public long Verified { get; init; }

    /// <summary>Of the copied, those whose source, or destination, tells no checksum that could be made again.</summary>
    public long Unverified { get; init; }

    /// <summary>Deleted from the source before it was their turn.</summary>
    public long Gone { get; init; }

    /// <summary>Deleted from the destination.</summary>
    public long Deleted { get; init; }

    /// <summary>Could not be copied.</summary>
    public long Failed { get; init; }

    /// <summary>The first that could not be copied, and why.</summary>
    public IReadOnlyList<FailedObject> Failures { get; init; } = [];
}

/// <summary>An object that could not be copied.</summary>
/// <param name="Key">Its key below source and destination.</param>
/// <param name="Reason">Why.</param>
public sealed record FailedObject(string Key, string Reason);

/// <summary>What an ingest is asked for, with everything found out that it takes.</summary>
internal sealed record IngestInput(
    string Source, string Destination, IReadOnlyList<string> Include, IReadOnlyList<string> Exclude, long? MaxBytes, bool Mirror, bool DryRun)
{
    /// <summary>Names the two places, whatever else is asked for.</summary>
    internal string Pair => Claims.Digest($"{Source}\n{Destination}")[..32];

    internal bool IsSameAs(IngestInput other) =>
        this with { Include = other.Include, Exclude = other.Exclude } == other && Include.SequenceEqual(other.Include) && Exclude.SequenceEqual(other.Exclude);
}

/// <summary>What is being done.</summary>
internal enum IngestStage
{
    /// <summary>Both sides are listed and counted.</summary>
    Planning,

    /// <summary>Objects are copied.</summary>
    Copying,

    /// <summary>Both sides are listed again for what is to be deleted.</summary>
    Comparing,

    /// <summary>It is deleted.</summary>
    Deleting,
}

/// <summary>Where an ingest goes on.</summary>
internal sealed record IngestCheckpoint(IngestStage Stage, Position At, IngestPlan Plan, IngestCounts Done, int Segment = 0);

/// <summary>What an ingest resulted in.</summary>
internal sealed record IngestOutcome(IngestPlan Plan, IngestCounts Done);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(IngestInput))]
[JsonSerializable(typeof(IngestCheckpoint))]
[JsonSerializable(typeof(IngestOutcome))]
[JsonSerializable(typeof(IngestRequest))]
internal sealed partial class IngestJson : JsonSerializerContext;

internal static class IngestRecordExtensions
{
    /// <summary>Whether a record is an ingest's, and one that this program can read.</summary>
    internal static bool IsIngest(this WorkRecord record) => record.IsReadable(IngestWork.KindName, one =>
    {
        one.IngestCheckpoint();
        one.IngestOutcome();
        return one.IngestInput() is not null;
    });

    internal static IngestInput IngestInput(this WorkRecord record) => record.Input.Deserialize(IngestJson.Default.IngestInput)!;

    internal static IngestCheckpoint? IngestCheckpoint(this WorkRecord record) => record.Checkpoint?.Deserialize(IngestJson.Default.IngestCheckpoint);

    internal static IngestOutcome? IngestOutcome(this WorkRecord record) => record.Result?.Deserialize(IngestJson.Default.IngestOutcome);
}
