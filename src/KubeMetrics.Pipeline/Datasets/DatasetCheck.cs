using System.Collections.Concurrent;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Prometheus;
using KubeMetrics.Statistics;

namespace KubeMetrics.Pipeline.Datasets;

/// <summary>One thing that was tried.</summary>
/// <param name="Ok">Whether it went well; null where it did, but deserves a look.</param>
/// <param name="Sentence">What was found, and what to do where it did not go well.</param>
public sealed record Checked(bool? Ok, string Sentence);

/// <summary>Tries whether a dataset can be analysed: its place, its dumps, its labels, the place of its reports, the memory it takes.</summary>
public sealed class DatasetCheck(AnalysisPlaces places, DatasetLook look, AnalysisLimits limits)
{
    private const string Probe = "kubemetrics-check";

    /// <summary>Tries everything, and says what it found.</summary>
    public async Task<IReadOnlyList<Checked>> CheckAsync(Dataset dataset, CancellationToken cancellationToken)
    {
        var found = new List<Checked>();
        await TryAsync(found, async () =>
        {
            var inputs = await places.InputsAsync(dataset, cancellationToken);
            if (inputs.Count == 0)
            {
                found.Add(new Checked(false, dataset.Nothing.Detail));
                return;
            }

            var bytes = inputs.Sum(input => input.Length);
            found.Add(new Checked(true, $"{Many(inputs.Count, "dump", "dumps")} in {dataset.Location}, {Size(bytes)}."));
            await LabelsAsync(dataset, inputs, found, cancellationToken);
            await MemoryAsync(dataset, inputs, found, cancellationToken);
        });
        found.Add(await ReportsAsync(dataset, cancellationToken));
        return found;
    }

