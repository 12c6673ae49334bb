using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>
/// What was read of a dataset's inputs before, so that only those are opened that are new or have changed. The result is the
/// same as if all were: kept is what reading one whole gave, under its name, its ETag and what was wanted of it.
/// </summary>
internal sealed class KeptColumns
{
    // How many indexes are fetched at once: each is a request that mostly waits.
    private const int AtOnce = 8;

    private readonly ColumnPlace _place;
    private readonly string _reading;
    private readonly IReadOnlyList<InputObject> _inputs;
    private readonly List<PackFile> _packs;
    private readonly IReadOnlyList<ObjectEntry> _others;
    private readonly Dictionary<int, (PackFile Pack, PackedInput Input)> _found = [];
    private readonly ConcurrentDictionary<int, (FileReport Report, IReadOnlyList<Series> Series)> _opened = [];
    private Action<long>? _count;

    private KeptColumns(ColumnPlace at, string reading, IReadOnlyList<InputObject> inputs, List<PackFile> packs, IReadOnlyList<ObjectEntry> others)
    {
        (_place, _reading, _inputs, _packs, _others) = (at, reading, inputs, packs, others);
        var places = new Dictionary<(string, string), int>();
        for (var i = 0; i < inputs.Count; i++) places[(inputs[i].Name, inputs[i].ETag)] = i;
        // The largest first: of what is kept twice, that in the smaller packs is the one too many.
        foreach (var pack in packs.OrderByDescending(pack => pack.Entry.Size).ThenBy(pack => pack.Entry.Key, StringComparer.Ordinal))
        {
            foreach (var input in pack.Index?.Inputs ?? [])
                if (places.TryGetValue((input.Name, input.ETag), out var place) && _found.TryAdd(place, (pack, input)))
                    pack.Live.Add(input);
        }
    }

    /// <summary>The inputs that have to be opened.</summary>
    internal IReadOnlyList<InputObject> Missing => [.. _inputs.Where((_, i) => !_found.ContainsKey(i))];

    /// <summary>The inputs that were opened.</summary>
    internal IReadOnlyList<InputObject> Opened => [.. _opened.Keys.Order().Select(i => _inputs[i])];

    /// <summary>How many samples the others have.</summary>
    internal long Samples => _found.Values.Sum(found => found.Input.Report.Samples);

    /// <summary>Looks what there is; where that can't be told, it is as if there were nothing.</summary>
    internal static async Task<KeptColumns> OpenAsync(ColumnPlace place, IReadOnlyList<LabelMatcher> where, IReadOnlyList<InputObject> inputs, CancellationToken cancellationToken)
    {
        var reading = ColumnPlace.ReadingOf(where);
        var own = (await place.ListAsync(cancellationToken)).ToLookup(entry => place.IsOf(reading, entry.Key));
        var packs = new ConcurrentBag<PackFile>();
        await Parallel.ForEachAsync(own[true], new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (entry, token) =>
            await place.TryAsync(async () =>
            {
                if (await PackFile.OpenAsync(place.Store, entry, token) is { } pack) packs.Add(pack);
            }));
        return new KeptColumns(place, reading, inputs, [.. packs], [.. own[false]]);
    }

    /// <summary>All series of all inputs without their samples, in order of their labels; all inputs are kept or opened by then.</summary>
    internal IReadOnlyList<SeriesOutline> Outlines()
    {
        var parts = new Dictionary<Labels, List<SeriesPartOutline>>();
        void Add(int place, bool whole, Labels labels, TimeSpread? times)
        {
            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(parts, labels, out _);
            (list ??= []).Add(new SeriesPartOutline(_inputs[place].Name, _inputs[place].ETag, whole, times));
        }

        foreach (var (place, found) in _found)
            foreach (var head in found.Pack.HeadsOf(found.Input))
                Add(place, whole: true, head.Labels, head.Times);
        foreach (var (place, opened) in _opened)
            foreach (var series in opened.Series)
                Add(place, IsWhole(opened.Report), series.Labels, TimeSpread.Of(series.Samples));
        return [.. parts.OrderBy(pair => pair.Key, LabelsOrder.Instance).Select(pair => new SeriesOutline(pair.Key, pair.Value))];
    }

