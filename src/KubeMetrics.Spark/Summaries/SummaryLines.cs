using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace KubeMetrics.Spark.Summaries;

/// <summary>The lines of JSON that scripts and program leave for each other.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FileLine))]
[JsonSerializable(typeof(SeriesLine))]
[JsonSerializable(typeof(IReadOnlyList<LabelLine>))]
[JsonSerializable(typeof(OrdersLine))]
[JsonSerializable(typeof(PlanLine))]
[JsonSerializable(typeof(SumsLine))]
[JsonSerializable(typeof(DeviationsLine))]
[JsonSerializable(typeof(EdgesLine))]
[JsonSerializable(typeof(BoxLine))]
[JsonSerializable(typeof(BucketsLine))]
internal sealed partial class SummaryLines : JsonSerializerContext
{
    /// <summary>Reads lines, empty ones left out.</summary>
    public static IEnumerable<T> Read<T>(IEnumerable<string> lines, JsonTypeInfo<T> form) =>
        lines.Where(line => line.Length > 0).Select(line => JsonSerializer.Deserialize(line, form) ?? throw new JsonException());
}

/// <summary>What was found in a file.</summary>
internal sealed record FileLine(
    string File, long Kept, long LeftOut, long Samples, long Nan, long Infinite, long Malformed, long Outside, long Unreadable, long NoSeries, long CorruptRecords, long FailedQueries);

/// <summary>A series; its labels are JSON again, as its id is made of that text, and that of no other.</summary>
internal sealed record SeriesLine(
    long Series, long Grp, string Labels, string Other, long Nan, long Infinite, long Malformed, long Outside,
    long Duplicate = 0, long Conflicting = 0, long Old = 0, long Repeated = 0, long Resets = 0, long? First = null, long? Last = null);

/// <summary>A label.</summary>
internal readonly record struct LabelLine(string Key, string Value);

/// <summary>Order statistics of a group or series.</summary>
internal sealed record OrdersLine(long Id, long Count, long NotPositive, IReadOnlyList<RankedValue> Orders);

/// <summary>What the second script has to know of a group or series.</summary>
internal sealed record PlanLine
{
    public required long Id { get; init; }
    public long Count { get; init; }
    public long NotPositive { get; init; }
    public double? Median { get; init; }
    public double? Scale { get; init; }
    public double? LogMedian { get; init; }
    public double? FenceLow { get; init; }
    public double? FenceHigh { get; init; }
    public long? Step { get; init; }
    public double[]? Edges { get; init; }
    public double[]? LogEdges { get; init; }
}

/// <summary>Sums of powers of the distance from the median, of values and of logs.</summary>
internal sealed record SumsLine(long Id, double S1, double S2, double S3, double S4, double L1 = 0, double L2 = 0, double L3 = 0, double L4 = 0);

/// <summary>Values by the rank of their distance from the median, of <c>values</c> or of <c>logs</c>.</summary>
internal sealed record DeviationsLine(long Id, string Of, IReadOnlyList<RankedValue> Orders);

/// <summary>How many values lie below each edge of the grid of <c>values</c> or of <c>logs</c>.</summary>
internal sealed record EdgesLine(long Id, string Of, IReadOnlyList<long> Below);

/// <summary>Outliers among a group's positive values.</summary>
internal sealed record BoxLine(long Id, long Outliers, double? Lowest = null, double? Highest = null, IReadOnlyList<DrawnValue>? Drawn = null);

/// <summary>A value that is drawn so many times.</summary>
internal readonly record struct DrawnValue(double Value, int Times);

/// <summary>A group or series over time.</summary>
internal sealed record BucketsLine(long Id, IReadOnlyList<Bucket> Buckets);

/// <summary>A bucket: the median lies between <paramref name="Low"/> and <paramref name="High"/>.</summary>
internal readonly record struct Bucket(long Start, double Min, double Low, double High, double Max, int N);
