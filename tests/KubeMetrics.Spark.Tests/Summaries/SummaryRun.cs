using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Prometheus;
using KubeMetrics.Prometheus.Compression;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Spark.Summaries;
using KubeMetrics.Statistics;

namespace KubeMetrics.Spark.Tests.Summaries;

/// <summary>Dumps in a folder, as one engine or the other reads them.</summary>
/// <param name="Root">The folder; to scripts it is the bucket <c>test</c>.</param>
/// <param name="Name">What the dumps are called: a folder in it, with the folders <c>lines</c>, <c>whole</c> and <c>turned</c>.</param>
/// <param name="Options">What is wanted of them.</param>
internal sealed record SummaryRun(string Root, string Name, SummaryOptions Options)
{
    private SummaryPlan? _plan;

    /// <summary>What Spark reads in one form, by the job's input.</summary>
    public IReadOnlyList<JobInput> Inputs => [.. ((string[])["lines", "whole", "turned"]).Where(part => Directory.Exists(Path.Combine(Dumps, part)))
        .Select(part => new JobInput { Name = part, Location = $"s3://test/{Name}/{part}", Form = JobForm.Json, MultiLine = part == "whole" })];

    private string Dumps => Path.Combine(Root, Name);

    private SummaryPlaces Places => new(StoreUri.Parse($"s3://test/state/{Name}"));

    public string First() => Local(SummaryScript.First(Inputs, Options, Name, Places));

    public string Second() => Local(SummaryScript.Second(Name, Places));

    /// <summary>What the program does between the two scripts.</summary>
    public void MakePlan()
    {
        _plan = SummaryPlan.Of(Options, Lines(Places.Files), Lines(Places.Series), Lines(Places.Orders));
        Directory.CreateDirectory(Folder(Places.Plan));
        File.WriteAllLines(Path.Combine(Folder(Places.Plan), "plan.json"), _plan.Lines());
    }

    /// <summary>Where the two engines differ, in a line each.</summary>
    public IEnumerable<string> Differences()
    {
        var (groups, files) = InProcess();
        foreach (var difference in SummaryEquality.Differences(groups, BySpark())) yield return $"{Name}: {difference}";
        var found = _plan!.Files.ToDictionary(file => file.Name.Replace($"file://{Root}", "s3://test", StringComparison.Ordinal));
        foreach (var file in files)
        {
            if (!found.TryGetValue(file.Name, out var other)) yield return $"{Name}: {file.Name} is told of in process only";
            else if ((file.SeriesKept, file.SeriesLeftOut, file.Samples, file.Dropped) != (other.SeriesKept, other.SeriesLeftOut, other.Samples, other.Dropped)) yield return $"{Name}: {file} in process, {other} by Spark";
            // What is wrong with a file that was turned, its turning tells.
            else if (!file.Name.Contains("/turned/", StringComparison.Ordinal) && file.IsPartial != other.IsPartial) yield return $"{Name}: {file.Name} is partial {(file.IsPartial ? "in process" : "by Spark")} only";
        }
    }

    /// <summary>What it does after the second.</summary>
    public IReadOnlyList<GroupSummary> BySpark() =>
        SummaryReader.Read(_plan!, new SummaryResults(Lines(Places.Sums), Lines(Places.Deviations), Lines(Places.Edges), Lines(Places.Boxes), Lines(Places.Buckets)));

    /// <summary>The same dumps in this process. Where a file was turned for Spark, the file that it was turned from.</summary>
    public (IReadOnlyList<GroupSummary> Groups, IReadOnlyList<FileReport> Files) InProcess()
    {
        var collector = new SeriesCollector();
        var read = new ReadOptions { Where = Options.Where, FromMs = Options.From ?? long.MinValue, ToMs = Options.To ?? long.MaxValue };
        var files = new List<FileReport>();
        foreach (var part in (string[])["lines", "whole", "original"])
        {
            var folder = Path.Combine(Dumps, part);
            if (!Directory.Exists(folder)) continue;
            foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                using var stream = Decompression.Open(File.OpenRead(file), file, 1, CancellationToken.None);
                files.Add(SeriesFile.Read(stream, $"s3://test/{Path.GetRelativePath(Root, file).Replace("/original/", "/turned/")}", read, collector.NewInput()));
            }
        }

        var series = collector.Collect();
        if (Options.Window is { } window) series = TimeWindow.Last(window, series);
        return (Summarizer.SummarizeAll(Grouping.Group(series, Options.Grouping)), files);
    }

    private string Local(string script) => script.Replace("s3a://test", $"file://{Root}");

    private string Folder(StoreUri place) => Path.Combine(Root, place.Key);

    private IEnumerable<string> Lines(StoreUri place) => Directory.GetFiles(Folder(place), "part-*").SelectMany(File.ReadAllLines);
}
