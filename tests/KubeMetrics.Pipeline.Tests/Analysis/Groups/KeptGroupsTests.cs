using System.Text;
using CsCheck;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Analysis.Columns;
using KubeMetrics.Pipeline.Analysis.Groups;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Tests.Analysis.Groups;

/// <summary>An analysis that computes only the groups that changed gives what one of everything gives, to the byte; CsCheck prints the seed of what fails.</summary>
public sealed class KeptGroupsTests
{
    private static readonly AnalysisOptions[] Options =
    [
        new() { Name = "X", GroupBy = "op" },
        new() { Name = "X", GroupBy = "op", Window = TimeSpan.FromMinutes(40) },
        new() { Name = "X", GroupBy = "op", Window = TimeSpan.FromMinutes(4000) },
        new() { Name = "X", GroupBy = "op", Raw = true },
        new() { Name = "X", GroupBy = "op", Unit = new Unit(Dimension.Bytes), Where = [Prometheus.LabelMatcher.Parse("op!=c")] },
        new() { Name = "X", GroupBy = "host" },
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What happens to a dataset between two analyses.</summary>
    private sealed record Event(int File, (int Op, int Host, int Metric, int Quantile, int Start, int Count, int Seed)[] Series, int Kind);

    private static readonly Gen<Event> AnyEvent = Gen.Select(
        Gen.Int[0, 5],
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 1], Gen.Int[0, 5], Gen.Int[0, 4], Gen.Int[0, 90], Gen.Int[0, 40], Gen.Int[0, 99]).Select((a, b, c, d, e, f, g) => (a, b, c, d, e, f, g)).Array[1, 4],
        Gen.Int[0, 9]).Select((file, series, kind) => new Event(file, series, kind));

    [Fact]
    public async Task Arrivals_changes_and_deletions_give_the_report_that_computing_everything_gives()
    {
        var (reused, groups) = (0, 0);
        await Gen.Select(AnyEvent.Array[2, 7], Gen.Int[0, Options.Length - 1]).SampleAsync(async (events, which) =>
        {
            using var bucket = new Bucket();
            foreach (var one in events)
            {
                await bucket.HappenAsync(one);
                var (kept, anew, of, all) = await bucket.AnalyseAsync(Options[which]);
                Assert.Equal(anew, kept);
                Interlocked.Add(ref reused, of);
                Interlocked.Add(ref groups, all);
            }
        }, iter: 150, threads: 1);

        // Else nothing was shown: of groups that were there before, many did not change.
        Assert.InRange(reused, groups / 10, groups - 1);
    }

    [Fact]
    public async Task A_group_that_nothing_arrived_for_is_not_unpacked_and_one_that_something_did_is()
    {
        using var bucket = new Bucket();
        await bucket.PutAsync("a.json", Line("a", 0, 30));
        await bucket.PutAsync("b.json", Line("b", 0, 30));
        Assert.Equal(0, (await bucket.AnalyseAsync(Options[0])).Reused);

        await bucket.PutAsync("more.json", Line("b", 30, 10));

        Assert.Equal(["a"], await bucket.KnownAsync(Options[0]));
    }

    [Fact]
    public async Task In_a_window_that_moves_over_its_samples_a_group_is_computed_anew_and_one_that_lies_within_is_not()
    {
        using var bucket = new Bucket();
        await bucket.PutAsync("a.json", Line("a", 0, 60));
        await bucket.PutAsync("b.json", Line("b", 50, 10));
        await bucket.AnalyseAsync(Options[1]);
        Assert.Equal(["a", "b"], await bucket.KnownAsync(Options[1]));

        await bucket.PutAsync("c.json", Line("c", 62, 1));

        Assert.Equal(["b"], await bucket.KnownAsync(Options[1]));
    }

    [Fact]
    public async Task A_dump_that_could_not_be_read_to_its_end_leaves_no_group_that_is_taken_for_whole()
    {
        using var bucket = new Bucket();
        await bucket.PutAsync("a.json", Line("a", 0, 30) + Line("b", 0, 30));
        var torn = new UnreadableStore(bucket.Dumps, _ => true, 1);

        await bucket.AnalyseAsync(Options[0], torn, compare: false);

        Assert.Empty(await bucket.KnownAsync(Options[0]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(-1)]
    [InlineData(-9)]
    [InlineData(-30)]
    public async Task What_is_damaged_is_computed_anew(int at)
    {
        using var bucket = new Bucket();
        await bucket.PutAsync("a.json", Line("a", 0, 30));
        await bucket.AnalyseAsync(Options[0]);
        await bucket.DamageAsync(".groups", at);

        var (kept, anew, reused, _) = await bucket.AnalyseAsync(Options[0]);

        Assert.Equal((anew, 0), (kept, reused));
        Assert.Equal(1, (await bucket.AnalyseAsync(Options[0])).Reused); // mended
    }

    [Fact]
    public async Task Where_columns_turn_out_to_be_damaged_every_group_is_computed_anew()
    {
        using var bucket = new Bucket();
        await bucket.PutAsync("a.json", Line("a", 0, 30) + Line("b", 0, 30));
        await bucket.AnalyseAsync(Options[0]);
        await bucket.DamageAsync(".pack", 3);
        await bucket.PutAsync("b.json", Line("a", 30, 10) + Line("c", 0, 9));

        var (kept, anew, reused, _) = await bucket.AnalyseAsync(Options[0]);

        Assert.Equal((anew, 0), (kept, reused));
    }

    [Fact]
    public async Task Names_that_cannot_be_written_whole_are_computed_anew()
    {
        using var bucket = new Bucket();
        await bucket.PutAsync("a.json", Line("a", 0, 30) + Line("half \\ud800", 0, 30));
        await bucket.AnalyseAsync(Options[0]);

        var (kept, anew, reused, _) = await bucket.AnalyseAsync(Options[0]);

        Assert.Equal((anew, 1), (kept, reused));
    }

    [Fact]
    public async Task A_state_that_cannot_be_written_or_read_is_no_trouble()
    {
        using var bucket = new Bucket();
        await bucket.PutAsync("a.json", Line("a", 0, 30));
        foreach (var store in (IObjectStore[])[new ReadOnlyStore(bucket.State), new UnreadableStore(bucket.State, _ => true, int.MaxValue)])
        {
            var (kept, anew, reused, _) = await bucket.AnalyseAsync(Options[0], state: store);
            Assert.Equal((anew, 0), (kept, reused));
        }
    }

    [Fact]
    public async Task Other_options_have_summaries_of_their_own()
    {
        using var bucket = new Bucket();
        await bucket.PutAsync("a.json", Line("a", 0, 30, metric: "bytes_total"));
        await bucket.AnalyseAsync(Options[0]);

        var (kept, anew, reused, _) = await bucket.AnalyseAsync(Options[3]);

        Assert.Equal((anew, 0), (kept, reused));
        Assert.Equal(1, (await bucket.AnalyseAsync(Options[0])).Reused);
    }

    private static string Line(string op, int start, int count, string host = "h", string metric = "op_seconds", string quantile = "", int seed = 1) =>
        $$"""{"metric":{"__name__":"{{metric}}","op":"{{op}}","host":"{{host}}","quantile":"{{quantile}}"},"values":[{{string.Join(',', Enumerable.Range(start, count).Select(i => $"[{60 * i},\"{Value(i, seed)}\"]"))}}]}""" + "\n";

    // Some are no numbers, some come out the same of different seeds, as duplicates of other inputs.
    private static string Value(int i, int seed) => (i * 7919 + seed % 3) % 23 == 0 ? "NaN" : $"{1 + (i * 31 + seed % 3) % 17}.{seed % 2}";

    /// <summary>Dumps and what is kept of them.</summary>
    private sealed class Bucket : IDisposable
    {
        private readonly TemporaryBucket _dumps = new();
        private readonly TemporaryBucket _state = new();
        private readonly ManualTime _time = new();

        public IObjectStore Dumps => _dumps.Store;

        public IObjectStore State => _state.Store;

        public void Dispose()
        {
            _dumps.Dispose();
            _state.Dispose();
        }

        public Task PutAsync(string name, string text) => _dumps.Store.PutBytesAsync(name, Encoding.UTF8.GetBytes(text), cancellationToken: Cancellation);

        public async Task HappenAsync(Event one)
        {
            var name = $"dump-{one.File}.json";
            if (one.Kind == 0)
            {
                await _dumps.Store.DeleteAsync(name, Cancellation);
                return;
            }

            var text = string.Concat(one.Series.Select(series => Line(
                "abcd"[series.Op].ToString(), series.Start, series.Count, $"h{series.Host}", series.Metric == 0 ? "op_bytes_total" : "op_seconds", series.Quantile == 0 ? "0.5" : "0.9", series.Seed)));
            await PutAsync(name, one.Kind == 1 ? text[..^9] : text); // cut off, at times
        }

        private ColumnPlace Place(IObjectStore? state) => new(state ?? _state.Store, "state/columns/X", "X", 1 << 30, _time, null);

        public async Task<(string Kept, string Anew, int Reused, int Groups)> AnalyseAsync(AnalysisOptions options, IObjectStore? dumps = null, IObjectStore? state = null, bool compare = true)
        {
            var inputs = await StoreInputs.ListAsync(dumps ?? _dumps.Store, "", Cancellation);
            var columns = await KeptColumns.OpenAsync(Place(state), options.Where, inputs, Cancellation);
            var groups = await KeptGroups.OpenAsync(Place(state), options, Cancellation);
            var analyzer = new Analyzer(_time, 2);
            try
            {
                var result = await analyzer.AnalyzeAsync(inputs, options, columns, groups, null, Cancellation);
                await groups.KeepAsync(result.Report.Groups, result.Digests, Cancellation);
                await columns.SettleAsync(Cancellation);
                var anew = compare ? await analyzer.AnalyzeAsync(inputs, options, null, Cancellation) : result;
                // Those that were reused have no samples here, and their summary has some.
                var empty = result.Series.Where(series => series.Samples.Count == 0).Select(series => series.Labels).ToHashSet();
                var reused = result.Report.Groups.Count(group => group.Counts.Kept > 0 && group.Series.All(series => empty.Contains(series.Labels)));
                return (Text(result), Text(anew), reused, result.Report.Groups.Count);
            }
            catch (NothingToAnalyzeException e)
            {
                var message = compare ? (await Assert.ThrowsAsync<NothingToAnalyzeException>(() => analyzer.AnalyzeAsync(inputs, options, null, Cancellation))).Message : e.Message;
                return (e.Message, message, 0, 0);
            }

            static string Text(AnalysisResult result) => Encoding.UTF8.GetString(ReportJson.Write(result.Report));
        }

        /// <summary>The groups that would not be computed anew.</summary>
        public async Task<IEnumerable<string>> KnownAsync(AnalysisOptions options)
        {
            var inputs = await StoreInputs.ListAsync(_dumps.Store, "", Cancellation);
            var columns = await KeptColumns.OpenAsync(Place(null), options.Where, inputs, Cancellation);
            await columns.OpenMissingAsync(new Prometheus.ReadOptions { Where = options.Where }, 1, null, Cancellation);
            return KnownGroups.Of(columns.Outlines(), options, await KeptGroups.OpenAsync(Place(null), options, Cancellation)).Summaries.Keys.Order();
        }

        public async Task DamageAsync(string extension, int at)
        {
            await foreach (var entry in _state.Store.ListAsync("", Cancellation))
            {
                if (!entry.Key.EndsWith(extension, StringComparison.Ordinal)) continue;
                var content = (await _state.Store.GetBytesAsync(entry.Key, cancellationToken: Cancellation))!.Value.Content;
                content[at < 0 ? content.Length + at : at] ^= 1;
                await _state.Store.PutBytesAsync(entry.Key, content, cancellationToken: Cancellation);
                return;
            }

            Assert.Fail($"There is no {extension}.");
        }
    }
}
