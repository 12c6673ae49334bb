using System.Text.Json.Serialization;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>What a pack holds, and where in it.</summary>
/// <param name="Texts">Names and values of labels, each once.</param>
/// <param name="Labels">The label sets, each once: places in <paramref name="Texts"/>, name and value by turns.</param>
/// <param name="Inputs">The inputs.</param>
internal sealed record PackIndex(IReadOnlyList<string> Texts, IReadOnlyList<int[]> Labels, IReadOnlyList<PackedInput> Inputs);

/// <summary>One input in a pack.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ETag">The version that was read.</param>
/// <param name="Offset">Where its bytes begin.</param>
/// <param name="Length">How many there are.</param>
/// <param name="Heads">Its series, as <see cref="PackedHead"/> has them.</param>
/// <param name="Report">What was found in it.</param>
internal sealed record PackedInput(string Name, string ETag, int Offset, int Length, byte[] Heads, FileReport Report);

/// <summary>How a pack's index is written.</summary>
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(PackIndex))]
internal sealed partial class PackJson : JsonSerializerContext;
