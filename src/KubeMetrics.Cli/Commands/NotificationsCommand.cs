using System.CommandLine;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Pipeline.Stores;
using Microsoft.AspNetCore.WebUtilities;

namespace KubeMetrics.Cli.Commands;

/// <summary><c>kubemetrics notifications set|show|remove DATASET</c>: has Ceph tell the host what arrives in a dataset's location.</summary>
internal static class NotificationsCommand
{
    public const string Name = "notifications";

    private const string Prefix = "kubemetrics", Secret = "…";

    public static Command Create(Func<Screen> screen) => new(Name, "Have a Ceph bucket tell the host what arrives in a dataset")
    {
        Set(screen), Show(screen), Remove(screen),
    };

    private static Command Set(Func<Screen> screen)
    {
        var url = new Option<string?>("--url") { Description = "Where Ceph reaches the host: http://host:7071 (by default the first of Api:Listen)", HelpName = "url" };
        return Command(screen, "set", "Have it told; that it is already is no error", [url], null, async (at, parsed, options, dataset, bucket, cancellationToken) =>
        {
            var endpoint = Endpoint(parsed.GetValue(url), options, dataset);
            var name = await NameAsync(bucket, dataset, cancellationToken);
            var done = await bucket.SetAsync(name, endpoint, ObjectKey.AsPrefix(dataset.Location.Key), cancellationToken);
            // After it, so that at no time nobody is told; that both tell for a moment does no harm.
            var left = await bucket.LeaveTopicAsync(FormerName(dataset), cancellationToken);
            at.Output.WriteLine($"{Place(dataset)} {(done == NotificationChange.None ? "tells already" : "tells from now on")} {Hidden(endpoint)} of what arrives there{(done == NotificationChange.Replaced || left is not null ? ", in place of what it told before" : "")}.");
            at.Output.WriteLine($"  topic and notification {name}, persistent, s3:ObjectCreated:*");
            if (done != NotificationChange.None) at.Note("The first may take up to 30 s, and up to 90 s after Ceph was started again. Undo: kubemetrics notifications remove " + dataset.Name);
            if (!dataset.Watch) at.Note($"Datasets:{dataset.Name}:Watch is false, so the host will take no notice.");
            await TellOfLeftAsync(at, bucket, dataset, left, cancellationToken);
            await TellOfElsewhereAsync(at, bucket, dataset, cancellationToken);
            return ExitCode.Done;
        });
    }

    private static Command Show(Func<Screen> screen) =>
        Command(screen, "show", "What is told, and to whom; exits with 1 where nothing is", [], null, async (at, _, options, dataset, bucket, cancellationToken) =>
        {
            var name = await NameAsync(bucket, dataset, cancellationToken);
            var found = await bucket.FindAsync(name, cancellationToken) ?? await bucket.FindAsync(FormerName(dataset), cancellationToken)
                ?? throw new Failure($"{Place(dataset)} tells nobody of what arrives for {dataset.Name}; have it told: kubemetrics notifications set {dataset.Name}");
            var again = SetAgain(dataset, found.Endpoint);
            at.Output.WriteLine($"name        {found.Name}{(found.Name == name ? "" : $", as an earlier version named it: other buckets may share its topic, and whoever deletes that has writes to this one refused; {again}")}");
            if (found.TopicIsGone) at.Output.WriteLine($"topic       gone, so Ceph refuses (400) what is written to {Place(dataset)}; {again}");
            at.Output.WriteLine($"endpoint    {(found.Endpoint is null ? "none" : Hidden(found.Endpoint))}");
            at.Output.WriteLine($"key         {KeyOf(found, options) ?? $"not that of the settings, so the host refuses what the bucket sends; {again}"}");
            at.Output.WriteLine($"persistent  {(found.IsPersistent ? "yes" : $"no: what is not taken at once is lost; {again}")}");
            at.Output.WriteLine($"prefix      {(found.Prefix.Length > 0 ? found.Prefix : "all of the bucket")}");
            at.Output.WriteLine($"events      {string.Join(", ", found.Events)}");
            return ExitCode.Done;
        });

    private static Command Remove(Func<Screen> screen)
    {
        var of = new Option<string?>("--bucket") { Description = "Have this bucket tell no more, where the dataset's location was before", HelpName = "bucket" };
        var topic = new Option<string?>("--topic") { Description = "Delete this topic instead, which an earlier version shared among buckets and no bucket uses any more", HelpName = "name" };
        return Command(screen, "remove", "Have it told no more; what waits to be told is found by the next reconciliation", [of, topic], of, async (at, parsed, _, dataset, bucket, cancellationToken) =>
        {
            if (parsed.GetValue(topic) is { } unused)
            {
                await DeleteAsync(at, bucket, unused, cancellationToken);
                return ExitCode.Done;
            }

            var place = parsed.GetValue(of) is { } other ? $"s3://{other}" : Place(dataset);
            var was = await bucket.RemoveAsync(await NameAsync(bucket, dataset, cancellationToken), cancellationToken);
            var left = await bucket.LeaveTopicAsync(FormerName(dataset), cancellationToken);
            at.Output.WriteLine(was || left is not null
                ? $"{place} tells nobody any more of what arrives for {dataset.Name}."
                : $"{place} told nobody of what arrives for {dataset.Name}; there was nothing to remove.");
            await TellOfLeftAsync(at, bucket, dataset, left, cancellationToken);
            return ExitCode.Done;
        });
    }