    /// <summary>Opens what is not kept, and keeps it.</summary>
    internal async Task OpenMissingAsync(ReadOptions options, int parallelism, Action<long>? onBytes, CancellationToken cancellationToken)
    {
        var left = Enumerable.Range(0, _inputs.Count).Where(i => !_found.ContainsKey(i) && !_opened.ContainsKey(i)).ToArray();
        using var keeper = new PackKeeper(_place, _reading, _place.Limit - _packs.Sum(pack => pack.LiveBytes));
        _count ??= SeriesLoader.Counter(onBytes);
        await SeriesLoader.OnAllCoresAsync([.. left.Select(i => _inputs[i])], parallelism, async (i, threads, token) =>
        {
            var input = _inputs[left[i]];
            var alone = new SeriesCollector();
            var report = await SeriesLoader.ReadOneAsync(input, options with { Parallelism = threads }, alone.NewInput(), _count, token);
            var series = alone.Collect(threads, token);
            if (IsWhole(report)) await keeper.AddAsync(input.Name, input.ETag, report, series, token);
            _opened[left[i]] = (report, series);
        }, cancellationToken);
        await keeper.EndAsync(cancellationToken);
        // Read anew it may have come out as it was before it was damaged: what was written over is not there any more to be deleted.
        var written = keeper.Written.Select(pack => pack.Entry.Key).ToHashSet(StringComparer.Ordinal);
        _packs.RemoveAll(pack => written.Contains(pack.Entry.Key));
        _packs.AddRange(keeper.Written);
    }

    /// <summary>
    /// Puts the series together that are wanted, of what was opened and what is kept; what is kept counts as read at once. Can be done once, as the
    /// columns are given away. Null where something turns out to be gone or damaged: that has to be opened then.
    /// </summary>
    internal async Task<LoadedSeries?> LoadAsync(Func<Labels, bool>? wanted, int parallelism, CancellationToken cancellationToken)
    {
        var collector = new SeriesCollector();
        if (!await TakeAsync(collector, wanted, parallelism, cancellationToken)) return null;
        foreach (var (_, series) in _opened.Values) collector.Add(wanted is null ? series : [.. series.Where(one => wanted(one.Labels))]);
        var reports = Enumerable.Range(0, _inputs.Count).Select(i => _opened.TryGetValue(i, out var opened) ? opened.Report : _found[i].Input.Report).ToArray();
        foreach (var place in _opened.Keys) _opened[place] = (_opened[place].Report, []);
        return new LoadedSeries(collector.Collect(parallelism, cancellationToken), reports);
    }

    /// <summary>Deletes what is of no use any more or too much, and makes one pack of many small ones.</summary>
    internal async Task SettleAsync(CancellationToken cancellationToken)
    {
        PackState[] states =
        [
            .. _packs.Select(pack => new PackState(pack.Entry, Own: true, pack.LiveBytes, pack.StaleBytes, pack.IsDamaged)),
            .. _others.Select(entry => new PackState(entry, Own: false)),
        ];
        var (anew, deleted) = PackChoice.Of(states, _place.Limit, _place.Time.GetUtcNow());
        using var keeper = new PackKeeper(_place, _reading, long.MaxValue);
        foreach (var pack in _packs.Where(pack => anew.Contains(pack.Entry.Key)))
        {
            var read = new List<(PackedInput Input, Series[] Series)>();
            var whole = await _place.TryAsync(() => pack.ReadAsync(_place.Store, [.. pack.Live], null, (input, series) => read.Add((input, series)), cancellationToken));
            foreach (var (input, series) in read) await keeper.AddAsync(input.Name, input.ETag, input.Report, series, cancellationToken);
            if (whole) deleted.Add(pack.Entry.Key);
        }

        await keeper.EndAsync(cancellationToken);
        // Made anew it may have come out as it was.
        deleted.ExceptWith(keeper.Written.Select(pack => pack.Entry.Key));
        if (keeper.HasFailed) deleted.ExceptWith(anew);
        foreach (var key in deleted) await _place.TryAsync(() => _place.Store.DeleteAsync(key, cancellationToken));
    }

    /// <summary>Takes what is kept. False where some of it turns out to be gone or damaged, and counts as missing from now on.</summary>
    private async Task<bool> TakeAsync(SeriesCollector collector, Func<Labels, bool>? wanted, int parallelism, CancellationToken cancellationToken)
    {
        var places = new Dictionary<PackedInput, int>(ReferenceEqualityComparer.Instance);
        foreach (var (place, found) in _found) places[found.Input] = place;
        var taken = new ConcurrentDictionary<int, bool>();
        var packs = _found.Values.Select(found => found.Pack).Distinct();
        await Parallel.ForEachAsync(packs, new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken }, async (pack, token) =>
            await _place.TryAsync(() => pack.ReadAsync(_place.Store, [.. pack.Live], wanted, (input, series) =>
            {
                collector.Add(series);
                taken[places[input]] = true;
            }, token)));
        foreach (var place in _found.Keys.ToList())
        {
            if (taken.ContainsKey(place)) _count?.Invoke(_inputs[place].Length);
            else if (_found.Remove(place, out var gone)) gone.Pack.Live.Remove(gone.Input);
        }

        return taken.Count == places.Count;
    }

    // What the store did not give out may be read the next time. Of more problems than are named it can't be said whether that is among them.
    private static bool IsWhole(FileReport report) => report.ProblemCount <= FileReport.ProblemsNamed && report.Problems.All(problem => problem.Kind != ProblemKind.Unreadable);
}
