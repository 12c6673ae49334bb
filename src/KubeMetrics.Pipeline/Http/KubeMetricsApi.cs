using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Refresh;

namespace KubeMetrics.Pipeline.Http;

/// <summary>Every route there is: what both hosts map.</summary>
public static class KubeMetricsApi
{
    /// <summary>The routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        .. HealthApi.Routes,
        .. DatasetApi.Routes,
        .. AnalysisApi.Routes,
        .. ReportApi.Routes,
        .. IngestApi.Routes,
        .. JobApi.Routes,
        .. RefreshApi.Routes,
        .. NotificationApi.Routes,
        .. EventApi.Routes,
        .. ChangesApi.Routes,
        .. OpenApi.Routes,
    ];
}
