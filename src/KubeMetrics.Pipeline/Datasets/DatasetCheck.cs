using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Prometheus;

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
                found.Add(new Checked(false, $"There are no dumps in {dataset.Location} (names that end in {DumpNames.Ends})."));
                return;
            }

            var bytes = inputs.Sum(input => input.Length);
            found.Add(new Checked(true, $"{HumanNumber.Count(inputs.Count)} {(inputs.Count == 1 ? "dump" : "dumps")} in {dataset.Location}, {Size(bytes)}."));
            var labels = await look.LabelsAsync(dataset.Name, cancellationToken);
            foreach (var problem in labels.Problems.Take(3)) found.Add(new Checked(null, problem));
            Labels(dataset, labels, found);
            await MemoryAsync(dataset, inputs, found, cancellationToken);
        });
        await TryAsync(found, async () =>
        {
            var (store, prefix) = places.ReportPlace(dataset);
            var key = ObjectKey.AsPrefix(prefix) + Probe;
            await store.PutBytesAsync(key, "written by a check, and deleted again"u8.ToArray(), cancellationToken: cancellationToken);
            await store.DeleteAsync(key, cancellationToken);
            found.Add(new Checked(true, $"Reports can be written to {dataset.Reports}."));
        });
        return found;
    }

    private static void Labels(Dataset dataset, LabelsView labels, List<Checked> found)
    {
        if (labels.Series == 0)
        {
            found.Add(new Checked(false, "No series could be read; see what is said of the dumps."));
            return;
        }

        var names = labels.Labels.Select(label => label.Name).ToList();
        found.Add(names.Contains(dataset.GroupBy)
            ? new Checked(true, $"{HumanNumber.Count(labels.Series)} series; '{dataset.GroupBy}' makes {HumanNumber.Count(labels.Labels.First(l => l.Name == dataset.GroupBy).Values.Count)} groups at most.")
            : new Checked(false, $"No series has the label '{dataset.GroupBy}' (GroupBy). There are: {string.Join(", ", names)}."));
        foreach (var matcher in dataset.Where)
        {
            var values = labels.Labels.FirstOrDefault(label => label.Name == matcher.Label)?.Values.Select(value => value.Value) ?? [];
            // A series without the label has an empty one.
            if (!values.Append(names.Contains(matcher.Label) ? null : "").OfType<string>().Any(matcher.Matches))
                found.Add(new Checked(false, $"No series matches {matcher} (Where). '{matcher.Label}' has: {string.Join(", ", values.Take(12))}."));
        }
    }

    private async Task MemoryAsync(Dataset dataset, IReadOnlyList<InputObject> inputs, List<Checked> found, CancellationToken cancellationToken)
    {
        var need = MemoryEstimate.Bound(inputs);
        if (need > limits.Memory) need = MemoryEstimate.Of(await MemoryEstimate.CountAsync(inputs, dataset.Options, Environment.ProcessorCount, null, cancellationToken));
        found.Add(need <= limits.Memory
            ? new Checked(true, $"An analysis needs at most {Size(need)} of memory; it may take {Size(limits.Memory)}.")
            : new Checked(false, $"An analysis needs about {Size(need)} of memory, and may take {Size(limits.Memory)}: take fewer samples (Where), or raise Analysis:Memory."));
    }

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
