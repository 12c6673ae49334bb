using System.IO.Compression;
using System.Text;
using ICSharpCode.SharpZipLib.BZip2;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Analysis.Columns;
using KubeMetrics.Pipeline.Demo;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Prometheus;
using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Tests.Analysis.Columns;

/// <summary>An analysis of what is kept gives what an analysis of the inputs gives, to the byte.</summary>
public sealed class KeptColumnsTests : IDisposable
{
    private readonly TemporaryBucket _dumps = new();
    private readonly TemporaryBucket _state = new();
    private readonly ManualTime _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _dumps.Dispose();
        _state.Dispose();
    }

    // Each with something that a report tells, or that matters when inputs are put together.
    private static readonly (string Name, string Text)[] Odd =
    [
        ("plain.json", Line("a", "[10,\"1\"],[20,\"2\"],[30,\"3.25\"]") + Line("b", "[10,\"5\"],[20,\"NaN\"],[30,\"+Inf\"]")),
        ("overlaps.json", Line("a", "[20,\"2\"],[30,\"9\"],[40,\"4\"]") + Line("c", "[10,\"NaN\"]")),
        ("repeats.json", Line("a", "[50,\"1\"],[50,\"1\"],[60,\"2\"],[60,\"3\"],[55,\"7\"]")),
        ("repeats-too.json", Line("a", "[50,\"1\"],[50,\"1\"],[50,\"1\"],[60,\"3\"]")),
        ("twice.json", Line("a", "[70,\"1\"],[80,\"2\"]") + Line("b", "[70,\"1\"]") + Line("a", "[75,\"3\"],[70,\"1\"]")),
        ("malformed.json", Line("b", "[90,\"x\"],[\"y\",\"1\"],[91,\"-0\"],[92,\"0.1\"],[93.5,\"1e-7\"],[94,\"123456789.123456789\"]")),
        ("cut.json", Line("b", "[100,\"1\"],[110,\"2\"]")[..^9]),
        ("broken.json", "{\"metric\":{]\n" + Line("d", "[10,\"1\"]")),
        ("very-broken.json", string.Concat(Enumerable.Repeat("{\"metric\":{]\n", 12)) + Line("d", "[20,\"1\"]")),
        ("empty.json", ""),
        ("text.json", "no JSON"),
        ("no-series.json", "{\"a\":1}\n[3]\n"),
        ("error.json", "{\"status\":\"error\",\"error\":\"no such metric\"}"),
        ("corrupt.json", "{\"_corrupt_record\":\"x\"}\n" + Line("e", "[10,\"1\"]")),
        ("unicode.json", Line("日本 “x” \\u00e9 \\ud83d\\ude00", "[10,\"1\"],[20,\"2\"]")),
        ("spark.jsonl", "{\"metric\":{\"__name__\":\"op_seconds\",\"op\":\"a\",\"host\":null},\"values\":[[\"120\",\"1\"],[\"1.3E2\",\"2\"]]}\n"),
    ];

    private static string Line(string op, string values) => $$"""{"metric":{"__name__":"op_seconds","op":"{{op}}","host":"h"},"values":[{{values}}]}""" + "\n";

    private Task PutAsync(string name, string text) => PutAsync(name, Encoding.UTF8.GetBytes(text));

    private Task PutAsync(string name, byte[] content) => _dumps.Store.PutBytesAsync(name, content, cancellationToken: Cancellation);

    private async Task PutOddAsync()
    {
        foreach (var (name, text) in Odd) await PutAsync(name, text);
        foreach (var (name, text) in Odd[..6])
        {
            await PutAsync($"more/{name}.gz", Pack(text, to => new GZipStream(to, CompressionLevel.Optimal)));
            await PutAsync($"more/{name}.bz2", Pack(text, to => new BZip2OutputStream(to)));
        }

        await PutAsync("damaged.json.gz", Pack(new string('x', 1000) + Odd[0].Text, to => new GZipStream(to, CompressionLevel.Optimal))[..^6]);

        static byte[] Pack(string text, Func<Stream, Stream> through)
        {
            var bytes = new MemoryStream();
            using (var to = through(bytes)) to.Write(Encoding.UTF8.GetBytes(text));
            return bytes.ToArray();
        }
    }

    private ColumnPlace Place(IObjectStore? store = null, long limit = 1 << 30) => new(store ?? _state.Store, "state/columns/X", "X", limit, _time, null);

    private async Task<IReadOnlyList<InputObject>> InputsAsync(IObjectStore? store = null) => await StoreInputs.ListAsync(store ?? _dumps.Store, "", Cancellation);

    private async Task<(string Report, IReadOnlyList<FileReport> Files)> AnalyseAsync(AnalysisOptions options, ColumnPlace? place, IObjectStore? dumps = null, int parallelism = 2)
    {
        var inputs = await InputsAsync(dumps);
        var kept = place is null ? null : await KeptColumns.OpenAsync(place, options.Where, inputs, Cancellation);
        var result = await new Analyzer(_time, parallelism).AnalyzeAsync(inputs, options, kept, null, null, Cancellation);
        if (kept is not null) await kept.SettleAsync(Cancellation);
        return (Encoding.UTF8.GetString(ReportJson.Write(result.Report)), result.Files);
    }

    private async Task<IReadOnlyList<string>> PacksAsync()
    {
        var keys = new List<string>();
        await foreach (var entry in _state.Store.ListAsync("state", Cancellation)) keys.Add(entry.Key);
        return keys;
    }

    private static AnalysisOptions Options(string[]? where = null, TimeSpan? window = null) => new()
    {
        Name = "X",
        GroupBy = "op",
        Where = [.. (where ?? []).Select(LabelMatcher.Parse)],
        Window = window,
    };

    private async Task AssertTheSameAsync(AnalysisOptions options)
    {
        var dumps = new CountingStore(_dumps.Store);
        var anew = await AnalyseAsync(options, null, dumps);
        var opened = dumps.Opened();
        var first = await AnalyseAsync(options, Place(), dumps);
        Assert.Equal(opened, dumps.Opened());
        var kept = await AnalyseAsync(options, Place(), dumps);

        Assert.Equal(anew.Report, first.Report);
        Assert.Equal(anew.Report, kept.Report);
        Assert.Equivalent(anew.Files, kept.Files, strict: true);
        // Twelve broken lines: ten problems are named, and what the others are nobody knows.
        Assert.Equal(opened.Where(key => key == "very-broken.json"), dumps.Opened());
    }

    public static TheoryData<string[], int> Readings => new()
    {
        { [], 0 },
        { ["op=a"], 0 },
        { ["op!=a", "host=h"], 0 },
        { [], 40 },
    };

    [Theory]
    [MemberData(nameof(Readings))]
    public async Task Odd_inputs_give_the_same_report_from_what_is_kept(string[] where, int seconds)
    {
        await PutOddAsync();

        await AssertTheSameAsync(Options(where, seconds == 0 ? null : TimeSpan.FromSeconds(seconds)));
    }

    [Theory]
    [InlineData(DemoLayout.OperationAndDay)]
    [InlineData(DemoLayout.Series)]
    public async Task Whole_dumps_do_too(DemoLayout layout)
    {
        await DemoDataset.WriteAsync(_dumps.Store, new DemoOptions { Days = 2, CompressedDays = 1, Layout = layout }, cancellationToken: Cancellation);

        await AssertTheSameAsync(Options(["quantile=0.9"]) with { GroupBy = AnalysisOptions.DefaultGroupBy });
    }

    [Fact]
    public async Task Recorded_dumps_do_too()
    {
        var folder = Environment.GetEnvironmentVariable("KUBEMETRICS_SHARED");
        if (folder is null) Assert.Skip("KUBEMETRICS_SHARED is not set: it names the folder with recorded dumps in data/.");
        foreach (var file in Directory.GetFiles(Path.Combine(folder, "data"), "*.json*")) await PutAsync(Path.GetFileName(file), await File.ReadAllBytesAsync(file, Cancellation));

        await AssertTheSameAsync(Options() with { GroupBy = "instance" });
    }

    [Fact]
    public async Task What_is_kept_under_some_conditions_is_no_answer_to_others()
    {
        await PutOddAsync();
        await AnalyseAsync(Options(["op=a"]), Place());

        Assert.Equal((await AnalyseAsync(Options(["op=b"]), null)).Report, (await AnalyseAsync(Options(["op=b"]), Place())).Report);
    }

    [Fact]
    public async Task Conditions_in_another_order_are_the_same()
    {
        await PutAsync("plain.json", Odd[0].Text);
        await AnalyseAsync(Options(["op=a", "host=h"]), Place());
        var dumps = new CountingStore(_dumps.Store);

        await AnalyseAsync(Options(["host=h", "op=a", "op=a"]), Place(), dumps);

        Assert.Empty(dumps.Opened());
    }

    [Fact]
    public async Task Two_that_read_the_same_at_once_leave_what_either_can_use()
    {
        await PutOddAsync();
        var anew = await AnalyseAsync(Options(), null);

        var both = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AnalyseAsync(Options(), Place())));

        Assert.All(both, one => Assert.Equal(anew.Report, one.Report));
        var dumps = new CountingStore(_dumps.Store);
        Assert.Equal(anew.Report, (await AnalyseAsync(Options(), Place(), dumps)).Report);
        Assert.Equal(["very-broken.json"], dumps.Opened());
    }

    [Fact]
    public async Task What_is_kept_twice_counts_once()
    {
        await PutAsync("plain.json", Odd[0].Text);
        await AnalyseAsync(Options(), Place());
        var pack = Assert.Single(await PacksAsync());
        await _state.Store.CopyAsync(pack, pack.Replace(".pack", "0.pack"), cancellationToken: Cancellation);

        Assert.Equal((await AnalyseAsync(Options(), null)).Report, (await AnalyseAsync(Options(), Place())).Report);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(-30)]
    [InlineData(-1)]
    public async Task A_damaged_pack_is_read_anew_and_replaced(int at)
    {
        await PutOddAsync();
        var anew = await AnalyseAsync(Options(), null);
        await AnalyseAsync(Options(), Place());
        var pack = Assert.Single(await PacksAsync());
        var content = (await _state.Store.GetBytesAsync(pack, cancellationToken: Cancellation))!.Value.Content;
        content[at < 0 ? content.Length + at : at] ^= 1;
        await _state.Store.PutBytesAsync(pack, content, cancellationToken: Cancellation);
        var dumps = new CountingStore(_dumps.Store);

        Assert.Equal(anew.Report, (await AnalyseAsync(Options(), Place(), dumps)).Report);

        Assert.InRange(dumps.Opened().Count, 2, anew.Files.Count); // very-broken.json, and what was damaged
        // Its name is of its content, so it may be there again, whole; what was damaged is not.
        foreach (var one in await PacksAsync()) Assert.False((await _state.Store.GetBytesAsync(one, cancellationToken: Cancellation))!.Value.Content.AsSpan().SequenceEqual(content), one);
        Assert.Equal(anew.Report, (await AnalyseAsync(Options(), Place(), dumps)).Report);
        Assert.Equal(["very-broken.json"], dumps.Opened());
    }

    [Fact]
    public async Task A_damaged_pack_that_comes_out_as_it_was_is_kept()
    {
        await PutOddAsync();
        await AnalyseAsync(Options(), Place(), parallelism: 1); // in one order, so that the pack has the same content both times
        var pack = Assert.Single(await PacksAsync());
        var content = (await _state.Store.GetBytesAsync(pack, cancellationToken: Cancellation))!.Value.Content;
        await _state.Store.PutBytesAsync(pack, content[..^1], cancellationToken: Cancellation);

        await AnalyseAsync(Options(), Place(), parallelism: 1);

        Assert.Equal(pack, Assert.Single(await PacksAsync()));
        Assert.Equal(content, (await _state.Store.GetBytesAsync(pack, cancellationToken: Cancellation))!.Value.Content);
    }

    [Fact]
    public async Task A_pack_that_is_deleted_while_it_is_used_is_a_miss()
    {
        await PutOddAsync();
        var anew = await AnalyseAsync(Options(), null);
        await AnalyseAsync(Options(), Place());
        var inputs = await InputsAsync();
        var kept = await KeptColumns.OpenAsync(Place(), [], inputs, Cancellation);
        foreach (var pack in await PacksAsync()) await _state.Store.DeleteAsync(pack, Cancellation);

        var result = await new Analyzer(_time, 2).AnalyzeAsync(inputs, Options(), kept, null, null, Cancellation);

        Assert.Equal(anew.Report, Encoding.UTF8.GetString(ReportJson.Write(result.Report)));
        Assert.NotEmpty(await PacksAsync());
    }

    [Fact]
    public async Task A_state_that_cannot_be_written_or_read_keeps_no_analysis_from_its_end()
    {
        await PutOddAsync();
        var anew = await AnalyseAsync(Options(), null);

        Assert.Equal(anew.Report, (await AnalyseAsync(Options(), Place(new ReadOnlyStore(_state.Store)))).Report);
        Assert.Empty(await PacksAsync());
        await AnalyseAsync(Options(), Place());
        Assert.Equal(anew.Report, (await AnalyseAsync(Options(), Place(new UnreadableStore(_state.Store, _ => true, int.MaxValue)))).Report);
    }

    [Fact]
    public async Task Arrivals_one_by_one_leave_few_packs_and_nothing_to_read_again()
    {
        var dumps = new CountingStore(_dumps.Store);
        for (var i = 0; i < 40; i++)
        {
            await PutAsync($"dump-{i:00}.json", Line("a", $"[{10 * i},\"{i}\"]"));
            await AnalyseAsync(Options(), Place(), dumps);
            Assert.Equal([$"dump-{i:00}.json"], dumps.Opened());
            Assert.InRange((await PacksAsync()).Count, 1, PackChoice.MostSmall + 1);
        }

        Assert.Equal((await AnalyseAsync(Options(), null)).Report, (await AnalyseAsync(Options(), Place())).Report);
    }

    [Fact]
    public async Task No_more_is_kept_than_may_be_and_the_rest_is_read_each_time()
    {
        for (var i = 0; i < 20; i++) await PutAsync($"dump-{i:00}.json", Line("a", string.Join(',', Enumerable.Range(0, 100).Select(n => $"[{1000 * i + n},\"{n * n % 97}\"]"))));
        const long Limit = 12_000;
        var dumps = new CountingStore(_dumps.Store);
        var anew = await AnalyseAsync(Options(), null);

        Assert.Equal(anew.Report, (await AnalyseAsync(Options(), Place(limit: Limit), dumps)).Report);
        dumps.Opened();
        Assert.Equal(anew.Report, (await AnalyseAsync(Options(), Place(limit: Limit), dumps)).Report);

        Assert.InRange(dumps.Opened().Count, 1, 19);
        Assert.InRange(await SizeAsync(), 1, Limit);
    }

    [Fact]
    public async Task Where_room_is_short_what_has_changed_makes_room_for_what_is_there()
    {
        const long Limit = 20_000;
        for (var version = 1; version <= 5; version++)
        {
            for (var i = 0; i < 8; i++) await PutAsync($"dump-{i}.json", Line("a", string.Join(',', Enumerable.Range(0, 100).Select(n => $"[{1000 * i + n},\"{n * version % 97}\"]"))));
            await AnalyseAsync(Options(), Place(limit: Limit));
            Assert.InRange(await SizeAsync(), 1, Limit);
            var dumps = new CountingStore(_dumps.Store);
            await AnalyseAsync(Options(), Place(limit: Limit), dumps);
            Assert.Empty(dumps.Opened());
        }
    }

    private async Task<long> SizeAsync()
    {
        long size = 0;
        await foreach (var entry in _state.Store.ListAsync("state", Cancellation)) size += entry.Size;
        return size;
    }
}
