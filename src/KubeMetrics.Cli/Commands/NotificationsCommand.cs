using System.CommandLine;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Pipeline.Stores;

namespace KubeMetrics.Cli.Commands;

/// <summary><c>kubemetrics notifications set|show|remove DATASET</c>: has Ceph tell the host what arrives in a dataset's location.</summary>
internal static class NotificationsCommand
{
    public const string Name = "notifications";

    private const string Secret = "…";

    public static Command Create(Func<Screen> screen) => new(Name, "Have a Ceph bucket tell the host what arrives in a dataset")
    {
        Set(screen), Show(screen), Remove(screen),
    };

    private static Command Set(Func<Screen> screen)
    {
        var url = new Option<string?>("--url") { Description = "Where Ceph reaches the host: http://host:7071 (by default the first of Api:Listen)", HelpName = "url" };
        return Command(screen, "set", "Have it told; that it is already is no error", [url], async (at, parsed, options, dataset, bucket, cancellationToken) =>
        {
            var endpoint = Endpoint(parsed.GetValue(url), options, dataset);
            var done = await bucket.SetAsync(NameOf(dataset), endpoint, ObjectKey.AsPrefix(dataset.Location.Key), cancellationToken);
            at.Output.WriteLine($"{Place(dataset)} {(done == NotificationChange.None ? "tells already" : "tells from now on")} {Hidden(endpoint)} of what arrives there{(done == NotificationChange.Replaced ? ", in place of what it told before" : "")}.");
            at.Output.WriteLine($"  topic and notification {NameOf(dataset)}, persistent, s3:ObjectCreated:*");
            if (done != NotificationChange.None) at.Note("The first may take up to 30 s, and up to 90 s after Ceph was started again. Undo: kubemetrics notifications remove " + dataset.Name);
            if (!dataset.Watch) at.Note($"Datasets:{dataset.Name}:Watch is false, so the host will take no notice.");
            return ExitCode.Done;
        });
    }

    private static Command Show(Func<Screen> screen) =>
        Command(screen, "show", "What is told, and to whom; exits with 1 where nothing is", [], async (at, _, _, dataset, bucket, cancellationToken) =>
        {
            if (await bucket.FindAsync(NameOf(dataset), cancellationToken) is not { } found)
                throw new Failure($"{Place(dataset)} tells nobody of what arrives for {dataset.Name}; have it told: kubemetrics notifications set {dataset.Name}");
            at.Output.WriteLine($"name        {found.Name}");
            at.Output.WriteLine($"endpoint    {(found.Endpoint is null ? "none: its topic is gone; set it again" : Hidden(found.Endpoint))}");
            at.Output.WriteLine($"persistent  {(found.IsPersistent ? "yes" : "no: what is not taken at once is lost; set it again")}");
            at.Output.WriteLine($"prefix      {(found.Prefix.Length > 0 ? found.Prefix : "all of the bucket")}");
            at.Output.WriteLine($"events      {string.Join(", ", found.Events)}");
            return ExitCode.Done;
        });

    private static Command Remove(Func<Screen> screen) =>
        Command(screen, "remove", "Have it told no more; what waits to be told is found by the next reconciliation", [], async (at, _, _, dataset, bucket, cancellationToken) =>
        {
            at.Output.WriteLine(await bucket.RemoveAsync(NameOf(dataset), cancellationToken)
                ? $"{Place(dataset)} tells nobody any more of what arrives for {dataset.Name}."
                : $"{Place(dataset)} told nobody of what arrives for {dataset.Name}; there was nothing to remove.");
            return ExitCode.Done;
        });

    private static Command Command(
        Func<Screen> screen, string name, string description, IReadOnlyList<Option> more, Func<Screen, ParseResult, KubeMetricsOptions, Dataset, BucketNotifications, CancellationToken, Task<int>> run)
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
            if (dataset.Location.Kind != StoreKind.S3)
                throw new Failure($"{dataset.Name} lies in the folder {dataset.Location.Bucket}, and folders tell nobody what arrives; the host looks by itself every Refresh:Reconcile where Datasets:{dataset.Name}:Watch is true.");
            using var stores = new StoreAccess(TimeProvider.System, options.Storage);
            using var bucket = stores.NotificationsOf(dataset.Location);
            return await run(screen(), parsed, options, dataset, bucket, cancellationToken);
        });
        return command;
    }

    private static string NameOf(Dataset dataset) => $"kubemetrics-{dataset.Name}";

    private static string Place(Dataset dataset) => dataset.Location.ToString();

    /// <summary>Where the bucket sends to, with the key that it has to show.</summary>
    private static string Endpoint(string? url, KubeMetricsOptions options, Dataset dataset)
    {
        url ??= options.Api.Listen[0];
        if (!Uri.TryCreate(url.Replace("//*", "//0.0.0.0").Replace("//+", "//0.0.0.0"), UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) || uri.Query.Length > 0 || uri.UserInfo.Length > 0)
            throw new Failure($"'{url}' is no address that Ceph could send to; write --url http://host:7071", ExitCode.Usage);
        if (uri.Host is "0.0.0.0" or "[::]" || uri.Port == 0) throw new Failure($"The host listens on {url}, which is no address that Ceph could send to; name the one by which Ceph reaches it: --url http://host:7071", ExitCode.Usage);
        if ((options.Notifications.Key ?? options.Api.Key) is not { } key)
        {
            return options.Notifications.Open ? Path(uri) : throw new Failure(
                $"Neither Notifications:Key nor Api:Key is set, so the host would refuse what {dataset.Name}'s bucket sends; set the first, for the host too (openssl rand -hex 24), or Notifications:Open on a loopback address alone.");
        }

        return $"{Path(uri)}?{ApiKey.Query}={Uri.EscapeDataString(key)}";
    }

    private static string Path(Uri uri) => $"{uri.GetLeftPart(UriPartial.Path).TrimEnd('/')}{NotificationApi.Path}";

    private static string Hidden(string endpoint) => endpoint.IndexOf('?') is >= 0 and var query ? $"{endpoint[..query]}?{ApiKey.Query}={Secret}" : endpoint;
}
