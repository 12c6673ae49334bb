using System.Buffers;
using KubeMetrics.Pipeline.Http;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Notifications;

/// <summary>Notifications over HTTP: the buckets' own, and for people what came and what could not be served.</summary>
public static class NotificationApi
{
    /// <summary>Where buckets send to.</summary>
    public const string Path = "/api/notifications";

    private const int Usual = 50, Most = 1000;

    /// <summary>Its routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("Notify", ["POST"], Path, Access.Anonymous, "Take a bucket notification of Ceph or AWS S3; it needs the key of notifications",
            http => AcceptAsync(http, http.Service<NotificationKey>(), http.Service<NotificationService>()))
        {
            Answer = typeof(NotificationReceipt),
        },
        new("ListNotifications", ApiRoute.Get, Path, Access.Key, "What came to this process lately, newest first",
            http => Task.FromResult(Recent(http.Service<NotificationService>())))
        {
            Answer = typeof(NotificationList),
        },
        new("ListDeadLetters", ApiRoute.Get, "/api/dead-letters", Access.Key, "What could not be served, newest first",
            http => ListAsync(http.Number("limit", Usual, Most), http.Service<DeadLetters>(), http.RequestAborted))
        {
            Answer = typeof(DeadLetterList),
            Parameters = [new("limit", "query", $"At most so many ({Usual}; at most {Most})", "integer")],
        },
        new("RetryDeadLetter", ["POST"], "/api/dead-letters/{id}/retry", Access.Key, "Serve a dead letter as if it came now",
            http => RetryAsync(http.Value("id"), http.Service<NotificationService>(), http.RequestAborted))
        {
            Answer = typeof(NotificationReceipt),
        },
        new("DeleteDeadLetter", ["DELETE"], "/api/dead-letters/{id}", Access.Key, "Delete a dead letter",
            http => DeleteAsync(http.Value("id"), http.Service<DeadLetters>(), http.RequestAborted))
        {
            Answer = typeof(DeadLetter),
        },
    ];

    /// <summary>Takes a notification. 200 means that all of it is in the store; anything else has Ceph send it again.</summary>
    public static async Task<IResult> AcceptAsync(HttpContext http, NotificationKey key, NotificationService service)
    {
        if (!key.IsConfigured)
        {
            service.Refused("Neither Notifications:Key nor Api:Key is set.");
            return Problem.Is(http, StatusCodes.Status403Forbidden, "notifications-closed", "Notifications are not taken",
                "Neither Notifications:Key nor Api:Key is set, so nobody could be told from anybody else.",
                "Set Notifications:Key (and give it to the topic: kubemetrics notifications set), or, on a loopback address alone, Notifications:Open.");
        }

        var shown = key.IsShownBy(http.Request);
        if (http.Request.ContentLength > NotificationOptions.LargestBody) return TooLarge(http);
        var buffer = ArrayPool<byte>.Shared.Rent(http.Request.ContentLength is { } said ? (int)said + 1 : NotificationOptions.LargestBody + 1);
        try
        {
            var length = await http.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, http.RequestAborted);
            if (length > NotificationOptions.LargestBody) return TooLarge(http);
            if (key.Read(buffer.AsMemory(0, length), shown) is not { } items)
            {
                service.Refused("It did not show the key that Notifications:Key has.");
                return Problem.Is(http, StatusCodes.Status401Unauthorized, "no-key", "The key is missing or wrong",
                    "The notification does not show the key (Notifications:Key), or another.", $"Put it into the topic's push endpoint as ?{ApiKey.Query}=…, as its password, or as its opaque data.");
            }

            return JsonAnswer.Of(await service.AcceptAsync(items), ApiJson.Plain.NotificationReceipt);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What came lately.</summary>
    public static IResult Recent(NotificationService service) => JsonAnswer.Of(new NotificationList(service.Recent), ApiJson.Plain.NotificationList);

    /// <summary>What could not be served.</summary>
    public static async Task<IResult> ListAsync(int limit, DeadLetters letters, CancellationToken cancellationToken) =>
        JsonAnswer.Of(new DeadLetterList(await letters.ListAsync(limit, cancellationToken)), ApiJson.Plain.DeadLetterList);

    /// <summary>Serves a dead letter as if it came now.</summary>
    public static async Task<IResult> RetryAsync(string id, NotificationService service, CancellationToken cancellationToken) =>
        JsonAnswer.Of(await service.RetryAsync(id, cancellationToken), ApiJson.Plain.NotificationReceipt);

    /// <summary>Deletes a dead letter, and gives it a last time.</summary>
    public static async Task<IResult> DeleteAsync(string id, DeadLetters letters, CancellationToken cancellationToken)
    {
        var letter = await letters.GetAsync(id, cancellationToken);
        await letters.DeleteAsync(id, cancellationToken);
        return JsonAnswer.Of(letter, ApiJson.Plain.DeadLetter);
    }

    private static IResult TooLarge(HttpContext http) => Problem.Is(http, StatusCodes.Status413PayloadTooLarge, "body-too-large", "The body is too large",
        $"The notification has more than {NotificationOptions.LargestBody >> 20} MiB, which is the most that is taken.", "See what sends it; Ceph's notifications have about one KiB.");
}

/// <summary>Some notifications.</summary>
/// <param name="Notifications">Newest first.</param>
public sealed record NotificationList(IReadOnlyList<NotificationView> Notifications);
