using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace KubeMetrics.Functions;

/// <summary>Jobs over HTTP.</summary>
public static class JobFunctions
{
    /// <summary>Submit a job, to the cluster or in process: copy, etl, query, summary or probe.</summary>
    [Function(nameof(SubmitJob))]
    public static Task<IResult> SubmitJob([HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/jobs")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>Jobs, newest first.</summary>
    [Function(nameof(ListJobs))]
    public static Task<IResult> ListJobs([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/jobs")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>One job, as it is this moment.</summary>
    [Function(nameof(GetJob))]
    public static Task<IResult> GetJob([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/jobs/{id}")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>A job's script, and the end of what its driver wrote.</summary>
    [Function(nameof(GetJobLog))]
    public static Task<IResult> GetJobLog([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/jobs/{id}/log")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>Cancel a job and end its driver; what it wrote is not complete.</summary>
    [Function(nameof(CancelJob))]
    public static Task<IResult> CancelJob([HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/jobs/{id}")] HttpRequest request) => Api.RunAsync(request);
}
