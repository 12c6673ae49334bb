using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Amazon.S3;
using Amazon.S3.Model;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>What a bucket sends, and where to.</summary>
/// <param name="Name">The name that it has in the bucket.</param>
/// <param name="Topic">The name of its topic; whether there is one, <see cref="TopicIsGone"/> tells.</param>
/// <param name="TopicIsGone">Its topic was deleted, so that the gateway refuses to write what it would tell of.</param>
/// <param name="Endpoint">Where it is sent; null where that can't be told. It may hold a secret.</param>
/// <param name="OpaqueData">What is sent with each; it may be a secret.</param>
/// <param name="IsPersistent">It is kept and sent again until it is taken.</param>
/// <param name="Prefix">Of objects whose keys begin so; empty for all.</param>
/// <param name="Events">Of these events.</param>
public sealed record BucketNotification(string Name, string Topic, bool TopicIsGone, string? Endpoint, string OpaqueData, bool IsPersistent, string Prefix, IReadOnlyList<string> Events)
{
    // Secrets stand in no log and no message, whoever prints this.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append($"Name = {Name}, Topic = {Topic}");
        return true;
    }
}

/// <summary>What the buckets of a user tell.</summary>
/// <param name="Uses">Their notifications: of which bucket, under which name, by which topic.</param>
/// <param name="Unseen">Buckets that would not say.</param>
/// <param name="Tenant">The user's tenant; null for none.</param>
public sealed record NotificationUses(IReadOnlyList<(string Bucket, string Name, string Topic)> Uses, IReadOnlyList<string> Unseen, string? Tenant)
{
    /// <summary>What <see cref="BucketNotifications.NameAsync"/> calls a notification of another of the user's buckets.</summary>
    public string NameOf(string whose, string what, string bucket) => BucketNotifications.NameOf(whose, what, bucket, Tenant);
}

/// <summary>
/// Notifications of a bucket of Ceph's RADOS gateway, which has topics and notifications in one (AWS has a service of its own for
/// topics). As measured on Ceph 16.2: a notification keeps the endpoint that its topic had when it was made, and a topic that is
/// deleted before its notification makes writes to the bucket fail. A topic's name holds for all users of a tenant, and its queue's
/// name for the whole cluster, while nobody is shown but his own buckets: so a topic may be deleted that a bucket of somebody else uses,
/// unless its name is that of one bucket alone (<see cref="NameAsync"/>).
/// </summary>
public sealed class BucketNotifications : IDisposable
{
    // Where a notification of removals matches, deleting several objects at once ends the gateway's process.
    private const string Created = "s3:ObjectCreated:*";

    // Of letters, digits, hyphens and underscores, as AWS has it and newer gateways. Of a longer one Ceph 16.2 can't lock the queue (an
    // attribute's name has 100 bytes at most), so that nothing is ever sent.
    private const int LongestName = 90, DigestOfLonger = 32;
    private const int AtOnce = 8;

    private readonly string _bucket;
    private readonly S3Clients _clients;
    private readonly TimeProvider _time;
    private readonly S3Calls _calls;
    private readonly HttpClient _http;
    private readonly SignedRequests _signed;
    private readonly S3Connection _connection;

    /// <summary>Those of a bucket.</summary>
    /// <exception cref="ObjectStoreException">The bucket is on AWS.</exception>
    public BucketNotifications(string bucket, S3Connection connection, S3Clients clients, TimeProvider? time = null)
    {
        if (connection.Endpoint is null || connection.IsAws)
            throw new ObjectStoreException(ObjectStoreError.Unavailable, $"The bucket '{bucket}' is on AWS, where notifications are set up with AWS's own tools: a topic of SNS, or EventBridge, that posts to the host's /api/notifications.");
        (_bucket, _connection, _clients, _time) = (bucket, connection, clients, time ?? TimeProvider.System);
        _calls = new S3Calls(bucket, connection, clients, _time);
        _http = clients.HttpFor(connection);
        _signed = new SignedRequests(connection, _http);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>
    /// A name for a notification and its topic that those of no other bucket have, whoever made them: what it is for, the bucket, and
    /// the tenant where there is one. What else than letters, digits and hyphens is in these stands as <c>_2E</c>, so that no two make one; a long
    /// one ends in a digest of all of it.
    /// </summary>
    /// <param name="whose">Whose it is: how it begins.</param>
    /// <param name="what">What it is for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ObjectStoreException">Whose the keys are can't be asked.</exception>
    public async Task<string> NameAsync(string whose, string what, CancellationToken cancellationToken) =>
        NameOf(whose, what, _bucket, Tenant((await BucketsAsync(cancellationToken)).Owner));

    /// <summary>Its name.</summary>
    internal static string NameOf(string whose, string what, string bucket, string? tenant)
    {
        string?[] parts = [whose, what, bucket, tenant];
        var name = string.Join("__", parts.OfType<string>().Select(part => string.Concat(part.Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c.ToString() : $"_{(int)c:X2}"))));
        if (name.Length <= LongestName) return name;
        return $"{name[..(LongestName - DigestOfLonger - 2)]}__{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..DigestOfLonger]}";
    }

