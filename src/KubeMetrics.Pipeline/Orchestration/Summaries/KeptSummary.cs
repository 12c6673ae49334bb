using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Prometheus;
using KubeMetrics.Reports;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Statistics;

namespace KubeMetrics.Pipeline.Orchestration.Summaries;

/// <summary>What was found in a file that a summary was made of.</summary>
/// <param name="Name">The file, as listings name it.</param>
/// <param name="SeriesKept">Series that were wanted.</param>
/// <param name="SeriesLeftOut">Series that were not.</param>
/// <param name="Samples">Samples of those that were.</param>
/// <param name="Problems">What kept some of it from being read, a sentence each.</param>
internal sealed record SummarisedFile(string Name, long SeriesKept, long SeriesLeftOut, long Samples, IReadOnlyList<string> Problems)
{
    internal static SummarisedFile Of(FileReport file) => new(file.Name, file.SeriesKept, file.SeriesLeftOut, file.Samples, [.. file.Problems.Select(problem => problem.Message)]);
}

/// <summary>A summary whole, as a job keeps it: JSON lines, the first of its files, each other of a group.</summary>
/// <param name="Files">What was found in the files.</param>
/// <param name="Groups">The groups.</param>
internal sealed record KeptSummary(IReadOnlyList<SummarisedFile> Files, IReadOnlyList<GroupSummary> Groups)
{
    /// <summary>That there is nothing to summarise, whichever engine has seen it.</summary>
    internal static WorkFailedException Nothing(Job job, IReadOnlyList<SummarisedFile> files) => files.Any(file => file.SeriesLeftOut > 0)
        ? new($"No series matches {string.Join(", ", job.Summary?.Where ?? [])}.", "Correct summary.where, then submit the job again; a query shows which labels there are.")
        : new(files.SelectMany(file => file.Problems).FirstOrDefault() ?? $"There are no series in {string.Join(", ", job.Inputs.Select(input => input.Location))}.", "Name a place with Prometheus' dumps, then submit the job again.");

    internal ReadOnlyMemory<byte> Write()
    {
        var lines = new ArrayBufferWriter<byte>(1 << 16);
        using var writer = new Utf8JsonWriter(lines);
        JsonSerializer.Serialize(writer, Files, KeptSummaryJson.Default.IReadOnlyListSummarisedFile);
        foreach (var group in Groups)
        {
            writer.Flush();
            writer.Reset();
            lines.Write("\n"u8);
            SummaryJson.Write(writer, group);
        }

        writer.Flush();
        return lines.WrittenMemory;
    }

    /// <exception cref="JsonException">It is none.</exception>
    internal static KeptSummary Read(ReadOnlySpan<byte> lines)
    {
        IReadOnlyList<SummarisedFile>? files = null;
        var groups = new List<GroupSummary>();
        foreach (var line in lines.Split((byte)'\n'))
        {
            if (files is null) files = JsonSerializer.Deserialize(lines[line], KeptSummaryJson.Default.IReadOnlyListSummarisedFile) ?? throw new JsonException();
            else groups.Add(SummaryJson.Read(lines[line]));
        }

        return new KeptSummary(files ?? [], groups);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(IReadOnlyList<SummarisedFile>))]
internal sealed partial class KeptSummaryJson : JsonSerializerContext;
