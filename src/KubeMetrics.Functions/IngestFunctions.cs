using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace KubeMetrics.Functions;

/// <summary>Ingests over HTTP.</summary>
public static class IngestFunctions
{
    /// <summary>Copy a dataset's source to its location, or one place to another.</summary>
    [Function(nameof(StartIngest))]
    public static Task<IResult> StartIngest([HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/ingest")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>Ingests, newest first.</summary>
    [Function(nameof(ListIngests))]
    public static Task<IResult> ListIngests([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/ingest")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>One ingest, as it is this moment.</summary>
    [Function(nameof(GetIngest))]
    public static Task<IResult> GetIngest([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/ingest/{id}")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>Cancel an ingest; what was copied stays.</summary>
    [Function(nameof(CancelIngest))]
    public static Task<IResult> CancelIngest([HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/ingest/{id}")] HttpRequest request) => Api.RunAsync(request);
}
