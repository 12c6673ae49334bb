using System.Net;
using System.Xml.Linq;
using Amazon.S3;
using Amazon.S3.Model;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>What a bucket sends, and where to.</summary>
/// <param name="Name">The name that it has in the bucket, and that its topic has.</param>
/// <param name="Endpoint">Where it is sent; null where its topic is gone. It may hold a secret.</param>
/// <param name="IsPersistent">It is kept and sent again until it is taken.</param>
/// <param name="Prefix">Of objects whose keys begin so; empty for all.</param>
/// <param name="Events">Of these events.</param>
public sealed record BucketNotification(string Name, string? Endpoint, bool IsPersistent, string Prefix, IReadOnlyList<string> Events);

/// <summary>
/// Notifications of a bucket of Ceph's RADOS gateway, which has topics and notifications in one (AWS has a service of its own for
/// topics). As measured on Ceph 16.2: a notification keeps the endpoint that its topic had when it was made, and a topic that is
/// deleted before its notification makes writes to the bucket fail.
/// </summary>
public sealed class BucketNotifications : IDisposable
{
    // Where a notification of removals matches, deleting several objects at once ends the gateway's process.
    private const string Created = "s3:ObjectCreated:*";

    private readonly string _bucket;
    private readonly S3Calls _calls;
    private readonly HttpClient _http;
    private readonly SignedRequests _signed;
    private readonly S3Connection _connection;

    /// <summary>Those of a bucket.</summary>
    /// <exception cref="ObjectStoreException">The bucket is on AWS.</exception>
    public BucketNotifications(string bucket, S3Connection connection, S3Clients clients, TimeProvider? time = null)
    {
        if (connection.Endpoint is null || connection.FollowsRegion)
            throw new ObjectStoreException(ObjectStoreError.Unavailable, $"The bucket '{bucket}' is on AWS, where notifications are set up with AWS's own tools: a topic of SNS, or EventBridge, that posts to the host's /api/notifications.");
        (_bucket, _connection) = (bucket, connection);
        _calls = new S3Calls(bucket, connection, clients, time ?? TimeProvider.System);
        _http = clients.HttpFor(connection);
        _signed = new SignedRequests(connection, _http);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>One of them; null where the bucket has none of this name.</summary>
    /// <exception cref="ObjectStoreException">It can't be asked.</exception>
    public async Task<BucketNotification?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (await ConfigurationAsync(name, cancellationToken) is not { } found) return null;
        // What the gateway keeps for the notification itself, under both names, is what it sends to, whatever its topic says since.
        var topic = await TopicAsync($"{name}_{name}", cancellationToken) ?? await TopicAsync(name, cancellationToken);
        return new BucketNotification(
            name, topic?.Endpoint, topic?.IsPersistent ?? false,
            found.Filter?.S3KeyFilter?.FilterRules?.FirstOrDefault(rule => "prefix".Equals(rule.Name ?? "", StringComparison.OrdinalIgnoreCase))?.Value ?? "",
            [.. (found.Events ?? []).Select(one => one.Value)]);
    }

    /// <summary>Has the bucket send what is created below a prefix to an endpoint, and send it again until it is taken.</summary>
    /// <returns>What was done: nothing where it was so already.</returns>
    /// <exception cref="ObjectStoreException">It can't be set.</exception>
    public async Task<NotificationChange> SetAsync(string name, string endpoint, string prefix, CancellationToken cancellationToken)
    {
        var before = await FindAsync(name, cancellationToken);
        if (before is not null && before.Endpoint == endpoint && before.IsPersistent && before.Prefix == prefix && before.Events.SequenceEqual([Created])) return NotificationChange.None;
        // Anew from the ground up: it would keep the endpoint that its topic had.
        if (before is not null) await RemoveNotificationAsync(name, cancellationToken);
        await RemoveTopicAsync(name, cancellationToken);
        var (status, body) = await SnsAsync(cancellationToken,
            ("Action", "CreateTopic"), ("Name", name),
            ("Attributes.entry.1.key", "push-endpoint"), ("Attributes.entry.1.value", endpoint),
            ("Attributes.entry.2.key", "persistent"), ("Attributes.entry.2.value", "true"));
        if (status != HttpStatusCode.OK) throw Refused("make the topic", status, body);
        var arn = XDocument.Parse(body).Descendants().FirstOrDefault(one => one.Name.LocalName == "TopicArn")?.Value ?? throw Refused("tell the name of the topic", status, body);
        var configuration = new TopicConfiguration { Id = name, Topic = arn, Events = [new EventType(Created)] };
        if (prefix.Length > 0) configuration.Filter = new Filter { S3KeyFilter = new S3KeyFilter { FilterRules = [new FilterRule("prefix", prefix)] } };
        await _calls.DoAsync(null, s3 => s3.PutBucketNotificationAsync(new PutBucketNotificationRequest { BucketName = _bucket, TopicConfigurations = [configuration] }, cancellationToken), cancellationToken);
        return before is null ? NotificationChange.Made : NotificationChange.Replaced;
    }