    /// <summary>One of them; null where the bucket has none of this name.</summary>
    /// <exception cref="ObjectStoreException">It can't be asked.</exception>
    public async Task<BucketNotification?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (await ConfigurationAsync(name, cancellationToken) is not { } found) return null;
        var topics = await TopicsAsync(cancellationToken);
        var topic = NameOfTopic(found.Topic);
        // What the gateway keeps for the notification itself, under both names, is what it sends to, whatever its topic says since.
        var sends = topics.FirstOrDefault(one => one.Name == KeptFor(name, topic)) ?? topics.FirstOrDefault(one => one.Name == topic);
        return new BucketNotification(
            name, topic, topics.All(one => one.Name != topic), sends?.Endpoint, sends?.OpaqueData ?? "", sends?.IsPersistent ?? false,
            found.Filter?.S3KeyFilter?.FilterRules?.FirstOrDefault(rule => "prefix".Equals(rule.Name ?? "", StringComparison.OrdinalIgnoreCase))?.Value ?? "",
            [.. (found.Events ?? []).Select(one => one.Value)]);
    }

    /// <summary>What all buckets tell that belong to whom the keys belong to; of others' buckets nobody is told.</summary>
    /// <exception cref="ObjectStoreException">The buckets can't be listed.</exception>
    public async Task<NotificationUses> UsesAsync(CancellationToken cancellationToken)
    {
        var uses = new ConcurrentQueue<(string Bucket, string Name, string Topic)>();
        var unseen = new ConcurrentQueue<string>();
        var all = await BucketsAsync(cancellationToken);
        var buckets = (all.Buckets ?? []).Select(one => one.BucketName).Append(_bucket).Distinct();
        await Parallel.ForEachAsync(buckets, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (bucket, cancellation) =>
        {
            try
            {
                var told = await ConfigurationsAsync(bucket, new S3Calls(bucket, _connection, _clients, _time), cancellation);
                foreach (var one in told) uses.Enqueue((bucket, one.Id, NameOfTopic(one.Topic)));
            }
            catch (ObjectStoreException e) when (e.Error == ObjectStoreError.NotFound)
            {
                // deleted meanwhile
            }
            catch (ObjectStoreException)
            {
                unseen.Enqueue(bucket);
            }
        });
        return new NotificationUses([.. uses.OrderBy(one => one.Bucket, StringComparer.Ordinal).ThenBy(one => one.Name, StringComparer.Ordinal)], [.. unseen.Order(StringComparer.Ordinal)], Tenant(all.Owner));
    }

    /// <summary>Has the bucket send what is created below a prefix to an endpoint, and send it again until it is taken.</summary>
    /// <param name="name">The name of it and of its topic, which has to be this bucket's alone: what is there under it is replaced.</param>
    /// <param name="endpoint">Where to.</param>
    /// <param name="prefix">How keys begin.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was done: nothing where it was so already.</returns>
    /// <exception cref="ObjectStoreException">It can't be set.</exception>
    public async Task<NotificationChange> SetAsync(string name, string endpoint, string prefix, CancellationToken cancellationToken)
    {
        var before = await FindAsync(name, cancellationToken);
        if (before is { TopicIsGone: false, IsPersistent: true } && before.Endpoint == endpoint && before.Prefix == prefix && before.Events.SequenceEqual([Created])) return NotificationChange.None;
        // Anew from the ground up: it would keep the endpoint that its topic had.
        if (before is not null) await LeaveTopicAsync(name, cancellationToken);
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
    /// <param name="name">The name of it and of its topic, which has to be this bucket's alone: the topic is deleted too.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether it sent anything before.</returns>
    /// <exception cref="ObjectStoreException">It can't be removed.</exception>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var was = await LeaveTopicAsync(name, cancellationToken) is not null;
        return await RemoveTopicAsync(name, cancellationToken) || was;
    }

    /// <summary>Has the bucket send nothing of this name any more; the topic, which others may use, stays.</summary>
    /// <returns>The topic's name; null where nothing of this name was sent.</returns>
    /// <exception cref="ObjectStoreException">It can't be removed.</exception>
    public async Task<string?> LeaveTopicAsync(string name, CancellationToken cancellationToken)
    {
        if (await ConfigurationAsync(name, cancellationToken) is not { } found) return null;
        await RemoveNotificationAsync(found, cancellationToken);
        return NameOfTopic(found.Topic);
    }

    /// <summary>Deletes a topic and what waits in its queue. A bucket that uses it would refuse to be written to.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ObjectStoreException">It can't be deleted.</exception>
    public async Task<bool> RemoveTopicAsync(string name, CancellationToken cancellationToken)
    {
        if (await TopicAsync(name, cancellationToken) is not { } topic) return false;
        var (status, body) = await SnsAsync(cancellationToken, ("Action", "DeleteTopic"), ("TopicArn", topic.Arn));
        return status is HttpStatusCode.OK or HttpStatusCode.NotFound ? status == HttpStatusCode.OK : throw Refused("delete the topic", status, body);
    }

    /// <summary>Whether there is a topic of this name.</summary>
    /// <exception cref="ObjectStoreException">It can't be asked.</exception>
    public async Task<bool> HasTopicAsync(string name, CancellationToken cancellationToken) => await TopicAsync(name, cancellationToken) is not null;

    private async Task<TopicConfiguration?> ConfigurationAsync(string name, CancellationToken cancellationToken) =>
        (await ConfigurationsAsync(_bucket, _calls, cancellationToken)).FirstOrDefault(one => one.Id == name);

    private static async Task<IReadOnlyList<TopicConfiguration>> ConfigurationsAsync(string bucket, S3Calls calls, CancellationToken cancellationToken)
    {
        var answer = await calls.DoAsync(null, s3 => s3.GetBucketNotificationAsync(new GetBucketNotificationRequest { BucketName = bucket }, cancellationToken), cancellationToken);
        return answer.TopicConfigurations ?? [];
    }

    private Task<ListBucketsResponse> BucketsAsync(CancellationToken cancellationToken) =>
        _calls.DoAsync(null, s3 => s3.ListBucketsAsync(new ListBucketsRequest(), cancellationToken), cancellationToken);

    // Of tenant$user.
    private static string? Tenant(Owner? owner) => owner?.Id is { } id && id.IndexOf('$') is > 0 and var end ? id[..end] : null;

    // arn:aws:sns:<zone group>:<tenant>:<name>
    private static string NameOfTopic(string arn) => arn[(arn.LastIndexOf(':') + 1)..];

    // By its name, since a full one begins with the gateway's own name for its zone group.
    private async Task<Topic?> TopicAsync(string name, CancellationToken cancellationToken) => (await TopicsAsync(cancellationToken)).FirstOrDefault(one => one.Name == name);

    private async Task<IReadOnlyList<Topic>> TopicsAsync(CancellationToken cancellationToken)
    {
        var (status, body) = await SnsAsync(cancellationToken, ("Action", "ListTopics"));
        if (status != HttpStatusCode.OK) throw Refused("list its topics", status, body);
        static string? Of(XElement topic, string element) => topic.Descendants().FirstOrDefault(one => one.Name.LocalName == element)?.Value;
        return
        [
            .. XDocument.Parse(body).Descendants().Where(one => one.Name.LocalName == "member").Select(topic => new Topic(
                Of(topic, "Name") ?? "", Of(topic, "TopicArn") ?? "", Of(topic, "EndpointAddress"), Of(topic, "OpaqueData") ?? "", "true".Equals(Of(topic, "Persistent"), StringComparison.OrdinalIgnoreCase))),
        ];
    }

    private sealed record Topic(string Name, string Arn, string? Endpoint, string OpaqueData, bool IsPersistent);

    private async Task RemoveNotificationAsync(TopicConfiguration which, CancellationToken cancellationToken)
    {
        for (var again = false; ; again = true)
        {
            var (status, body) = await _signed.SendAsync(HttpMethod.Delete, "s3", $"/{_bucket}", [("notification", which.Id)], null, cancellationToken);
            if (await ConfigurationAsync(which.Id, cancellationToken) is null) return;
            if (again || ((int)status >= 300 && status != HttpStatusCode.NotFound)) throw Refused("remove the notification", status, body);
            // What the gateway kept for it, under both names, went with that of another bucket of the same two names; without it the
            // gateway removes nothing, and says 200. So it is made again, and goes with the notification.
            await SnsAsync(cancellationToken, ("Action", "CreateTopic"), ("Name", KeptFor(which.Id, NameOfTopic(which.Topic))));
        }
    }

    private static string KeptFor(string notification, string topic) => $"{notification}_{topic}";

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
        return new ObjectStoreException(error, $"{_connection.EndpointUri.GetLeftPart(UriPartial.Authority)} would not {what} ({(int)status}{(code is null ? "" : $" {code}")}): see whether it is a RADOS gateway with notifications (rgw_enable_apis has them by default), and whether the keys of s3://{_bucket} may do this.");
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
