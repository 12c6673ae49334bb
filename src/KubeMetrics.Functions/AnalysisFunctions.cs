using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace KubeMetrics.Functions;

/// <summary>Analyses over HTTP.</summary>
public static class AnalysisFunctions
{
    /// <summary>Analyse a dataset now.</summary>
    [Function(nameof(StartAnalysis))]
    public static Task<IResult> StartAnalysis([HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/analysis")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>Runs, newest first.</summary>
    [Function(nameof(ListAnalyses))]
    public static Task<IResult> ListAnalyses([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/analysis")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>One run, as it is this moment.</summary>
    [Function(nameof(GetAnalysis))]
    public static Task<IResult> GetAnalysis([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/analysis/{id}")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>Cancel a run.</summary>
    [Function(nameof(CancelAnalysis))]
    public static Task<IResult> CancelAnalysis([HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/analysis/{id}")] HttpRequest request) => Api.RunAsync(request);
}
