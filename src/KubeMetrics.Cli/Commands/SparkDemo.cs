using System.Text.Json.Nodes;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Demo;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Pipeline.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace KubeMetrics.Cli.Commands;

/// <summary>
/// The demo in a real Ceph with a real Spark: what lies in the public bucket is written by Spark into the private one, and that is
/// analysed. The settings that it leaves have a dataset with that job.
/// </summary>
internal static class SparkDemo
{
    private const string Settings = "spark.json", Dataset = "demo", Made = "made", Cores = "2", Files = "8";

    public static async Task<int> RunAsync(Screen screen, string folder, DemoOptions options, bool force, bool json, CancellationToken cancellationToken)
    {
        var ours = await CephDev.UpAsync(cancellationToken);
        var spark = await SparkDev.UpAsync(screen, ours, cancellationToken);
        using var clients = new S3Clients();
        var reports = await CephDemo.MakeAsync(screen, ours, clients, options, force, cancellationToken);
        var settings = await CephDemo.LeaveAsync(folder, Settings, SettingsOf(ours, spark, options), cancellationToken);

        await using var services = JobCommand.Services(HostArguments.Read(screen, settings, SettingsSource.Of([])));
        var dataset = services.GetRequiredService<KubeMetricsOptions>().Datasets.Single(one => one.Name == Dataset);
        var record = await JobCommand.Refusing(() => services.GetRequiredService<JobService>().StartAsync(dataset.Job!, null, cancellationToken, anyFolder: false, dataset.Name));
        screen.Note($"Spark writes the dumps anew, as the job {record.Id}; what it does: {spark.Ui}");
        record = await JobCommand.FollowAsync(screen, services, record.Id, cancellationToken);
        JobCommand.Show(screen, JobView.Of(record), quiet: json);

        var inputs = await services.GetRequiredService<AnalysisPlaces>().InputsAsync(dataset, cancellationToken);
        var code = await new AnalysisRun(screen) { Folder = null, Bucket = new StorePlace(reports, CephDemo.Reports), Force = force, Json = json }.RunAsync(inputs, DemoCommand.Analysis, cancellationToken);
        if (json) return code;
        screen.Output.WriteLine($"""
            What Spark read is in s3://{CephDemo.Public}/{options.Folder}, what it wrote in s3://{CephDemo.Private}/{Made}

            On the page, where "Refresh now" has Spark write anew:  kubemetrics serve --settings {settings}
            The job as a script, and what Spark said:               kubemetrics job log {record.Id} --settings {settings}
            Undo:                                                   {SparkDev.Undo}; {CephDev.Undo}; rm -r {folder}
            """);
        return code;
    }

    private static JsonObject SettingsOf(S3Connection ours, SparkDev spark, DemoOptions options)
    {
        var settings = CephDemo.SettingsOf(ours, options);
        settings["Spark"] = new JsonObject { ["Cluster"] = "standalone", ["Master"] = spark.Master, ["Endpoint"] = spark.Rest, ["Ui"] = spark.Ui, ["Cores"] = "4" };
        settings["Datasets"]![Dataset]!["Job"] = new JsonObject { ["Output"] = $"s3://{CephDemo.Private}/{Made}", ["Compression"] = "bzip2", ["Files"] = Files, ["Cores"] = Cores };
        return settings;
    }
}