    private static Command Command(
        Func<Screen> screen, string name, string description, IReadOnlyList<Option> more, Option<string?>? other,
        Func<Screen, ParseResult, KubeMetricsOptions, Dataset, BucketNotifications, CancellationToken, Task<int>> run)
    {
        var of = new Argument<string>("DATASET") { Description = "The dataset, as settings have it" };
        var settings = HostArguments.Settings();
        var command = new Command(name, description) { of };
        foreach (var option in more) command.Options.Add(option);
        command.Options.Add(settings);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = HostArguments.Read(screen(), parsed.GetValue(settings));
            var dataset = new DatasetCatalog(options.Datasets).Get(parsed.GetValue(of)!);
            var place = other is not null && parsed.GetValue(other) is { } bucketName ? Bucket(bucketName) : dataset.Location;
            if (place.Kind != StoreKind.S3)
                throw new Failure($"{dataset.Name} lies in the folder {dataset.Location.Bucket}, and folders tell nobody what arrives; the host looks by itself every Refresh:Reconcile where Datasets:{dataset.Name}:Watch is true.");
            using var stores = new StoreAccess(TimeProvider.System, options.Storage);
            using var bucket = stores.NotificationsOf(place);
            return await run(screen(), parsed, options, dataset, bucket, cancellationToken);
        });
        return command;
    }

    private static StoreUri Bucket(string name)
    {
        try
        {
            return StoreUri.Parse($"s3://{name}");
        }
        catch (FormatException e)
        {
            throw new Failure($"--bucket {name}: {e.Message}", ExitCode.Usage);
        }
    }

    /// <summary>Of one bucket alone: a topic that two share is deleted under the second by whoever removes the first's.</summary>
    private static Task<string> NameAsync(BucketNotifications bucket, Dataset dataset, CancellationToken cancellationToken) => bucket.NameAsync(Prefix, dataset.Name, cancellationToken);

    /// <summary>What earlier versions named it, whatever the bucket.</summary>
    private static string FormerName(Dataset dataset) => $"{Prefix}-{dataset.Name}";

    private static string SetAgain(Dataset dataset, string? endpoint)
    {
        var address = endpoint is not null && Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.AbsolutePath.EndsWith(NotificationApi.Path, StringComparison.Ordinal)
            ? $"{uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)}{uri.AbsolutePath[..^NotificationApi.Path.Length]}"
            : null;
        return $"set it again: kubemetrics notifications set {dataset.Name}{(address is null ? "" : $" --url {address}")}";
    }

    /// <summary>Says of the key that a bucket shows what is right with it, without showing it; null where the host would refuse it.</summary>
    private static string? KeyOf(BucketNotification found, KubeMetricsOptions options)
    {
        string?[] shown = [found.OpaqueData, .. Uri.TryCreate(found.Endpoint, UriKind.Absolute, out var uri) ? KeysIn(uri) : []];
        if ((options.Notifications.Key ?? options.Api.Key) is { } key) return shown.Any(new ApiKey(key).Is) ? "that of the settings" : null;
        return options.Notifications.Open ? "none is asked for (Notifications:Open)" : "the settings have none, so the host refuses what the bucket sends; set Notifications:Key, then set it again";
    }

    private static IEnumerable<string?> KeysIn(Uri endpoint)
    {
        foreach (var value in QueryHelpers.ParseQuery(endpoint.Query).TryGetValue(ApiKey.Query, out var codes) ? codes : []) yield return value;
        if (endpoint.UserInfo.IndexOf(':') is >= 0 and var colon) yield return Uri.UnescapeDataString(endpoint.UserInfo[(colon + 1)..]);
    }

    /// <summary>Says what stays of the topic that an earlier version made: whether a bucket of another user needs it, nobody can see from here.</summary>
    private static async Task TellOfLeftAsync(Screen at, BucketNotifications bucket, Dataset dataset, string? left, CancellationToken cancellationToken)
    {
        if (left is null || !await bucket.HasTopicAsync(left, cancellationToken)) return;
        at.Note($"The topic {left} stays, with what waits in its queue: another bucket, of another user too, may use it, and would refuse to be written to without it. Where none does, delete it: kubemetrics notifications remove {dataset.Name} --topic {left}");
    }

    /// <summary>Says which other buckets tell of a dataset of this name: one of them may be where it was before.</summary>
    private static async Task TellOfElsewhereAsync(Screen at, BucketNotifications bucket, Dataset dataset, CancellationToken cancellationToken)
    {
        var here = dataset.Location.Bucket;
        var uses = await bucket.UsesAsync(cancellationToken);
        foreach (var elsewhere in uses.Uses.Select(one => one.Bucket).Distinct().Where(one => one != here))
        {
            var names = uses.Uses.Where(one => one.Bucket == elsewhere).Select(one => one.Name);
            if (!names.Contains(FormerName(dataset)) && !names.Contains(uses.NameOf(Prefix, dataset.Name, elsewhere))) continue;
            at.Note($"s3://{elsewhere} tells too of what arrives for a dataset {dataset.Name}. Where that is over, since its location was there before: kubemetrics notifications remove {dataset.Name} --bucket {elsewhere}");
        }

        if (uses.Unseen.Count > 0)
            at.Note($"What {string.Join(", ", uses.Unseen.Select(one => $"s3://{one}"))} tell{(uses.Unseen.Count == 1 ? "s" : "")} can't be seen. Where {dataset.Name} was in one of them before: kubemetrics notifications remove {dataset.Name} --bucket <it>");
    }

    private static async Task DeleteAsync(Screen at, BucketNotifications bucket, string topic, CancellationToken cancellationToken)
    {
        var uses = await bucket.UsesAsync(cancellationToken);
        var users = uses.Uses.Where(one => one.Topic == topic).Select(one => $"s3://{one.Bucket}").Distinct().ToList();
        if (users.Count > 0)
            throw new Failure($"{string.Join(", ", users)} use{(users.Count == 1 ? "s" : "")} the topic {topic}, and would refuse to be written to without it; have that bucket told anew first, with the settings of its host: kubemetrics notifications set");
        if (uses.Unseen.Count > 0)
            throw new Failure($"Whether {string.Join(", ", uses.Unseen.Select(one => $"s3://{one}"))} use{(uses.Unseen.Count == 1 ? "s" : "")} the topic {topic} can't be seen, and would refuse to be written to without it; it stays. Look with keys that may read the notifications of all buckets.");
        at.Output.WriteLine(await bucket.RemoveTopicAsync(topic, cancellationToken) ? $"The topic {topic} is deleted, with what waited in its queue." : $"There is no topic {topic}; nothing was done.");
    }

    private static string Place(Dataset dataset) => dataset.Location.ToString();

    /// <summary>Where the bucket sends to, with the key that it has to show.</summary>
    private static string Endpoint(string? url, KubeMetricsOptions options, Dataset dataset)
    {
        url ??= options.Api.Listen[0];
        if (!Uri.TryCreate(url.Replace("//*", "//0.0.0.0").Replace("//+", "//0.0.0.0"), UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) || uri.Query.Length > 0 || uri.UserInfo.Length > 0)
            throw new Failure($"'{url}' is no address that Ceph could send to; write --url http://host:7071", ExitCode.Usage);
        // Azure answers with a redirect, which Ceph takes for a failure and sends again without end; and the key would go unencrypted over the internet.
        if (uri.Scheme == Uri.UriSchemeHttp && uri.Host.EndsWith(".azurewebsites.net", StringComparison.OrdinalIgnoreCase))
            throw new Failure($"A function app takes https alone; write --url https://{uri.Authority}", ExitCode.Usage);
        if (uri.Host is "0.0.0.0" or "[::]" || uri.Port == 0) throw new Failure($"The host listens on {url}, which is no address that Ceph could send to; name the one by which Ceph reaches it: --url http://host:7071", ExitCode.Usage);
        if ((options.Notifications.Key ?? options.Api.Key) is not { } key)
        {
            return options.Notifications.Open ? Path(uri) : throw new Failure(
                $"Neither Notifications:Key nor Api:Key is set, so the host would refuse what {dataset.Name}'s bucket sends; set the first, for the host too (openssl rand -hex 24), or Notifications:Open on a loopback address alone.");
        }

        return $"{Path(uri)}?{ApiKey.Query}={Uri.EscapeDataString(key)}";
    }

    private static string Path(Uri uri) => $"{uri.GetLeftPart(UriPartial.Path).TrimEnd('/')}{NotificationApi.Path}";

    private static string Hidden(string endpoint)
    {
        if (endpoint.IndexOf('?') is >= 0 and var query) endpoint = $"{endpoint[..query]}?{ApiKey.Query}={Secret}";
        return Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0 ? endpoint.Replace($"{uri.UserInfo}@", $"{Secret}@", StringComparison.Ordinal) : endpoint;
    }
}
