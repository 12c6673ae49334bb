using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace KubeMetrics.Functions;

/// <summary>The description of the routes over HTTP.</summary>
public static class OpenApiFunctions
{
    /// <summary>This document.</summary>
    [Function(nameof(OpenApi))]
    public static Task<IResult> OpenApi([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "openapi/v1.json")] HttpRequest request) => Api.RunAsync(request);
}
