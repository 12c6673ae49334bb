using System.Text;
using System.Text.Json;
using Azure.Messaging.EventGrid;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Notifications;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Events;

/// <summary>That a subscription to a topic is wanted, as Event Grid waits for it.</summary>
/// <param name="ValidationResponse">The code that it sent.</param>
public sealed record SubscriptionAnswer(string ValidationResponse);

/// <summary>Events over HTTP: deliveries of Event Grid in both of its schemas and of whoever sends CloudEvents, with both ways of asking whether they are wanted.</summary>
public static class EventApi
{
    /// <summary>Where events are delivered to.</summary>
    public const string Path = "/api/events";

    private const string AskedOrigin = "WebHook-Request-Origin", AllowedOrigin = "WebHook-Allowed-Origin", AllowedRate = "WebHook-Allowed-Rate";
    private const string KindOfDelivery = "aeg-event-type";

    /// <summary>Its routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("TakeEvents", ["POST"], Path, Access.Anonymous, "Take a delivery of events (CloudEvents, Event Grid); it needs the key of events, or a token",
            http => TakeAsync(http, http.Service<EventOptions>(), http.Service<EventKey>(), http.Service<NotificationService>()))
        {
            Answer = typeof(NotificationReceipt),
        },
        new("AllowEvents", ["OPTIONS"], Path, Access.Anonymous, "Say whether a sender of CloudEvents may deliver",
            http => AllowAsync(http, http.Service<EventOptions>(), http.Service<EventKey>()))
        {
            Answer = null,
        },
    ];

    /// <summary>Takes a delivery. 200 means that all of it is in the store; after 503 it is sent again.</summary>
    public static async Task<IResult> TakeAsync(HttpContext http, EventOptions options, EventKey key, NotificationService service)
    {
        if (Closed(http, options) is { } closed) return closed;
        if (await RefusalAsync(http, options, key, service) is { } refusal) return refusal;
        var body = await RequestBody.ReadBytesAsync(http.Request, NotificationOptions.LargestBody, http.RequestAborted);
        if (EventBody.IsOneEvent(http.Request)) body = EventBody.Structured(http.Request, body);
        if (http.Request.Headers[KindOfDelivery] == "Unsubscribe") return TypedResults.Ok();
        if (Validation(body) is var (code, topic))
        {
            return options.From.Count == 0 || options.From.Contains(topic, StringComparer.OrdinalIgnoreCase)
                ? JsonAnswer.Of(new SubscriptionAnswer(code), ApiJson.Plain.SubscriptionAnswer)
                : Problem.Is(http, StatusCodes.Status403Forbidden, "other-topic", "Another topic", $"The subscription is to '{topic}', which Events:From does not name.", "Add the topic to Events:From, if it is wanted; delete the subscription, if not.");
        }

        return JsonAnswer.Of(await service.AcceptAsync(NotificationReader.Read(body)), ApiJson.Plain.NotificationReceipt);
    }

    /// <summary>Answers a sender of CloudEvents that asks whether it may deliver (HTTP 1.1 Web Hooks for Event Delivery, version 1.0.1).</summary>
    public static async Task<IResult> AllowAsync(HttpContext http, EventOptions options, EventKey key)
    {
        if (Closed(http, options) is { } closed) return closed;
        // To be asked is no delivery: where tokens are taken, one need not be shown yet. What is shown has to be right.
        if ((options.Issuer is null || EventKey.ShowsSomething(http.Request)) && await RefusalAsync(http, options, key, null) is { } refusal) return refusal;
        var origin = http.Request.Headers[AskedOrigin].ToString();
        if (!options.Origins.Contains("*") && !options.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase))
            return Problem.Is(http, StatusCodes.Status403Forbidden, "other-origin", "Another sender",
                origin.Length == 0 ? $"The request has no header {AskedOrigin}." : $"The sender calls itself '{origin}', which Events:Origins does not name.",
                origin.Length == 0 ? "Send the name of who wants to deliver in it." : "Add it to Events:Origins, if it is wanted.");
        http.Response.Headers.Allow = "POST, OPTIONS";
        http.Response.Headers[AllowedOrigin] = origin.Length == 0 ? "*" : origin;
        http.Response.Headers[AllowedRate] = "*";
        return TypedResults.Ok();
    }

    private static IResult? Closed(HttpContext http, EventOptions options) => options.IsOpenToSome ? null
        : Problem.Is(http, StatusCodes.Status403Forbidden, "events-closed", "Events are not taken",
            "None of Events:Key, Api:Key and Events:Issuer is set, so nobody could be told from anybody else.", "Set Events:Key, and give it to the subscription's endpoint as ?code=…; or Events:Issuer and Events:Audience, for tokens.");

    private static async Task<IResult?> RefusalAsync(HttpContext http, EventOptions options, EventKey key, NotificationService? service)
    {
        try
        {
            if (await key.WhyNotAsync(http.Request, http.RequestAborted) is not { } why) return null;
            List<string> ways = [];
            if (options.Key is not null) ways.Add($"put the key into the endpoint of the subscription as ?{ApiKey.Query}=…");
            if (options.Issuer is not null) ways.Add("have it deliver with a token for Events:Audience");
            var remedy = $"If a subscription sent it, {string.Join(", or ", ways)}.";
            service?.Refused($"{Path}: {why}", remedy);
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Problem.Is(http, StatusCodes.Status401Unauthorized, "no-key", "The key or token is missing or wrong", why, remedy);
        }
        catch (IOException e)
        {
            return Problem.Is(http, StatusCodes.Status503ServiceUnavailable, "issuer-unavailable", "Tokens can't be looked at", e.Message, "See to what the sentence names; it is to be sent again.");
        }
    }

    /// <summary>What Event Grid sends to see whether a subscription is wanted: alone, in its own schema.</summary>
    private static (string Code, string Topic)? Validation(ReadOnlyMemory<byte> body)
    {
        if (body.Span.IndexOf(Encoding.UTF8.GetBytes(SystemEventNames.EventGridSubscriptionValidation)) < 0) return null;
        try
        {
            using var read = JsonDocument.Parse(body);
            var only = read.RootElement is { ValueKind: JsonValueKind.Array } all && all.GetArrayLength() == 1 ? all[0] : read.RootElement;
            return Text(only, "eventType") == SystemEventNames.EventGridSubscriptionValidation && only.TryGetProperty("data", out var data) && Text(data, "validationCode") is { } code
                ? (code, Text(only, "topic") ?? "")
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // read as any other, and set aside with what is wrong with it
        }
    }

    private static string? Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