    /// <summary>Has the bucket send nothing of this name any more. What waited to be sent is lost.</summary>
    /// <returns>Whether it sent anything before.</returns>
    /// <exception cref="ObjectStoreException">It can't be removed.</exception>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var was = await ConfigurationAsync(name, cancellationToken) is not null;
        if (was) await RemoveNotificationAsync(name, cancellationToken);
        return await RemoveTopicAsync(name, cancellationToken) || was;
    }

    private async Task<TopicConfiguration?> ConfigurationAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await _calls.DoAsync(null, s3 => s3.GetBucketNotificationAsync(new GetBucketNotificationRequest { BucketName = _bucket }, cancellationToken), cancellationToken);
        return answer.TopicConfigurations?.FirstOrDefault(one => one.Id == name);
    }

    // By its name, since a full one begins with the gateway's own name for its zone group.
    private async Task<(string Arn, string? Endpoint, bool IsPersistent)?> TopicAsync(string name, CancellationToken cancellationToken)
    {
        var (status, body) = await SnsAsync(cancellationToken, ("Action", "ListTopics"));
        if (status != HttpStatusCode.OK) throw Refused("list its topics", status, body);
        static string? Of(XElement topic, string element) => topic.Descendants().FirstOrDefault(one => one.Name.LocalName == element)?.Value;
        return XDocument.Parse(body).Descendants().Where(one => one.Name.LocalName == "member" && Of(one, "Name") == name)
            .Select(topic => ((string, string?, bool)?)(Of(topic, "TopicArn")!, Of(topic, "EndpointAddress"), "true".Equals(Of(topic, "Persistent"), StringComparison.OrdinalIgnoreCase))).FirstOrDefault();
    }

    private async Task RemoveNotificationAsync(string name, CancellationToken cancellationToken)
    {
        var (status, body) = await _signed.SendAsync(HttpMethod.Delete, "s3", $"/{_bucket}", [("notification", name)], null, cancellationToken);
        if ((int)status >= 300 && status != HttpStatusCode.NotFound) throw Refused("remove the notification", status, body);
    }

    private async Task<bool> RemoveTopicAsync(string name, CancellationToken cancellationToken)
    {
        if (await TopicAsync(name, cancellationToken) is not var (arn, _, _)) return false;
        var (status, body) = await SnsAsync(cancellationToken, ("Action", "DeleteTopic"), ("TopicArn", arn));
        return status is HttpStatusCode.OK or HttpStatusCode.NotFound ? status == HttpStatusCode.OK : throw Refused("delete the topic", status, body);
    }

    private Task<(HttpStatusCode Status, string Body)> SnsAsync(CancellationToken cancellationToken, params (string Name, string Value)[] form) =>
        _signed.SendAsync(HttpMethod.Post, "sns", "/", [], form, cancellationToken);

    private ObjectStoreException Refused(string what, HttpStatusCode status, string body)
    {
        string? code = null;
        try
        {
            code = XDocument.Parse(body).Descendants().FirstOrDefault(one => one.Name.LocalName == "Code")?.Value;
        }
        catch (System.Xml.XmlException)
        {
            // it says nothing more than its status
        }

        var error = status is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized ? ObjectStoreError.AccessDenied : ObjectStoreError.Unavailable;
        return new ObjectStoreException(error, $"{_connection.Uri.GetLeftPart(UriPartial.Authority)} would not {what} ({(int)status}{(code is null ? "" : $" {code}")}): see whether it is a RADOS gateway with notifications (rgw_enable_apis has them by default), and whether the keys of s3://{_bucket} may do this.");
    }
}

/// <summary>What became of a notification that was set.</summary>
public enum NotificationChange
{
    /// <summary>It was so already.</summary>
    None,

    /// <summary>There was none.</summary>
    Made,

    /// <summary>There was another.</summary>
    Replaced,
}
