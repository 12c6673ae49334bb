using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace KubeMetrics.Functions;

/// <summary>Bucket notifications and dead letters over HTTP.</summary>
public static class NotificationFunctions
{
    /// <summary>Take a bucket notification of Ceph or AWS S3; it needs the key of notifications.</summary>
    [Function(nameof(Notify))]
    public static Task<IResult> Notify([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/notifications")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>What came to this process lately, newest first.</summary>
    [Function(nameof(ListNotifications))]
    public static Task<IResult> ListNotifications([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/notifications")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>What could not be served, newest first.</summary>
    [Function(nameof(ListDeadLetters))]
    public static Task<IResult> ListDeadLetters([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/dead-letters")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>Serve a dead letter as if it came now.</summary>
    [Function(nameof(RetryDeadLetter))]
    public static Task<IResult> RetryDeadLetter([HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/dead-letters/{id}/retry")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>Delete a dead letter.</summary>
    [Function(nameof(DeleteDeadLetter))]
    public static Task<IResult> DeleteDeadLetter([HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/dead-letters/{id}")] HttpRequest request) => Api.RunAsync(request);
}
