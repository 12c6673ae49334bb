using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeMetrics.Pipeline.Events;

/// <summary>What is told, in the JSON form of CloudEvents 1.0 (https://github.com/cloudevents/spec): as it lies in the outbox, and as a topic gets it.</summary>
internal sealed record ToldEvent
{
    /// <summary>Which of its source's; the same event twice has the same.</summary>
    public required string Id { get; init; }

    /// <summary>Who tells.</summary>
    public required string Source { get; init; }

    /// <summary>What has happened: one of <see cref="EventTypes"/>.</summary>
    public required string Type { get; init; }

    /// <summary>What it has happened to: a path below the source.</summary>
    public required string Subject { get; init; }

    /// <summary>When (UTC).</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Which CloudEvents.</summary>
    [JsonPropertyName("specversion")]
    public string SpecVersion { get; init; } = "1.0";

    /// <summary>What the data are.</summary>
    [JsonPropertyName("datacontenttype")]
    public string DataContentType { get; init; } = "application/json";

    /// <summary>What is to be known of it: see <c>EventData.cs</c>.</summary>
    public required JsonElement Data { get; init; }
}