    /// <summary>Tries whether the dataset's reports can be written.</summary>
    public async Task<Checked> ReportsAsync(Dataset dataset, CancellationToken cancellationToken)
    {
        try
        {
            var (store, prefix) = places.ReportPlace(dataset);
            await store.TryWritingAsync(ObjectKey.AsPrefix(prefix) + Probe, cancellationToken);
            return new Checked(true, $"Reports can be written to {dataset.Reports}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What a bucket's endpoint refuses is told with its own remedy.
            var (setting, folder) = ($"Datasets:{dataset.Name}:Reports", dataset.Reports.Bucket);
            return new Checked(false, dataset.Reports.Kind == StoreKind.S3
                ? $"{setting}: nothing can be written to {dataset.Reports}, so the dataset can't be analysed. {e.Message}"
                : $"{setting}: nothing can be written to {dataset.Reports} ({WriteFailure.Reason(e, folder)}), so the dataset can't be analysed. {WriteFailure.Remedy(e, folder)}, or name another place.");
        }
    }

    private async Task LabelsAsync(Dataset dataset, IReadOnlyList<InputObject> inputs, List<Checked> found, CancellationToken cancellationToken)
    {
        var labels = await look.LabelsAsync(dataset.Name, cancellationToken);
        foreach (var problem in labels.Problems.Take(3)) found.Add(new Checked(null, problem));
        if (labels.Series == 0)
        {
            found.Add(new Checked(false, "No series could be read; see what is said of the dumps."));
            return;
        }

        // What is looked into are the newest; so are these, in the same order.
        var newest = inputs.OrderByDescending(input => input.Modified).ThenByDescending(input => input.Name, StringComparer.Ordinal).Take(labels.Inputs.Read).ToArray();
        var wanted = await WantedAsync(dataset, newest, cancellationToken);
        var names = labels.Labels.Select(label => label.Name).ToList();
        if (wanted.Count == 0) Unmatched(dataset, labels, names, found);
        if (!names.Contains(dataset.GroupBy)) found.Add(NoLabel("No series", dataset, names));
        else if (wanted.Count > 0 && wanted.All(series => series[dataset.GroupBy].Length == 0))
            found.Add(NoLabel("No series that Where leaves", dataset, wanted.SelectMany(series => series.Select(label => label.Key)).Distinct().Order(StringComparer.Ordinal)));
        else if (wanted.Count > 0)
        {
            var of = dataset.Where.Count > 0 ? $" of {HumanNumber.Count(labels.Series)}" : "";
            var where = labels.Inputs.Read < labels.Inputs.Count ? $" in the newest {Many(labels.Inputs.Read, "dump", "dumps")}" : "";
            found.Add(new Checked(true, $"{HumanNumber.Count(wanted.Count)}{of} series{where}{(dataset.Where.Count > 0 ? " match Where" : "")}; '{dataset.GroupBy}' makes {Many(Groups(dataset, wanted), "group", "groups")}."));
        }
    }

    private static Checked NoLabel(string which, Dataset dataset, IEnumerable<string> names) =>
        new(false, $"{which} has the label '{dataset.GroupBy}' (GroupBy). There are: {string.Join(", ", names)}.");

    // As an analysis makes them, which parts them by more than the label where they hold several quantities.
    private static int Groups(Dataset dataset, IEnumerable<Labels> series) =>
        Grouping.Group([.. series.Select(labels => new Series(labels, new SampleColumns(), default))], new GroupingOptions { GroupBy = dataset.GroupBy }).Count;

    private static async Task<IReadOnlyCollection<Labels>> WantedAsync(Dataset dataset, IReadOnlyList<InputObject> inputs, CancellationToken cancellationToken)
    {
        var wanted = new ConcurrentDictionary<Labels, byte>();
        await SeriesLoader.ReadAsync(inputs, new ReadOptions { Where = dataset.Where }, Environment.ProcessorCount, () => part => wanted.TryAdd(part.Labels, 0) || true, null, cancellationToken);
        return [.. wanted.Keys];
    }

    private static void Unmatched(Dataset dataset, LabelsView labels, List<string> names, List<Checked> found)
    {
        var before = found.Count;
        foreach (var matcher in dataset.Where)
        {
            var values = labels.Labels.FirstOrDefault(label => label.Name == matcher.Label)?.Values.Select(value => value.Value) ?? [];
            // A series without the label has an empty one.
            if (!values.Append(names.Contains(matcher.Label) ? null : "").OfType<string>().Any(matcher.Matches))
                found.Add(new Checked(false, $"No series matches {matcher} (Where). '{matcher.Label}' has: {string.Join(", ", values.Take(12))}."));
        }

        if (found.Count == before) found.Add(new Checked(false, $"No series matches all of Where together ({string.Join("; ", dataset.Where)}), though each has some; leave one out."));
    }

    private async Task MemoryAsync(Dataset dataset, IReadOnlyList<InputObject> inputs, List<Checked> found, CancellationToken cancellationToken)
    {
        if (dataset.Engine == Analyzer.Cluster) return; // it is the cluster's
        var need = MemoryEstimate.Bound(inputs);
        if (need > limits.Memory) need = MemoryEstimate.Of(await MemoryEstimate.CountAsync(inputs, dataset.Options.Read, Environment.ProcessorCount, null, cancellationToken));
        found.Add(need <= limits.Memory
            ? new Checked(true, $"An analysis needs at most {Size(need)} of memory; it may take {Size(limits.Memory)}.")
            : new Checked(false, $"An analysis needs about {Size(need)} of memory, and may take {Size(limits.Memory)}: take fewer samples (Where), or raise Analysis:Memory."));
    }

    private static string Many(int count, string one, string many) => $"{HumanNumber.Count(count)} {(count == 1 ? one : many)}";

    private static string Size(long bytes) => HumanNumber.Format(bytes, new Unit(Dimension.Bytes));

    private static async Task TryAsync(List<Checked> found, Func<Task> look)
    {
        try
        {
            await look();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            found.Add(new Checked(false, e.Message));
        }
    }
}
