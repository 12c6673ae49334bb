using System.CommandLine;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Demo;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Cli.Commands;

/// <summary><c>kubemetrics demo</c>: a made dataset in a folder that plays the public bucket, analysed into a report.</summary>
internal static class DemoCommand
{
    private const string Reports = "reports";

    /// <summary>What of the made dataset is analysed.</summary>
    public static AnalysisOptions Analysis => new() { Name = "Docker operations of a made cluster", Where = [LabelMatcher.Parse("quantile=0.9")] };

    public static Command Create(Func<Screen> screen)
    {
        var standard = new DemoOptions();
        var folder = new Option<string>("--dir")
        {
            Description = "The folder for the made data and the reports; delete it to undo the demo",
            HelpName = "folder",
            DefaultValueFactory = _ => DemoFolder.Default,
        };
        var days = new Option<int>("--days") { Description = "How many days of data to make", HelpName = "count", DefaultValueFactory = _ => standard.Days };
        var seed = new Option<ulong>("--seed") { Description = "The same seed makes the same data", HelpName = "number", DefaultValueFactory = _ => standard.Seed };
        var force = new Option<bool>("--force") { Description = "Make and analyse again even what is there" };
        var ceph = new Option<bool>("--ceph") { Description = "Start a Ceph of one's own on this machine, and put data and reports into its buckets" };
        var spark = new Option<bool>("--spark") { Description = "And a Spark of one's own, which writes the dumps anew before they are analysed (with --ceph, which need not be said)" };
        var json = SharedOptions.Json();
        folder.Validators.Add(result =>
        {
            if (string.IsNullOrWhiteSpace(result.GetValueOrDefault<string>())) result.AddError("--dir takes a folder's path, and this one is empty.");
            else if (File.Exists(result.GetValueOrDefault<string>())) result.AddError($"'{result.GetValueOrDefault<string>()}' is a file; --dir takes a folder.");
        });
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 365) result.AddError("--days takes a whole number from 1 to 365.");
        });
        var command = new Command("demo", "Make a realistic dataset, analyse it and write a report (what runs without a command)") { folder, days, seed, ceph, spark, force, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            Func<Screen, string, DemoOptions, bool, bool, CancellationToken, Task<int>> run = parsed.GetValue(spark) ? SparkDemo.RunAsync : parsed.GetValue(ceph) ? CephDemo.RunAsync : RunAsync;
            return run(
                screen(), parsed.GetRequiredValue(folder), standard with { Days = parsed.GetValue(days), Seed = parsed.GetValue(seed) },
                parsed.GetValue(force), parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(Screen screen, string folder, DemoOptions options, bool force, bool json, CancellationToken cancellationToken)
    {
        var bucket = await DemoFolder.MakeAsync(screen, folder, options, force, cancellationToken);
        var inputs = await StoreInputs.ListAsync(bucket, options.Folder, cancellationToken);
        var code = await new AnalysisRun(screen) { Folder = Path.Combine(folder, Reports), Force = force, Json = json }.RunAsync(inputs, Analysis, cancellationToken);
        if (!json) screen.Output.WriteLine($"Your own dumps: kubemetrics analyze PATH --group-by LABEL   (which labels there are: kubemetrics labels PATH)");
        return code;
    }
}
