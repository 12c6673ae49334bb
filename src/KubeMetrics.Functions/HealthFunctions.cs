using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace KubeMetrics.Functions;

/// <summary>Health and readiness over HTTP.</summary>
public static class HealthFunctions
{
    /// <summary>The process answers.</summary>
    [Function(nameof(Health))]
    public static Task<IResult> Health([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/health")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>It can work: what it is told can be kept; how each dataset's places stand.</summary>
    [Function(nameof(Ready))]
    public static Task<IResult> Ready([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/ready")] HttpRequest request) => Api.RunAsync(request);
}
