using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeMetrics.Reports.Json;
using KubeMetrics.Statistics;

namespace KubeMetrics.Reports;

/// <summary>
/// Writes and reads <c>report.json</c> and <c>latest.json</c>. Numbers that do not exist, or are not finite, are null.
/// The form is described in docs/report.schema.json.
/// </summary>
public static class ReportJson
{
    /// <summary>The media type.</summary>
    public const string ContentType = "application/json";

    /// <summary>A report as UTF-8 JSON on one line.</summary>
    public static byte[] Write(Report report) => JsonSerializer.SerializeToUtf8Bytes(report, Form.Default.Report);

    /// <summary>The same, into memory that somebody else has.</summary>
    public static void Write(Report report, IBufferWriter<byte> to)
    {
        using var json = new Utf8JsonWriter(to, new JsonWriterOptions { SkipValidation = true });
        JsonSerializer.Serialize(json, report, Form.Default.Report);
    }

    /// <summary>About how many bytes a report takes, rather more: nearly all of them are the points over time and the grids.</summary>
    public static int LengthOf(Report report)
    {
        const int Frame = 1 << 16;
        return (int)Math.Min(Frame + report.Groups.Sum(group => (long)LengthOf(group)), 1 << 30);
    }

    internal static int LengthOf(GroupSummary group)
    {
        const int Point = 80, Bin = 28, Other = 2000;
        var length = Other + Point * (long)group.Time.Times.Length + Bin * (long)((group.Grid?.Counts.Length ?? 0) + (group.LogGrid?.Counts.Length ?? 0));
        foreach (var series in group.Series) length += Other + Point * (long)series.Time.Times.Length;
        return (int)Math.Min(length, 1 << 30);
    }

    /// <summary>A pointer as UTF-8 JSON.</summary>
    public static byte[] Write(LatestPointer pointer) => JsonSerializer.SerializeToUtf8Bytes(pointer, Form.Default.LatestPointer);

    /// <summary>Reads a report.</summary>
    /// <exception cref="FormatException">It is not one, or of a later form than this program knows.</exception>
    public static Report Read(ReadOnlySpan<byte> utf8)
    {
        var report = Read(utf8, Form.Default.Report, ReportFiles.Document);
        return report.SchemaVersion == Report.CurrentSchema ? report : throw Unknown(ReportFiles.Document, report.SchemaVersion);
    }

    /// <summary>Reads a pointer.</summary>
    /// <exception cref="FormatException">It is not one, or of a later form than this program knows.</exception>
    public static LatestPointer ReadLatest(ReadOnlySpan<byte> utf8)
    {
        var pointer = Read(utf8, Form.Default.LatestPointer, ReportFiles.Latest);
        return pointer.SchemaVersion == Report.CurrentSchema ? pointer : throw Unknown(ReportFiles.Latest, pointer.SchemaVersion);
    }

    private static T Read<T>(ReadOnlySpan<byte> utf8, JsonTypeInfo<T> type, string file)
    {
        try
        {
            return JsonSerializer.Deserialize(utf8, type) ?? throw new FormatException($"{file} holds null; it was not written by KubeMetrics.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"{file} is damaged at {e.Path ?? "its start"} (line {(e.LineNumber ?? 0) + 1}); analyse again to write it anew.", e);
        }
    }

    private static FormatException Unknown(string file, int version) => new(
        $"{file} has schema version {version}, this program reads version {Report.CurrentSchema}; use the version of KubeMetrics that wrote it, or analyse again.");
}
