using System.Text.Json;
using System.Text.Json.Serialization;
using KubeMetrics.Reports.Json;
using KubeMetrics.Statistics;

namespace KubeMetrics.Reports;

/// <summary>
/// Group summaries as JSON from which exactly the same summaries are read again, numbers that are none included: for the program itself, of the
/// same version on the same machine, where <see cref="ReportJson"/> is for everybody.
/// </summary>
public static class SummaryJson
{
    /// <summary>Writes one.</summary>
    public static void Write(Utf8JsonWriter to, GroupSummary summary) => JsonSerializer.Serialize(to, summary, SummaryForm.Default.GroupSummary);

    /// <summary>Reads one.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static GroupSummary Read(ReadOnlySpan<byte> utf8)
    {
        var summary = JsonSerializer.Deserialize(utf8, SummaryForm.Default.GroupSummary) ?? throw new JsonException();
        // Where nothing changes the whole is the one stretch, and one test, not two that are equal: it is adjusted for once.
        return summary.Trend is { Changes.Count: 0, Segments: [var one], Whole: not null } trend ? summary with { Trend = trend with { Whole = one } } : summary;
    }
}

/// <summary>The form of kept summaries.</summary>
[JsonSourceGenerationOptions(
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    Converters = [typeof(LabelsConverter), typeof(PairsConverter), typeof(DropCountsConverter), typeof(Column<double>), typeof(Column<long>), typeof(Column<int>)])]
[JsonSerializable(typeof(GroupSummary))]
internal sealed partial class SummaryForm : JsonSerializerContext;
