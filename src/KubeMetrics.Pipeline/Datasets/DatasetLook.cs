using System.Collections.Concurrent;
using System.Text.Json;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Prometheus;
using KubeMetrics.Prometheus.Writing;

namespace KubeMetrics.Pipeline.Datasets;

/// <summary>How much was looked into.</summary>
/// <param name="Read">Inputs that were opened.</param>
/// <param name="Count">Inputs there are.</param>
public sealed record LookedInto(int Read, int Count);

/// <summary>The first samples as rows.</summary>
/// <param name="Inputs">How much was looked into.</param>
/// <param name="Problems">What could not be read.</param>
/// <param name="Labels">The labels that the rows have, by name.</param>
/// <param name="Rows">A row a sample.</param>
public sealed record PreviewView(LookedInto Inputs, IReadOnlyList<string> Problems, IReadOnlyList<string> Labels, IReadOnlyList<PreviewRow> Rows);

/// <summary>One sample.</summary>
/// <param name="Time">When (UTC).</param>
/// <param name="Value">Its value, finite.</param>
/// <param name="Labels">Its series' labels.</param>
public sealed record PreviewRow(DateTimeOffset Time, double Value, IReadOnlyDictionary<string, string> Labels);

/// <summary>The tree of fields.</summary>
/// <param name="Inputs">How much was looked into.</param>
/// <param name="Problems">What could not be read.</param>
/// <param name="Schema">The schema in Spark's JSON form.</param>
public sealed record SchemaView(LookedInto Inputs, IReadOnlyList<string> Problems, JsonElement Schema);

/// <summary>Metrics and labels.</summary>
/// <param name="Inputs">How much was looked into.</param>
/// <param name="Problems">What could not be read.</param>
/// <param name="Series">How many different series.</param>
/// <param name="Metrics">Each metric.</param>
/// <param name="Labels">Each label.</param>
public sealed record LabelsView(LookedInto Inputs, IReadOnlyList<string> Problems, int Series, IReadOnlyList<MetricView> Metrics, IReadOnlyList<LabelView> Labels);

/// <summary>A metric.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>gauge</c>, <c>counter</c> or <c>quantile</c>.</param>
/// <param name="Series">How many series.</param>
/// <param name="Samples">How many samples.</param>
/// <param name="From">The first sample's time.</param>
/// <param name="To">The last sample's time.</param>
/// <param name="IntervalSeconds">The median distance between samples.</param>
public sealed record MetricView(string Name, string Kind, int Series, long Samples, DateTimeOffset? From, DateTimeOffset? To, double? IntervalSeconds);

/// <summary>A label.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Series">How many series have it.</param>
/// <param name="Values">Its values.</param>
public sealed record LabelView(string Name, int Series, IReadOnlyList<LabelValueView> Values);

/// <summary>A label's value.</summary>
/// <param name="Value">The value.</param>
/// <param name="Series">How many series have it.</param>
public sealed record LabelValueView(string Value, int Series);

/// <summary>
/// Looks into a dataset's dumps: into as many of the newest as one waits for, and says how many. What was found stays in
/// memory while the inputs are the same.
/// </summary>
public sealed class DatasetLook(DatasetCatalog datasets, AnalysisPlaces places)
{
    private const long MostBytes = 256L << 20;
    private static readonly int Cores = Environment.ProcessorCount;
    private readonly ConcurrentDictionary<string, (string Inputs, LabelsView View)> _labels = new(StringComparer.OrdinalIgnoreCase);

