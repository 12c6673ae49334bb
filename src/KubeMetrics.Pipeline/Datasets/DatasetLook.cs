using System.Collections.Concurrent;
using System.Text.Json;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Prometheus;
using KubeMetrics.Prometheus.Writing;

namespace KubeMetrics.Pipeline.Datasets;

/// <summary>How much was looked into.</summary>
/// <param name="Read">Inputs that were read.</param>
/// <param name="Count">Inputs there are.</param>
/// <param name="Partly">The last of those that were read is so large that only its beginning was.</param>
public sealed record LookedInto(int Read, int Count, bool Partly);

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
    private static readonly int Cores = Environment.ProcessorCount;
    private readonly ConcurrentDictionary<string, (string Inputs, LabelsView View)> _labels = new(StringComparer.OrdinalIgnoreCase);

    // One at a time: each takes all cores, and a page that is opened twice should not read everything twice at once.
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>So many bytes, as stored, are read for one look.</summary>
    internal long MostBytes { get; init; } = 256L << 20;

    /// <summary>Metrics and labels.</summary>
    public async Task<LabelsView> LabelsAsync(string name, CancellationToken cancellationToken)
    {
        var (all, newest) = await InputsAsync(name, cancellationToken);
        var version = Claims.Digest(string.Join('\n', all.Select(input => $"{input.Name} {input.ETag}")));
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_labels.TryGetValue(name, out var known) && known.Inputs == version) return known.View;
            var labels = new LabelSummarizer();
            long read = 0;
            var files = await SeriesLoader.ReadAsync(newest, ReadOptions.All, Cores,
                () => part => labels.Add(part) && Interlocked.Read(ref read) <= MostBytes, bytes => Interlocked.Exchange(ref read, bytes), cancellationToken);
            var summary = labels.Summarize();
            var view = new LabelsView(
                new LookedInto(files.Count(WasRead), all.Count, Interlocked.Read(ref read) > MostBytes), [.. files.SelectMany(file => file.Problems).Select(problem => problem.Message)], summary.Series,
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
        var (inputs, problems) = await ReadAsync(all, newest, Cores, (text, input) => reader.Read(text, input, cancellationToken), () => false, cancellationToken);
        using var schema = JsonDocument.Parse(SparkSchema.Write(reader.Schema));
        return new SchemaView(inputs, problems, schema.RootElement.Clone());
    }

    /// <summary>The first samples that all matchers want, of the newest inputs.</summary>
    public async Task<PreviewView> PreviewAsync(string name, IReadOnlyList<LabelMatcher> where, int limit, CancellationToken cancellationToken)
    {
        var (all, newest) = await InputsAsync(name, cancellationToken);
        var rows = new List<PreviewRow>();
        var options = new ReadOptions { Where = where };
        var (inputs, problems) = await ReadAsync(all, newest, 1,
            (text, input) => SeriesFile.Read(text, input, options, part => Take(part, rows, limit), cancellationToken).Problems, () => rows.Count >= limit, cancellationToken);
        return new PreviewView(inputs, problems, [.. rows.SelectMany(row => row.Labels.Keys).Distinct().Order(StringComparer.Ordinal)], rows);
    }

    /// <summary>Has inputs read one after the other, until that is enough or the bytes are spent.</summary>
    private async Task<(LookedInto Inputs, IReadOnlyList<string> Problems)> ReadAsync(
        IReadOnlyList<InputObject> all, IReadOnlyList<InputObject> newest, int parallelism, Func<Stream, string, IReadOnlyList<ReadProblem>> read, Func<bool> isEnough, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        var (opened, bytes, partly) = (0, 0L, false);
        await _one.WaitAsync(cancellationToken);
        try
        {
            foreach (var input in newest)
            {
                if (partly || isEnough()) break;
                try
                {
                    var (found, unreadable) = await InputText.ReadAsync(input, parallelism, Spend, text => read(text, input.Name), cancellationToken);
                    problems.AddRange((found ?? [unreadable!]).Select(problem => problem.Message));
                    if (found is not null) opened++;
                }
                catch (SpentException)
                {
                    opened++;
                    partly = true;
                }
            }
        }
        finally
        {
            _one.Release();
        }

        return (new LookedInto(opened, all.Count, partly), problems);

        void Spend(long more)
        {
            if (more > 0 && bytes > MostBytes) throw new SpentException();
            bytes += more;
        }
    }

    private static bool WasRead(FileReport file) => file.Bytes > 0 || file.Problems.All(problem => problem.Kind is not (ProblemKind.Unreadable or ProblemKind.Damaged));

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
            throw new RefusedException(Refusal.Nothing, dataset.Nothing.Detail, dataset.Nothing.Remedy);
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

    /// <summary>Ends the reading of an input that is larger than one waits for; readers pass it through, as they don't know it.</summary>
    private sealed class SpentException : Exception;
}
