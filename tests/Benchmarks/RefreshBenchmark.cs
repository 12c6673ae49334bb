using System.Diagnostics;
using System.Diagnostics.Metrics;
using KubeMetrics.Charts;
using KubeMetrics.Charts.Skia;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Telemetry;
using KubeMetrics.Pipeline.Work;
using Microsoft.Extensions.DependencyInjection;

namespace KubeMetrics.Benchmarks;

/// <summary>
/// What one arrival costs: the served host's own analysis of all objects but five, then those arrive one by one. Before the first, a few objects
/// and some arrivals in another dataset make the code warm, as it is in a host that has run for an hour.
/// </summary>
internal sealed class RefreshBenchmark(string folder, string? at, IReadOnlyList<string> only, bool markdown)
{
    private const int WarmObjects = 6, WarmArrivals = 30;

    private const int Arrivals = 5;

    private static readonly string[] Stages = ["reading", "summarising", "drawing"];

    private long _opened;

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await ReferenceDataset.GenerateAsync(folder, TextWriter.Null, cancellationToken);
        await ReferenceDataset.GenerateDaysAsync(folder, cancellationToken);
        using var meter = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Name == "kubemetrics.analysis.opened") listener.EnableMeasurementEvents(instrument); } };
        meter.SetMeasurementEventCallback<long>((_, count, _, _) => _opened += count);
        meter.Start();

        var table = new Table("objects", "", "opened", "total s", "before", "reading", "summarising", "drawing", "of the first", "reading of it");
        foreach (var form in (string[])[ReferenceDataset.PlainFolder, ReferenceDataset.CompressedFolder, ReferenceDataset.DaysFolder, ReferenceDataset.CompressedDaysFolder])
            if (only.Count == 0 || only.Contains(form)) await MeasureAsync(form, table, cancellationToken);
        table.Write(Console.Out, markdown);
    }

    private async Task MeasureAsync(string form, Table table, CancellationToken cancellationToken)
    {
        var files = ReferenceDataset.Files(Path.Combine(folder, form));
        var place = $"{at ?? Path.Combine(Path.GetFullPath(folder), "refresh")}/{Guid.NewGuid().ToString("N")[..8]}";
        await using var services = Services(place, options => options);

        await AnalyseAsync(services, "warm", files[..WarmObjects], cancellationToken);
        foreach (var file in files[WarmObjects..(WarmObjects + WarmArrivals)]) await AnalyseAsync(services, "warm", [file], cancellationToken);
        var first = await AnalyseAsync(services, "all", files[..^Arrivals], cancellationToken);
        var arrivals = new List<Measured>();
        foreach (var file in files[^Arrivals..]) arrivals.Add(await AnalyseAsync(services, "all", [file], cancellationToken));
        // Under a name of its own, so that it has its own reports and nothing kept; what it costs to keep nothing, and to read all again.
        await using var without = Services(place, options => options with { Analysis = options.Analysis with { Columns = 0 } });
        var anew = await AnalyseAsync(without, "anew", [], cancellationToken);
        Row($"{files.Length - Arrivals}", first, null);
        foreach (var one in arrivals) Row("one more", one, first);
        Row("180, nothing kept", anew, null);
        if (at is null) Directory.Delete(place, recursive: true);

        void Row(string name, Measured measured, Measured? of) => table.Add(
            measured == first ? $"{form}, {files.Sum(file => new FileInfo(file).Length) / 1e6:F0} MB" : "", name, measured.Opened.ToString(),
            Table.Seconds(measured.Total), Table.Seconds(measured.Before), Table.Seconds(measured.Seconds[0]), Table.Seconds(measured.Seconds[1]), Table.Seconds(measured.Seconds[2]),
            of is null ? "" : $"{measured.Total / of.Total:P0}", of is null ? "" : $"{measured.Seconds[0] / of.Seconds[0]:P0}");
    }

    private sealed record Measured(double Total, double Before, double[] Seconds, long Opened);

    private async Task<Measured> AnalyseAsync(ServiceProvider services, string dataset, string[] arriving, CancellationToken cancellationToken)
    {
        var location = services.GetRequiredService<KubeMetricsOptions>().Datasets.Single(one => one.Name == dataset).Location;
        // Through what copies are written with: the place is made where there is none.
        var (store, prefix) = services.GetRequiredService<StoreAccess>().At(location, PlaceUse.Copies);
        foreach (var file in arriving)
        {
            await using var content = File.OpenRead(file);
            await store.PutAsync(ObjectKey.AsPrefix(prefix) + Path.GetFileName(file), content, new PutOptions { Length = content.Length }, cancellationToken);
        }

        GC.Collect();
        _opened = 0;
        using var told = services.GetRequiredService<WorkFeed>().Listen();
        var clock = Stopwatch.StartNew();
        var work = await services.GetRequiredService<AnalysisService>().StartAsync(new AnalysisRequest { Dataset = dataset }, null, cancellationToken);
        var starts = new Dictionary<string, double>();
        var listening = Task.Run(async () =>
        {
            await foreach (var record in told.Records.ReadAllAsync(cancellationToken))
            {
                if (record.Id != work.Id) continue;
                if (record.Progress is { } progress) starts.TryAdd(progress.Step, clock.Elapsed.TotalSeconds);
                if (record.Finished is not null) return (record, clock.Elapsed.TotalSeconds);
            }

            throw new UnreachableException();
        }, cancellationToken);
        await services.GetRequiredService<WorkExecutor>().RunDueAsync(TimeSpan.FromMinutes(10), cancellationToken, work.Id);
        var (ended, total) = await listening;
        if (ended.State != WorkState.Succeeded) throw new BenchmarkException($"The analysis of {dataset} ended as {ended.State}: {ended.Problem?.Detail}");
        // A stage ends where the next begins.
        var ends = Stages.Skip(1).Append("publishing").Select(stage => starts.GetValueOrDefault(stage, total)).ToArray();
        return new Measured(total, starts[Stages[0]], [.. Stages.Zip(ends, (stage, end) => end - starts.GetValueOrDefault(stage, end))], _opened);
    }

    private static ServiceProvider Services(string place, Func<KubeMetricsOptions, KubeMetricsOptions> with)
    {
        var options = HostSettings.Read([SettingsEnvironment.Read()]) with
        {
            State = StoreUri.Parse($"{place}/state"),
            Datasets = [DatasetAt("all", "all"), DatasetAt("anew", "all"), DatasetAt("warm", "warm")],
        };
        return new ServiceCollection().AddLogging().AddSingleton<IPngRenderer, SkiaPngRenderer>().AddKubeMetrics(with(options)).BuildServiceProvider();

        Dataset DatasetAt(string name, string dumps) =>
            new() { Name = name, Location = StoreUri.Parse($"{place}/{dumps}"), Reports = StoreUri.Parse($"{place}/reports/{name}") };
    }
}
