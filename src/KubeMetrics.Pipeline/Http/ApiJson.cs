using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Refresh;
using KubeMetrics.Reports.Json;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Http;

/// <summary>The forms of everything that goes over HTTP.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(InstantConverter)])]
[JsonSerializable(typeof(AnalysisRequest))]
[JsonSerializable(typeof(RunView))]
[JsonSerializable(typeof(RunList))]
[JsonSerializable(typeof(DatasetView))]
[JsonSerializable(typeof(DatasetList))]
[JsonSerializable(typeof(LabelsView))]
[JsonSerializable(typeof(PreviewView))]
[JsonSerializable(typeof(SchemaView))]
[JsonSerializable(typeof(ReportList))]
[JsonSerializable(typeof(IngestRequest))]
[JsonSerializable(typeof(IngestView))]
[JsonSerializable(typeof(IngestList))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(RefreshView))]
[JsonSerializable(typeof(RefreshList))]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobLog))]
[JsonSerializable(typeof(NotificationReceipt))]
[JsonSerializable(typeof(NotificationList))]
[JsonSerializable(typeof(DeadLetterList))]
[JsonSerializable(typeof(DeadLetter))]
[JsonSerializable(typeof(SubscriptionAnswer))]
[JsonSerializable(typeof(HealthView))]
[JsonSerializable(typeof(ReadyView))]
[JsonSerializable(typeof(ProblemBody))]
public sealed partial class ApiJson : JsonSerializerContext
{
    private static ApiJson? _plain;

    /// <summary>The forms as they are written: text as it is (an answer is never a part of a page), which people with curl read too.</summary>
    public static ApiJson Plain => _plain ??= new ApiJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
