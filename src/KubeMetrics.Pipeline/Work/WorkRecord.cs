using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeMetrics.Pipeline.Work;

/// <summary>What has become of work.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WorkState>))]
public enum WorkState
{
    /// <summary>It waits for an executor, from the start or between two steps.</summary>
    [JsonStringEnumMemberName("queued")] Queued,

    /// <summary>An executor has it under a lease.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>Done.</summary>
    [JsonStringEnumMemberName("succeeded")] Succeeded,

    /// <summary>It can't be done; <see cref="WorkRecord.Problem"/> says why.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>Somebody asked for it to be given up, and it was.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,

    /// <summary>Other work does the same; <see cref="WorkRecord.ReplacedBy"/> names it.</summary>
    [JsonStringEnumMemberName("replaced")] Replaced,
}

/// <summary>Why work failed, for a person.</summary>
/// <param name="Detail">What is wrong, and where.</param>
/// <param name="Remedy">What to do.</param>
public sealed record WorkProblem(string Detail, string Remedy);

/// <summary>How far a step is.</summary>
/// <param name="Step">What is being done, as one word.</param>
/// <param name="Done">How much of it is done.</param>
/// <param name="Total">How much there is; 0 where that is not known.</param>
/// <param name="Unit">What is counted: <c>bytes</c>, <c>groups</c>, <c>files</c>.</param>
/// <param name="Fraction">How much of the whole work is done, 0 to 1.</param>
/// <param name="SecondsLeft">How long the step will still take, as far as its speed tells; null where it does not.</param>
/// <param name="PerSecond">How much is done in a second, on the average of the step; null where that can't be told yet.</param>
/// <param name="Trouble">What fails for some seconds now, and is tried again; null where nothing does.</param>
public sealed record WorkProgress(string Step, long Done, long Total, string Unit, double Fraction, double? SecondsLeft, double? PerSecond = null, string? Trouble = null);

/// <summary>
/// Who has a piece of work. It is renewed by counting on, which changes the record's ETag; it has expired when an observer
/// has seen the same ETag for the lease's whole term on its own monotonic clock: no two machines' clocks are compared.
/// </summary>
/// <param name="Holder">The process, for people: host and process id.</param>
/// <param name="Nonce">Names this one taking of the work; nobody else's is the same.</param>
/// <param name="Counter">How often it was renewed.</param>
/// <param name="TermSeconds">How long it holds without being renewed.</param>
public sealed record WorkLease(string Holder, string Nonce, long Counter, double TermSeconds);

/// <summary>
/// One piece of work, whole: what was asked for, how far it is, who has it, what became of it. It is one object in the
/// store, and every change to it is a conditional put over the version that was read; so whoever lost it can't change it.
/// </summary>
public sealed record WorkRecord
{
    /// <summary>The version of this form.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The version of this record's form.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>How often it was changed: of two states of one record the one with the higher number is the later.</summary>
    public long Version { get; init; }

    /// <summary>
    /// Names this one write of it. Versions in Ceph are digests of contents: without it two who write the same at once could each
    /// take the other's write for its own, whose answer was lost.
    /// </summary>
    public string? Write { get; init; }

    /// <summary>Its name; see <see cref="WorkId"/>.</summary>
    public required string Id { get; init; }

    /// <summary>Which <see cref="IWorkKind"/> does it.</summary>
    public required string Kind { get; init; }

    /// <summary>The dataset that it is for.</summary>
    public required string Dataset { get; init; }

    /// <summary>What was asked for, in the kind's own form.</summary>
    public required JsonElement Input { get; init; }

    /// <summary>What has become of it.</summary>
    public WorkState State { get; init; }

    /// <summary>What the next step goes on from; null before the first.</summary>
    public JsonElement? Checkpoint { get; init; }

    /// <summary>What it resulted in, in the kind's own form; null until it is done.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Why it failed, or why the last try did.</summary>
    public WorkProblem? Problem { get; init; }

    /// <summary>Who does the same instead.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>When it was asked for (UTC).</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Not to be taken before this (UTC); null: at once.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>Not to be taken before this other work has ended; null: it waits for none.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>When it was first taken (UTC).</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended, whatever became of it (UTC).</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>How often it was taken since its last checkpoint: more than a few mean that it kills its process.</summary>
    public int Attempts { get; init; }

    /// <summary>How often the step at hand failed for a reason that may pass.</summary>
    public int Retries { get; init; }

    /// <summary>Somebody wants it given up.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>How far it was when this was written.</summary>
    public WorkProgress? Progress { get; init; }

    /// <summary>Who has it; null while nobody does.</summary>
    public WorkLease? Lease { get; init; }

    /// <summary>The nonce of the last lease: by it a holder knows its own last write again when the answer to it was lost.</summary>
    public string? LastNonce { get; init; }

    /// <summary>Whether it is of a kind, and can be read: what another version wrote, or somebody damaged, must not hide the others.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="parts">Reads what it holds in the kind's own form; false where something is missing.</param>
    internal bool IsReadable(string kind, Func<WorkRecord, bool> parts)
    {
        try
        {
            return Kind == kind && parts(this);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Whether there is still something to do.</summary>
    [JsonIgnore]
    public bool IsOpen => State is WorkState.Queued or WorkState.Running;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WorkRecord))]
internal sealed partial class WorkJson : JsonSerializerContext;
