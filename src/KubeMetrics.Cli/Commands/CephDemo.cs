using System.Text.Json;
using System.Text.Json.Nodes;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Demo;
using KubeMetrics.Pipeline.Stores;

namespace KubeMetrics.Cli.Commands;

/// <summary>
/// The demo in a real Ceph: dumps in a bucket that anybody may read, read unsigned, and reports in one that is private. The
/// settings that it leaves serve both, with a second dataset to be copied from the one to the other.
/// </summary>
internal static class CephDemo
{
    public const string Public = "kubemetrics-public", Private = "kubemetrics-private", Reports = "reports/demo";

    private const string Settings = "ceph.json";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    public static async Task<int> RunAsync(Screen screen, string folder, DemoOptions options, bool force, bool json, CancellationToken cancellationToken)
    {
        var ours = await CephDev.UpAsync(cancellationToken);
        using var clients = new S3Clients();
        var reports = await MakeAsync(screen, ours, clients, options, force, cancellationToken);
        var settings = await LeaveAsync(folder, Settings, SettingsOf(ours, options), cancellationToken);
        var read = new S3Store(Public, new S3Connection { Endpoint = ours.Endpoint, Anonymous = true }, clients);
        var inputs = await StoreInputs.ListAsync(read, options.Folder, cancellationToken);
        var code = await new AnalysisRun(screen) { Folder = null, Bucket = new StorePlace(reports, Reports), Force = force, Json = json }.RunAsync(inputs, DemoCommand.Analysis, cancellationToken);
        if (json) return code;
        screen.Output.WriteLine($"""
            The dumps are in s3://{Public}/{options.Folder}, which anybody may read; Ceph answers at {ours.Endpoint}

            On the page, with a dataset to be copied ("Refresh now"):  kubemetrics serve --settings {settings}
            Ceph tells the host what arrives in it:                    kubemetrics notifications set copy --settings {settings}
            By hand:                                                   kubemetrics store ls s3://{Private} --settings {settings}
            Undo:                                                      {CephDev.Undo}; rm -r {folder}
            """);
        return code;
    }

    /// <summary>Makes both buckets, and dumps in the public one.</summary>
    /// <returns>The private one.</returns>
    public static async Task<S3Store> MakeAsync(Screen screen, S3Connection ours, S3Clients clients, DemoOptions options, bool force, CancellationToken cancellationToken)
    {
        var reports = new S3Store(Private, ours, clients);
        await reports.CreateBucketAsync(cancellationToken);
        var dumps = new S3Store(Public, ours, clients);
        await dumps.CreateBucketAsync(cancellationToken);
        await dumps.AllowReadingToAllAsync(cancellationToken);
        await DemoFolder.MakeAsync(screen, dumps, options, force, $"delete them, or begin anew: {CephDev.Undo}", cancellationToken);
        return reports;
    }

    /// <summary>Writes settings into the demo's folder.</summary>
    /// <returns>Where they are.</returns>
    public static Task<string> LeaveAsync(string folder, string file, JsonObject settings, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, file);
        return Writing.ToAsync(path, "name another folder with --dir.", async () =>
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(path, settings.ToJsonString(Readable) + "\n", cancellationToken);
            return path;
        });
    }

    public static JsonObject SettingsOf(S3Connection ours, DemoOptions options) => new()
    {
        ["State"] = $"s3://{Private}/state",
        // On this machine alone; on a network a key is needed.
        ["Notifications"] = new JsonObject { ["Open"] = true },
        ["Storage"] = new JsonObject
        {
            ["Default"] = new JsonObject { ["Endpoint"] = ours.Endpoint, ["AccessKey"] = ours.AccessKey, ["SecretKey"] = ours.SecretKey },
            ["Buckets"] = new JsonObject { [Public] = new JsonObject { ["Endpoint"] = ours.Endpoint, ["Anonymous"] = true } },
        },
        ["Datasets"] = new JsonObject
        {
            ["demo"] = new JsonObject { ["Location"] = $"s3://{Public}/{options.Folder}", ["Where"] = "quantile=0.9", ["Watch"] = false, ["Reports"] = $"s3://{Private}/{Reports}" },
            ["copy"] = new JsonObject { ["Source"] = $"s3://{Public}/{options.Folder}", ["Location"] = $"s3://{Private}/{options.Folder}", ["Where"] = "quantile=0.9" },
        },
    };
}
