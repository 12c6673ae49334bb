using System.Text.Json.Serialization;
using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Notifications;

/// <summary>What a notification says of one object.</summary>
/// <param name="Event">What happened, without the prefix that AWS puts before it: <c>ObjectCreated:Put</c>.</param>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The object's key, as it is.</param>
/// <param name="ETag">The object's ETag; null where it is not told.</param>
/// <param name="Size">Its size in bytes; null where it is not told.</param>
public sealed record Arrival(string Event, string Bucket, string Key, string? ETag, long? Size)
{
    /// <summary>The text that the operator gave the topic: who shows the secret there may notify.</summary>
    [JsonIgnore]
    public string? OpaqueData { get; init; }
}

/// <summary>One part of a notification, read.</summary>
public abstract record NotificationItem
{
    private NotificationItem()
    {
    }

    /// <summary>It tells of an object.</summary>
    public sealed record Told(Arrival Arrival) : NotificationItem;

    /// <summary>It tells of a place where something was written, and that all of it is there.</summary>
    /// <param name="Event">What happened.</param>
    /// <param name="Place">Where.</param>
    public sealed record Filled(string Event, StoreUri Place) : NotificationItem;

    /// <summary>It is no concern of anything here.</summary>
    /// <param name="Event">What happened.</param>
    /// <param name="Why">In words that go on after "ignored".</param>
    public sealed record Other(string Event, string Why) : NotificationItem;

    /// <summary>It is meant to be ignored: the sender tries whether anybody listens.</summary>
    public sealed record Test : NotificationItem;

    /// <summary>It can't be read.</summary>
    /// <param name="Reason">What is wrong with it, and where.</param>
    /// <param name="Record">What came, without its secret; at most so many characters as are kept.</param>
    /// <param name="OpaqueData">The secret that it showed; null for none.</param>
    public sealed record Bad(string Reason, string Record, string? OpaqueData) : NotificationItem;
}
