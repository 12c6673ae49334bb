using System.Text.Json;
using System.Text.Json.Serialization;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>How many inputs there are.</summary>
/// <param name="Count">Objects.</param>
/// <param name="Bytes">Their size as stored.</param>
public sealed record InputTotals(int Count, long Bytes)
{
    internal static InputTotals Of(IReadOnlyList<InputObject> inputs) => new(inputs.Count, inputs.Sum(input => input.Length));
}

/// <summary>What an analysis is asked for: the input of its work record.</summary>
internal sealed record AnalysisInput(RunOptions Options, bool Own, bool Force, string RunId, InputTotals Inputs);

/// <summary>What is done of an analysis.</summary>
internal enum AnalysisStage
{
    /// <summary>The inputs are listed, the run has its id, and it is this work's.</summary>
    Listed,

    /// <summary>The document is made, and lies in the state prefix.</summary>
    Analysed,

    /// <summary>The report is written, its page last.</summary>
    Written,
}

/// <summary>Where an analysis goes on, over the inputs as they were listed at <paramref name="AsOf"/>.</summary>
/// <param name="Stage">What is done.</param>
/// <param name="RunId">The run.</param>
/// <param name="Inputs">How many there are.</param>
/// <param name="AsOf">When they were listed.</param>
/// <param name="Job">The cluster's job that summarises them, where a cluster does.</param>
internal sealed record AnalysisCheckpoint(AnalysisStage Stage, string RunId, InputTotals Inputs, DateTimeOffset? AsOf = null, string? Job = null);

/// <summary>What an analysis resulted in.</summary>
internal sealed record AnalysisOutcome(ReportBrief Report, bool Reused, InputTotals Inputs, bool ReportDeleted = false);

/// <summary>The forms of what analyses keep in the store.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AnalysisInput))]
[JsonSerializable(typeof(AnalysisCheckpoint))]
[JsonSerializable(typeof(AnalysisOutcome))]
[JsonSerializable(typeof(AnalysisRequest))]
internal sealed partial class AnalysisJson : JsonSerializerContext;

/// <summary>Reading what analyses keep in work records.</summary>
internal static class AnalysisRecordExtensions
{
    /// <summary>Whether a record is an analysis's, and one that this program can read: one that is not must not hide the others.</summary>
    internal static bool IsAnalysis(this WorkRecord record) => record.IsReadable(AnalysisWork.KindName, one =>
    {
        one.AnalysisCheckpoint();
        one.AnalysisOutcome();
        return one.AnalysisInput() is not null;
    });

    internal static AnalysisInput AnalysisInput(this WorkRecord record) => record.Input.Deserialize(AnalysisJson.Default.AnalysisInput)!;

    internal static AnalysisCheckpoint? AnalysisCheckpoint(this WorkRecord record) => record.Checkpoint?.Deserialize(AnalysisJson.Default.AnalysisCheckpoint);

    internal static AnalysisOutcome? AnalysisOutcome(this WorkRecord record) => record.Result?.Deserialize(AnalysisJson.Default.AnalysisOutcome);
}
