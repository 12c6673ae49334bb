using System.Collections.Concurrent;
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
    internal IReadOnlyList<InputObject> Opened { get; private set; } = [];

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

    /// <summary>As <see cref="SeriesLoader.LoadAsync"/>, all inputs; what is kept counts as read at once.</summary>
    internal async Task<LoadedSeries> LoadAsync(ReadOptions options, int parallelism, Action<long>? onBytes, CancellationToken cancellationToken)
    {
        var collector = new SeriesCollector();
        var reports = new FileReport?[_inputs.Count];
        var count = SeriesLoader.Counter(onBytes);
        await TakeAsync(collector, reports, parallelism, count, cancellationToken);

        var left = Enumerable.Range(0, _inputs.Count).Where(i => reports[i] is null).ToArray();
        using var keeper = new PackKeeper(_place, _reading, _place.Limit - _packs.Sum(pack => pack.LiveBytes));
        Opened = [.. left.Select(i => _inputs[i])];
        await SeriesLoader.OnAllCoresAsync(Opened, parallelism, async (i, threads, token) =>
        {
            var input = Opened[i];
            var alone = new SeriesCollector();
            var report = await SeriesLoader.ReadOneAsync(input, options with { Parallelism = threads }, alone.NewInput(), count, token);
            reports[left[i]] = report;
            var series = alone.Collect(threads, token);
            if (IsWhole(report)) await keeper.AddAsync(input.Name, input.ETag, report, series, token);
            collector.Add(series);
        }, cancellationToken);
        await keeper.EndAsync(cancellationToken);
        _packs.AddRange(keeper.Written);
        return new LoadedSeries(collector.Collect(parallelism, cancellationToken), reports!);
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
            var whole = await _place.TryAsync(() => pack.ReadAsync(_place.Store, [.. pack.Live], (input, series) => read.Add((input, series)), cancellationToken));
            foreach (var (input, series) in read) await keeper.AddAsync(input.Name, input.ETag, input.Report, series, cancellationToken);
            if (whole) deleted.Add(pack.Entry.Key);
        }

        await keeper.EndAsync(cancellationToken);
        // Made anew it may have come out as it was.
        deleted.ExceptWith(keeper.Written.Select(pack => pack.Entry.Key));
        if (keeper.HasFailed) deleted.ExceptWith(anew);
        foreach (var key in deleted) await _place.TryAsync(() => _place.Store.DeleteAsync(key, cancellationToken));
    }

    /// <summary>Takes what is kept; what turns out to be gone or damaged has no report then.</summary>
    private Task TakeAsync(SeriesCollector collector, FileReport?[] reports, int parallelism, Action<long>? count, CancellationToken cancellationToken)
    {
        var places = new Dictionary<PackedInput, int>(ReferenceEqualityComparer.Instance);
        foreach (var (place, found) in _found) places[found.Input] = place;
        var packs = _packs.Where(pack => pack.Live.Count > 0);
        return Parallel.ForEachAsync(packs, new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken }, async (pack, token) =>
        {
            var taken = new HashSet<PackedInput>(ReferenceEqualityComparer.Instance);
            await _place.TryAsync(() => pack.ReadAsync(_place.Store, [.. pack.Live], (input, series) =>
            {
                collector.Add(series);
                var place = places[input];
                reports[place] = input.Report;
                taken.Add(input);
                count?.Invoke(_inputs[place].Length);
            }, token));
            pack.Live.IntersectWith(taken);
        });
    }

    // What the store did not give out may be read the next time. Of more problems than are named it can't be said whether that is among them.
    private static bool IsWhole(FileReport report) => report.ProblemCount <= FileReport.ProblemsNamed && report.Problems.All(problem => problem.Kind != ProblemKind.Unreadable);
}
