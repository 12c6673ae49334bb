using System.CommandLine;
using System.Text.Json;
using KubeMetrics.Benchmarks;

var folder = new Argument<string>("DIR") { Description = "The folder of the reference dataset (see generate)." };
var runs = new Option<int>("--runs") { Description = "How many runs the median is of.", DefaultValueFactory = _ => 5 };
var notebookRuns = new Option<int>("--notebook-runs") { Description = "The same for the notebook, which takes long; 0 leaves it out of compare.", DefaultValueFactory = _ => 1 };
var markdown = new Option<bool>("--markdown") { Description = "Print the table as Markdown." };
var where = new Option<string[]>("--where") { Description = "Which series, label=value.", DefaultValueFactory = _ => ["quantile=0.9"] };
var published = new Option<string?>("--command") { Description = "The published kubemetrics command; published from this repository if not given." };
var noCommand = new Option<bool>("--no-command") { Description = "Leave the whole command out." };

var generate = new Command("generate", "Make the reference dataset: 180 files, 60 days at 60 s, plain and bzip2 (about 410 MB). Does nothing where it is there.") { folder };
generate.SetAction((parsed, cancellation) => Guarded(() =>
    ReferenceDataset.GenerateAsync(parsed.GetRequiredValue(folder), Console.Out, cancellation)));

var compare = new Command("compare", "Load and statistics: ours, DuckDB's, the notebook's, the whole command; checks first that all agree to 1e-9.") { folder, runs, notebookRuns, where, published, noCommand, markdown };
compare.SetAction(parsed => Measured(parsed, measure => measure.Compare(parsed.GetRequiredValue(where), parsed.GetValue(notebookRuns), parsed.GetValue(published), !parsed.GetValue(noCommand))));

var throughput = new Command("throughput", "GB/s of plain JSON, as the slope between a quarter of the files and all of them.") { folder, runs, markdown };
throughput.SetAction(parsed => Measured(parsed, measure => measure.Throughput()));

var bzip2 = new Command("bzip2", "Our load from bzip2 beside lbzip2 -d alone.") { folder, runs, markdown };
bzip2.SetAction(parsed => Measured(parsed, measure => measure.Bzip2()));

var report = new Command("report", "The whole report with all charts beside the notebook with its charts.") { folder, runs, notebookRuns, where, published, markdown };
report.SetAction(parsed => Measured(parsed, measure => measure.Report(parsed.GetRequiredValue(where), parsed.GetValue(notebookRuns), parsed.GetValue(published))));

var rounds = new Option<int>("--rounds") { Description = "How many rounds medians are of.", DefaultValueFactory = _ => 5 };
var seconds = new Option<int>("--seconds") { Description = "How long wrk loads a server each time.", DefaultValueFactory = _ => 3 };
var serve = new Command("serve", "kubemetrics serve under load, beside a bare Kestrel endpoint with the same bytes; slow clients; its start.") { rounds, seconds, published, markdown };
serve.SetAction(parsed => Guarded(() =>
    new ServeComparison(PublishedCommand.Find(parsed.GetValue(published)), parsed.GetValue(rounds), parsed.GetValue(seconds), parsed.GetValue(markdown)).RunAsync()));

var connections = new Option<int>("--connections") { Description = "Over how many connections they come at once.", DefaultValueFactory = _ => 64 };
var notifications = new Command("notifications", "Bucket notifications accepted a second, beside a bare Kestrel endpoint that only appends them to a file.") { rounds, seconds, connections, published, markdown };
notifications.SetAction(parsed => Guarded(() =>
{
    new NotificationComparison(PublishedCommand.Find(parsed.GetValue(published)), parsed.GetValue(rounds), parsed.GetValue(seconds), parsed.GetValue(connections), parsed.GetValue(markdown)).Run();
    return Task.CompletedTask;
}));

var concurrency = new Option<int>("--concurrency") { Description = "How many objects and parts at once.", DefaultValueFactory = _ => 8 };
var ingest = new Command("ingest", "kubemetrics ingest beside rclone copy, on a Ceph that is started for it: many small objects, larger ones, one of 2 GB.") { rounds, concurrency, published, markdown };
ingest.SetAction(parsed => Guarded(() =>
    new IngestComparison(PublishedCommand.Find(parsed.GetValue(published)), parsed.GetValue(rounds), parsed.GetValue(concurrency), parsed.GetValue(markdown)).RunAsync()));

var jobs = new Command("jobs", "Jobs in process beside the same on Spark local[2], on a Ceph that is started for it.") { folder, rounds, published, markdown };
jobs.SetAction(parsed => Guarded(() =>
    new JobComparison(parsed.GetRequiredValue(folder), PublishedCommand.Find(parsed.GetValue(published)), parsed.GetValue(rounds), parsed.GetValue(markdown)).RunAsync()));

var at = new Option<string?>("--at") { Description = "Where dumps, reports and state lie meanwhile: a folder (by default beside the dataset), or s3://bucket/prefix, reached as the environment says." };
var only = new Option<string[]>("--only") { Description = "Which forms of the dataset, of plain, bzip2, days and days-bzip2; all if not given.", AllowMultipleArgumentsPerToken = true };
var refresh = new Command("refresh", "An analysis of 179 objects, then of 180: what one arrival costs, stage by stage, from plain files and from bzip2.") { folder, at, only, markdown };
refresh.SetAction((parsed, cancellation) => Guarded(() => new RefreshBenchmark(parsed.GetRequiredValue(folder), parsed.GetValue(at), parsed.GetValue(only) ?? [], parsed.GetValue(markdown)).RunAsync(cancellation)));

// What serve starts beside the command.
var files = new Argument<string>("FILES");
var port = new Argument<int>("PORT") { DefaultValueFactory = _ => 0 };
var bare = new Command("bare") { files, port };
bare.Hidden = true;
bare.SetAction(parsed => Guarded(() => BareEndpoint.RunAsync(parsed.GetRequiredValue(files), parsed.GetValue(port))));

// What compare starts to learn the memory that one run takes by itself.
var who = new Argument<string>("WHO");
var conditions = new Argument<string[]>("CONDITIONS");
var once = new Command("once") { who, folder, conditions };
once.Hidden = true;
once.SetAction(parsed => Guarded(() =>
{
    var result = new Comparisons(parsed.GetRequiredValue(folder), 1, false).Once(parsed.GetRequiredValue(who), parsed.GetRequiredValue(conditions));
    Console.WriteLine(JsonSerializer.Serialize(result, BenchmarkJson.Default.RunResult));
    return Task.CompletedTask;
}));

var root = new RootCommand("Measures KubeMetrics against DuckDB and the notebook's own way, on the same files in one go.")
{
    generate, compare, throughput, bzip2, report, once, serve, ingest, refresh, jobs, notifications, bare,
};
return await root.Parse(args).InvokeAsync();

Task<int> Measured(ParseResult parsed, Action<Comparisons> run) => Guarded(() =>
{
    run(new Comparisons(parsed.GetRequiredValue(folder), parsed.GetValue(runs), parsed.GetValue(markdown)));
    return Task.CompletedTask;
});

static async Task<int> Guarded(Func<Task> run)
{
    try
    {
        await run();
        return 0;
    }
    catch (BenchmarkException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 1;
    }
}
