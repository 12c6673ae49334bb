namespace KubeMetrics.Pipeline.Events;

/// <summary>Where events go, and who may deliver some here.</summary>
public sealed record EventOptions
{
    /// <summary>The application that Event Grid itself is, in Azure's public cloud: the one caller whose tokens are taken where nothing else is set.</summary>
    public const string EventGrid = "4962773b-9cdb-44cf-a8bf-237846a00ab7";

    /// <summary>The topic's endpoint; null where nobody is told.</summary>
    public Uri? Topic { get; init; }

    /// <summary>The topic's access key; null where this process has an identity of Azure's.</summary>
    public string? TopicKey { get; init; }

    /// <summary>Who tells, as events name it: of several installations on one topic each needs its own.</summary>
    public string Source { get; init; } = "kubemetrics";

    /// <summary>What deliveries have to show, as <c>?code=</c> or in the header; null where there is none.</summary>
    public string? Key { get; init; }

    /// <summary>Whose tokens are taken instead of the key (<c>https://login.microsoftonline.com/&lt;tenant&gt;/v2.0</c>); null for nobody's.</summary>
    public Uri? Issuer { get; init; }

    /// <summary>For whom such a token has to be: the application that stands for this host.</summary>
    public string? Audience { get; init; }

    /// <summary>The applications whose tokens are taken, by their ids.</summary>
    public IReadOnlyList<string> Callers { get; init; } = [EventGrid];

    /// <summary>The topics that may be subscribed to with this host as the receiver, by their resource ids; empty for all.</summary>
    public IReadOnlyList<string> From { get; init; } = [];

    /// <summary>The senders of CloudEvents that may be allowed to deliver, as they call themselves; <c>*</c> for all.</summary>
    public IReadOnlyList<string> Origins { get; init; } = ["eventgrid.azure.net"];

    /// <summary>The first wait before the topic is tried again at once; it doubles twice.</summary>
    internal TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How long some events are tried at once, whatever wait the topic asks for; then they wait in the outbox.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether anybody is told of what has ended.</summary>
    public bool IsTold => Topic is not null;

    /// <summary>Whether deliveries can be told from anybody else's requests.</summary>
    public bool IsOpenToSome => Key is not null || Issuer is not null;
}
