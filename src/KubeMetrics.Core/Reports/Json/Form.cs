using System.Text.Json;
using System.Text.Json.Serialization;
using KubeMetrics.Prometheus;
using KubeMetrics.Statistics;

namespace KubeMetrics.Reports.Json;

/// <summary>The form of the documents: names in camel case, and how numbers, instants, labels and counts are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(FiniteOrNull), typeof(InstantConverter), typeof(LabelsConverter), typeof(PairsConverter), typeof(DropCountsConverter), typeof(Groups),
        typeof(NameOf<MetricKind>), typeof(NameOf<Dimension>), typeof(NameOf<DriverKind>), typeof(NameOf<FindingKind>), typeof(NameOf<TextRole>),
    ])]
[JsonSerializable(typeof(Report))]
[JsonSerializable(typeof(GroupSummary))]
[JsonSerializable(typeof(LatestPointer))]
internal sealed partial class Form : JsonSerializerContext;
