using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Messaging.EventGrid;

namespace KubeMetrics.Pipeline.Events;

/// <summary>What a topic made of some events.</summary>
internal abstract record Delivery
{
    private Delivery()
    {
    }

    /// <summary>It took them all.</summary>
    internal sealed record Taken : Delivery;

    /// <summary>It takes none now: they have to be sent again.</summary>
    /// <param name="Why">A sentence, with what to do.</param>
    internal sealed record NotNow(string Why) : Delivery;

    /// <summary>It will never take them as they are.</summary>
    /// <param name="Why">A sentence.</param>
    internal sealed record Never(string Why) : Delivery;
}

/// <summary>The topic that settings name: Event Grid's, by its key or by this process's identity.</summary>
public sealed class EventTopic
{
    private readonly EventOptions _options;
    private readonly Lazy<EventGridPublisherClient> _client;

    /// <summary>Nothing is sent yet.</summary>
    public EventTopic(EventOptions options)
    {
        _options = options;
        _client = new Lazy<EventGridPublisherClient>(Client);
    }

    /// <summary>Sends some, all or none. What may pass is tried a few times at once, as long as that does not take long: a topic may ask for an hour.</summary>
    internal async Task<Delivery> SendAsync(IReadOnlyList<ToldEvent> events, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        enough.CancelAfter(_options.Patience);
        try
        {
            await _client.Value.SendEncodedCloudEventsAsync(JsonSerializer.SerializeToUtf8Bytes(events, EventJson.Default.IReadOnlyListToldEvent), enough.Token);
            return new Delivery.Taken();
        }
        catch (RequestFailedException e) when (e.Status is 401 or 403)
        {
            return new Delivery.NotNow($"The topic {_options.Topic} refuses {(_options.TopicKey is null ? "this process's identity; give it the role EventGrid Data Sender on the topic" : "the key; correct Events:TopicKey")} ({Short(e)}).");
        }
        catch (RequestFailedException e) when (e.Status is 404 or 405)
        {
            return new Delivery.NotNow($"There is no topic at {_options.Topic}; correct Events:Topic, whose path is /api/events ({Short(e)}).");
        }
        catch (RequestFailedException e) when (e.Status is >= 400 and < 500 and not (408 or 429))
        {
            return new Delivery.Never($"The topic {_options.Topic} does not take it ({Short(e)}).");
        }
        catch (RequestFailedException e)
        {
            return new Delivery.NotNow(e.Status == 0 ? Unreached(e.Message) : $"The topic {_options.Topic} takes nothing now ({Short(e)}).");
        }
        catch (AuthenticationFailedException e)
        {
            return new Delivery.NotNow($"This process has no identity for the topic {_options.Topic}; set Events:TopicKey, or give it one ({e.Message.Split('\n')[0].TrimEnd('.', '\r')}).");
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new Delivery.NotNow($"The topic {_options.Topic} has taken nothing within {_options.Patience.TotalSeconds:0} s: it does not answer, or asks to be left alone for longer (429 or 503 with Retry-After).");
        }
        catch (Exception e) when (e is AggregateException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // The client's own: several tries that all failed, or one that took too long.
            return new Delivery.NotNow(Unreached((e as AggregateException)?.InnerExceptions[^1].Message ?? e.Message));
        }
    }

    private string Unreached(string why) => $"The topic {_options.Topic} can't be reached: {why.TrimEnd('.')}.";

    private EventGridPublisherClient Client()
    {
        // Only what is set is spoken to: no answer is followed elsewhere.
        var options = new EventGridPublisherClientOptions
        {
            Transport = new HttpClientTransport(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })),
            Retry = { Mode = RetryMode.Exponential, MaxRetries = 3, Delay = _options.RetryDelay, MaxDelay = TimeSpan.FromSeconds(8), NetworkTimeout = TimeSpan.FromSeconds(20) },
        };
        return _options.TopicKey is { } key
            ? new EventGridPublisherClient(_options.Topic, new AzureKeyCredential(key), options)
            : new EventGridPublisherClient(_options.Topic, new DefaultAzureCredential(new DefaultAzureCredentialOptions { ExcludeInteractiveBrowserCredential = true }), options);
    }

    // The SDK's messages hold the whole answer with its headers.
    private static string Short(RequestFailedException e)
    {
        var line = e.Message.Split('\n')[0].Trim().TrimEnd('.');
        return $"{e.Status}{(e.ErrorCode is { Length: > 0 } code ? $" {code}" : "")}{(line.Length is > 0 and < 300 ? $": {line}" : "")}";
    }
}
