using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Testing;

/// <summary>
/// Stands in for an Event Grid topic, of which no real one can be had on a machine of one's own. It does what Microsoft's documentation
/// says a topic does: takes batches of CloudEvents by its key and refuses what is none (Publish to custom topics; 400, 401, 413 over
/// 1 MB, 429 with Retry-After); asks a subscriber whether it wants events in either way (Endpoint validation with CloudEvents schema,
/// with Event Grid schema) and delivers nothing before; delivers at least once, and in no order; tries again but after 400, 401, 403 and
/// 413, after which it sets the event aside (Message delivery and retry). What takes it minutes takes milliseconds here. Beside it
/// stands what gives a process of Azure's its tokens.
/// </summary>
internal sealed class EventGridStandIn : IAsyncDisposable
{
    public const string Key = "the key of the topic";
    public const string Topic = "/subscriptions/0/resourceGroups/g/providers/Microsoft.EventGrid/topics/t";
    private const string Origin = "eventgrid.azure.net", Secret = "what the process shows", Token = "a token for the topic";
    private const int LargestBatch = 1 << 20, Tries = 30;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    private readonly WebApplication _app;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly ConcurrentQueue<JsonObject> _taken = [];
    private readonly ConcurrentBag<Task> _deliveries = [];
    private readonly List<(Uri Endpoint, bool InCloudEvents)> _subscribers = [];

    private EventGridStandIn(WebApplication app) => _app = app;

    /// <summary>Where a process of Azure's gets its tokens, and what it shows there: App Service's own address for that (REST, 2019-08-01).</summary>
    public IReadOnlyDictionary<string, string> Identity => new Dictionary<string, string> { ["IDENTITY_ENDPOINT"] = _app.Urls.Single() + "/msi/token", ["IDENTITY_HEADER"] = Secret };

    /// <summary>Where events are published to.</summary>
    public string Endpoint => _app.Urls.Single() + "/api/events";

    /// <summary>What it answers instead of taking anything; null while it takes.</summary>
    public Func<HttpContext, string, Task<bool>>? Instead { get; set; }

    /// <summary>How often each event is delivered at least.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Every event that it took, each time that it took it.</summary>
    public IReadOnlyList<JsonObject> Taken => [.. _taken];

    /// <summary>How often something was asked of it.</summary>
    public int Requests { get; private set; }

    /// <summary>Events that a subscriber will never take.</summary>
    public ConcurrentQueue<(JsonObject Event, HttpStatusCode Status)> DeadLetters { get; } = [];

    /// <param name="copies">How often each event is delivered at least.</param>
    /// <param name="certificate">For https; null for http.</param>
    public static async Task<EventGridStandIn> StartAsync(int copies = 1, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        var topic = new EventGridStandIn(app) { Copies = copies };
        app.Run(topic.AnswerAsync);
        await app.StartAsync(CancellationToken.None);
        return topic;
    }

    /// <summary>Asks an endpoint whether it wants events; from then on it gets them.</summary>
    /// <returns>The answer's status; the subscription is there where the answer means that it is wanted.</returns>
    public async Task<(HttpStatusCode Status, bool IsThere)> SubscribeAsync(string endpoint, bool inCloudEvents = true)
    {
        var (status, wanted) = inCloudEvents ? await AskInCloudEventsAsync(endpoint) : await AskInOwnSchemaAsync(endpoint);
        if (wanted) _subscribers.Add((new Uri(endpoint), inCloudEvents));
        return (status, wanted);
    }

