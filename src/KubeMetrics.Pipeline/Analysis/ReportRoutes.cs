using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>Where reports are found over HTTP.</summary>
public static class ReportRoutes
{
    /// <summary>The path of a run's page.</summary>
    public static string PageOf(string dataset, string runId) => FileOf(dataset, runId, ReportFiles.Page);

    /// <summary>The path of one of a run's files.</summary>
    public static string FileOf(string dataset, string runId, string file) => $"/api/reports/{dataset}/{runId}/{file}";
}
