using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace KubeMetrics.Functions;

/// <summary>Reports over HTTP.</summary>
public static class ReportFunctions
{
    /// <summary>The reports of a dataset, newest first.</summary>
    [Function(nameof(ListReports))]
    public static Task<IResult> ListReports([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/reports/{name}")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>Redirects to the newest report's page.</summary>
    [Function(nameof(GetLatestReport))]
    public static Task<IResult> GetLatestReport([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/reports/{name}/latest")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>Redirects to a file of the newest report.</summary>
    [Function(nameof(GetLatestReportFile))]
    public static Task<IResult> GetLatestReportFile([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/reports/{name}/latest/{**file}")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>A file of a report: index.html, report.json, charts/….</summary>
    [Function(nameof(GetReportFile))]
    public static Task<IResult> GetReportFile([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/reports/{name}/{run}/{**file}")] HttpRequest request) => Api.RunAsync(request);
}