    /// <summary>Somebody else publishes an event.</summary>
    public async Task PublishAsync(string type, string data)
    {
        var one = new JsonObject { ["specversion"] = "1.0", ["id"] = Guid.NewGuid().ToString(), ["source"] = "/another", ["type"] = type, ["data"] = JsonNode.Parse(data) };
        using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint) { Content = new StringContent(new JsonArray(one).ToJsonString(), Encoding.UTF8, "application/cloudevents-batch+json"), Headers = { { "aeg-sas-key", Key } } };
        using var answer = await _client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Ends when everything is delivered or set aside.</summary>
    public Task DeliveredAsync() => Task.WhenAll(_deliveries);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        Requests++;
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        if (Instead is { } instead && await instead(http, body)) return;
        if (http.Request.Path == "/msi/token") await http.Response.WriteAsync(TokenFor(http.Request));
        else http.Response.StatusCode = Take(http.Request, body);
    }

    private static string TokenFor(HttpRequest request) => request.Headers["X-IDENTITY-HEADER"] == Secret && request.Query["resource"] == "https://eventgrid.azure.net"
        ? $$"""{"access_token":"{{Token}}","expires_on":"{{DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds()}}","resource":"https://eventgrid.azure.net","token_type":"Bearer"}"""
        : throw new InvalidOperationException($"Nobody gets a token for {request.QueryString}.");

    private int Take(HttpRequest request, string body)
    {
        if (request.Method != "POST" || request.Path != "/api/events") return 404;
        if (request.Headers["aeg-sas-key"] != Key && request.Headers.Authorization != $"Bearer {Token}") return 401;
        if (Encoding.UTF8.GetByteCount(body) > LargestBatch) return 413;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || type.MediaType != "application/cloudevents-batch+json") return 400;
        JsonObject[] events;
        try
        {
            events = [.. JsonNode.Parse(body)!.AsArray().Select(one => one!.AsObject())];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return 400;
        }

        // The attributes that CloudEvents 1.0 requires.
        if (events.Any(one => (string?)one["specversion"] != "1.0" || new[] { "id", "source", "type" }.Any(name => string.IsNullOrEmpty((string?)one[name])))) return 400;
        foreach (var one in events)
        {
            _taken.Enqueue(one);
            foreach (var (endpoint, inCloudEvents) in _subscribers)
                for (var copy = 0; copy < Copies; copy++)
                    _deliveries.Add(Task.Run(() => DeliverAsync(endpoint, inCloudEvents, one)));
        }

        return 200;
    }

    private async Task<(HttpStatusCode, bool)> AskInCloudEventsAsync(string endpoint)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, endpoint);
        request.Headers.Add("WebHook-Request-Origin", Origin);
        using var answer = await _client.SendAsync(request);
        return (answer.StatusCode, answer.Headers.TryGetValues("WebHook-Allowed-Origin", out var allowed) && allowed.Single() is Origin or "*");
    }

    private async Task<(HttpStatusCode, bool)> AskInOwnSchemaAsync(string endpoint)
    {
        var code = Guid.NewGuid().ToString();
        var asked = new JsonArray(Own("Microsoft.EventGrid.SubscriptionValidationEvent", new JsonObject { ["validationCode"] = code, ["validationUrl"] = "https://rp-eastus2.eventgrid.azure.net/validate" }, ""));
        using var answer = await PostAsync(new Uri(endpoint), "application/json", asked.ToJsonString(), "SubscriptionValidation");
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, answer.IsSuccessStatusCode && (string?)JsonNode.Parse(text)?["validationResponse"] == code);
    }

    private async Task DeliverAsync(Uri endpoint, bool inCloudEvents, JsonObject one)
    {
        for (var tried = 0; ; tried++)
        {
            HttpStatusCode status;
            try
            {
                using var answer = inCloudEvents
                    ? await PostAsync(endpoint, "application/cloudevents+json; charset=utf-8", one.ToJsonString(), "Notification")
                    : await PostAsync(endpoint, "application/json; charset=utf-8", new JsonArray(Own((string)one["type"]!, one["data"]!.DeepClone(), (string?)one["subject"] ?? "")).ToJsonString(), "Notification");
                if (answer.IsSuccessStatusCode) return;
                status = answer.StatusCode;
            }
            catch (HttpRequestException)
            {
                status = HttpStatusCode.ServiceUnavailable;
            }

            if (tried == Tries || status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.RequestEntityTooLarge)
            {
                DeadLetters.Enqueue((one, status));
                return;
            }

            await Task.Delay(Between);
        }
    }

    private static JsonObject Own(string type, JsonNode data, string subject) => new()
    {
        ["id"] = Guid.NewGuid().ToString(),
        ["topic"] = Topic,
        ["subject"] = subject,
        ["data"] = data,
        ["eventType"] = type,
        ["eventTime"] = DateTime.UtcNow.ToString("O"),
        ["metadataVersion"] = "1",
        ["dataVersion"] = "",
    };

    private Task<HttpResponseMessage> PostAsync(Uri endpoint, string type, string body, string kind)
    {
        var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = content };
        request.Headers.Add("aeg-event-type", kind);
        request.Headers.Add("aeg-subscription-name", "TEST");
        return _client.SendAsync(request);
    }
}
