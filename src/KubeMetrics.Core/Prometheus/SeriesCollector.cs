using System.Collections.Concurrent;

namespace KubeMetrics.Prometheus;

/// <summary>
/// Puts together the series whose parts come from many inputs, on any number of threads and in any order: the result
/// depends on what came, not on when. Sixteen bytes a sample.
/// <para>
/// Of several samples of one series at one time the largest stays. Where inputs overlap, it stays once: the others are
/// <see cref="DropCounts.Duplicate"/> where they equal it and <see cref="DropCounts.Conflicting"/> where they differ.
/// A sample that one input itself repeats, equal in time and value, stays as often as that input has it (the most often
/// any one has it) and is counted as <see cref="Series.Repeated"/>: a dump's own rows are taken as they stand, as a data
/// frame of it would have them.
/// </para>
/// </summary>
public sealed class SeriesCollector
{
    private readonly ConcurrentDictionary<Labels, Parts> _series = new();
    private int _inputs;

    /// <summary>A sink for one more input; it never has enough, and may be called from several threads at once.</summary>
    public SeriesSink NewInput()
    {
        var input = Interlocked.Increment(ref _inputs);
        return part =>
        {
            var parts = _series.GetOrAdd(part.Labels, static _ => new Parts());
            lock (parts) parts.Add(input, part);
            return true;
        };
    }

    /// <summary>
    /// Takes in one more input whole: what another collector made of that input alone. The columns are this one's from now on,
    /// and are not copied.
    /// </summary>
    public void Add(IReadOnlyList<Series> input)
    {
        var number = Interlocked.Increment(ref _inputs);
        foreach (var series in input)
        {
            var parts = _series.GetOrAdd(series.Labels, static _ => new Parts());
            lock (parts) parts.Add(number, series);
        }
    }

    /// <summary>
    /// The series, in order of their labels, each ordered by time. Gives away what was collected: the collector is empty
    /// afterwards.
    /// </summary>
    /// <param name="parallelism">How many threads may work on it.</param>
    /// <param name="cancellation">Stops it between two series.</param>
    public IReadOnlyList<Series> Collect(int parallelism = 1, CancellationToken cancellation = default)
    {
        var ordered = _series.OrderBy(pair => pair.Key, LabelsOrder.Instance).ToArray();
        _series.Clear();
        var result = new Series[ordered.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        Parallel.For(0, ordered.Length, options, i =>
        {
            var (labels, parts) = ordered[i];
            ordered[i] = default;
            result[i] = parts.Join(labels);
        });
        return result;
    }

    /// <summary>
    /// Columns as they came, each of one input: a long part has columns of its own, of just its size, so that the usual
    /// series (one input, one part) is never copied again; short ones share columns that grow.
    /// </summary>
    private sealed class Parts
    {
        private const int Long = 1 << 12;

        /// <summary>
        /// So far back the columns are looked for that a part may be put behind. An input's own lie near the end, as only
        /// few inputs are read at once; were they further away, it gets new ones, which <see cref="Join"/> takes together.
        /// Without this bound, the first part of each of many thousands of inputs looks through those of all before it.
        /// </summary>
        private const int Near = 32;

        private readonly List<(int Input, SampleColumns Columns)> _parts = [];
        private DropCounts _dropped;

        public void Add(int input, SeriesPart part)
        {
            _dropped += part.Dropped;
            var count = part.Times.Length;
            if (count == 0) return;
            var last = LastNear(input);
            if (last < 0 || _parts[last].Columns.Capacity - _parts[last].Columns.Count < count)
            {
                var room = last < 0 ? 0 : Math.Min(2 * _parts[last].Columns.Count, Long);
                last = _parts.Count;
                _parts.Add((input, new SampleColumns(Math.Max(count, room))));
            }

            _parts[last].Columns.AddRange(part.Times, part.Values);
        }

        public void Add(int input, Series whole)
        {
            _dropped += whole.Dropped;
            if (whole.Samples.Count > 0) _parts.Add((input, whole.Samples));
        }

        private int LastNear(int input)
        {
            for (var i = _parts.Count - 1; i >= Math.Max(0, _parts.Count - Near); i--)
                if (_parts[i].Input == input)
                    return i;
            return -1;
        }

        public Series Join(Labels labels)
        {
            var inputs = _parts.GroupBy(p => p.Input, p => p.Columns).Select(g => InOrder([.. g])).ToList();
            _parts.Clear();
            var repeated = inputs.Sum(i => i.Repeated);
            var dropped = _dropped + new DropCounts { Conflicting = inputs.Sum(i => i.Conflicting) };
            if (inputs.Count == 0) return new Series(labels, new SampleColumns(), dropped);
            if (inputs.Count == 1) return new Series(labels, inputs[0].Samples, dropped, repeated);
            var merged = SampleMerge.Of([.. inputs.Select(i => i.Samples)]);
            return new Series(labels, merged.Samples, dropped + merged.Dropped, merged.Repeated);
        }

        /// <summary>All columns of one input in one, those that start earlier first, each given up as soon as it is copied.</summary>
        private static (SampleColumns Samples, long Conflicting, long Repeated) InOrder(SampleColumns[] columns)
        {
            var all = columns[0];
            if (columns.Length > 1)
            {
                Array.Sort(columns, (a, b) => a.Times[0].CompareTo(b.Times[0]));
                all = new SampleColumns(columns.Sum(c => c.Count));
                for (var i = 0; i < columns.Length; i++)
                {
                    all.AddRange(columns[i].Times, columns[i].Values);
                    columns[i] = null!;
                }
            }

            var (conflicting, repeated) = all.Order();
            return (all, conflicting, repeated);
        }
    }
}
