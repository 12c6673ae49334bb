using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace KubeMetrics.Functions;

/// <summary>Events over HTTP.</summary>
public static class EventFunctions
{
    /// <summary>Take a delivery of events (CloudEvents, Event Grid); it needs the key of events, or a token.</summary>
    [Function(nameof(TakeEvents))]
    public static Task<IResult> TakeEvents([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/events")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>Say whether a sender of CloudEvents may deliver.</summary>
    [Function(nameof(AllowEvents))]
    public static Task<IResult> AllowEvents([HttpTrigger(AuthorizationLevel.Anonymous, "options", Route = "api/events")] HttpRequest request) => Api.RunAsync(request);
}