    // One at a time: each takes all cores, and a page that is opened twice should not read everything twice at once.
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Metrics and labels.</summary>
    public async Task<LabelsView> LabelsAsync(string name, CancellationToken cancellationToken)
    {
        var (all, newest) = await InputsAsync(name, cancellationToken);
        var version = Claims<RunOwner>.Digest(string.Join('\n', all.Select(input => $"{input.Name} {input.ETag}")));
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_labels.TryGetValue(name, out var known) && known.Inputs == version) return known.View;
            var labels = new LabelSummarizer();
            long read = 0;
            var files = await SeriesLoader.ReadAsync(newest, ReadOptions.All, Cores,
                () => part => labels.Add(part) && Interlocked.Read(ref read) < MostBytes, bytes => Interlocked.Exchange(ref read, bytes), cancellationToken);
            var summary = labels.Summarize();
            var view = new LabelsView(
                new LookedInto(newest.Count, all.Count), [.. files.SelectMany(file => file.Problems).Select(problem => problem.Message)], summary.Series,
                [.. summary.Metrics.Select(m => new MetricView(m.Name, m.Kind.ToString().ToLowerInvariant(), m.Series, m.Samples, At(m.FirstMs), At(m.LastMs), m.IntervalMs / 1000))],
                [.. summary.Labels.Select(l => new LabelView(l.Name, l.Series, [.. l.Values.Select(v => new LabelValueView(v.Key, v.Value))]))]);
            _labels[name] = (version, view);
            return view;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The tree of fields.</summary>
    public async Task<SchemaView> SchemaAsync(string name, CancellationToken cancellationToken)
    {
        var (all, newest) = await InputsAsync(name, cancellationToken);
        var reader = new SchemaReader();
        var problems = new List<string>();
        await _one.WaitAsync(cancellationToken);
        try
        {
            foreach (var input in newest)
            {
                var (found, unreadable) = await InputText.ReadAsync(input, Cores, null, text => reader.Read(text, input.Name, cancellationToken), cancellationToken);
                problems.AddRange((found ?? [unreadable!]).Select(problem => problem.Message));
            }
        }
        finally
        {
            _one.Release();
        }

        using var schema = JsonDocument.Parse(SparkSchema.Write(reader.Schema));
        return new SchemaView(new LookedInto(newest.Count, all.Count), problems, schema.RootElement.Clone());
    }

    /// <summary>The first samples that all matchers want, of the newest inputs.</summary>
    public async Task<PreviewView> PreviewAsync(string name, IReadOnlyList<LabelMatcher> where, int limit, CancellationToken cancellationToken)
    {
        var (all, newest) = await InputsAsync(name, cancellationToken);
        var rows = new List<PreviewRow>();
        var problems = new List<string>();
        var opened = 0;
        foreach (var input in newest)
        {
            if (rows.Count >= limit) break;
            opened++;
            var (file, unreadable) = await InputText.ReadAsync(input, 1, null,
                text => SeriesFile.Read(text, input.Name, new ReadOptions { Where = where }, part => Take(part, rows, limit), cancellationToken), cancellationToken);
            problems.AddRange((file?.Problems ?? [unreadable!]).Select(problem => problem.Message));
        }

        return new PreviewView(new LookedInto(opened, all.Count), problems, [.. rows.SelectMany(row => row.Labels.Keys).Distinct().Order(StringComparer.Ordinal)], rows);
    }

    private static bool Take(SeriesPart part, List<PreviewRow> rows, int limit)
    {
        var labels = part.Labels.ToDictionary(label => label.Key, label => label.Value);
        for (var i = 0; i < part.Times.Length && rows.Count < limit; i++)
            rows.Add(new PreviewRow(DateTimeOffset.FromUnixTimeMilliseconds(part.Times[i]), part.Values[i], labels));
        return rows.Count < limit;
    }

    private async Task<(IReadOnlyList<InputObject> All, IReadOnlyList<InputObject> Newest)> InputsAsync(string name, CancellationToken cancellationToken)
    {
        var dataset = datasets.Get(name);
        var all = await places.InputsAsync(dataset, cancellationToken);
        if (all.Count == 0)
            throw new RefusedException(Refusal.Nothing, $"There are no dumps in {dataset.Location} (names that end in {DumpNames.Ends}).", $"Put some there, or correct Datasets:{dataset.Name}:Location.");
        var newest = new List<InputObject>();
        long bytes = 0;
        foreach (var input in all.OrderByDescending(input => input.Modified).ThenByDescending(input => input.Name, StringComparer.Ordinal))
        {
            if (newest.Count > 0 && bytes + input.Length > MostBytes) break;
            newest.Add(input);
            bytes += input.Length;
        }

        return (all, newest);
    }

    private static DateTimeOffset? At(long? ms) => ms is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
}
