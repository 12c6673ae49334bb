using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Analysis.Columns;

/// <summary>Analyses as work keep what they read, and open only what is new.</summary>
public sealed class KeptByTheHostTests : IDisposable
{
    private const string Kept = "columns/" + AnalysisFolder.Name;

    private readonly AnalysisFolder _folder = new();
    private readonly ManualTime _time = new();
    private CountingStore? _dumps;

    public void Dispose() => _folder.Dispose();

    /// <summary>A process whose openings of dumps are counted.</summary>
    private AnalysisProcess Process(AnalysisLimits? limits = null, Func<IObjectStore, IObjectStore>? through = null) =>
        new(_folder, _time, store =>
        {
            var seen = through?.Invoke(store) ?? store;
            return store.Name.EndsWith("dumps", StringComparison.Ordinal) ? _dumps = new CountingStore(seen) : seen;
        }, limits);

    private async Task AddDaysAsync(int count)
    {
        for (var day = 1; day <= count; day++) await _folder.AddDumpAsync(day);
    }

    private static long Samples(WorkRecord run)
    {
        Assert.Equal(WorkState.Succeeded, run.State);
        return run.AnalysisOutcome()!.Report.Samples;
    }

    [Fact]
    public async Task One_arrival_among_many_opens_one_object()
    {
        await AddDaysAsync(9);
        var process = Process();
        Assert.Equal(9 * 2 * AnalysisFolder.SamplesPerGroup, Samples(await process.AnalyseAsync()));
        Assert.Equal(9, _dumps!.Opened().Count);

        await _folder.AddDumpAsync(10);

        Assert.Equal(10 * 2 * AnalysisFolder.SamplesPerGroup, Samples(await process.AnalyseAsync()));
        Assert.Equal(["2018-02-10.json"], _dumps.Opened());
    }

    [Fact]
    public async Task One_that_changed_among_many_is_opened_alone_and_one_that_is_gone_is_out()
    {
        await AddDaysAsync(9);
        var process = Process();
        await process.AnalyseAsync();
        _dumps!.Opened();

        await File.AppendAllTextAsync(Path.Combine(_folder.Root, "dumps", "2018-02-04.json"), """{"metric":{"__name__":"op_seconds","op":"read"},"values":[[1519862400,"7"]]}""", TestContext.Current.CancellationToken);
        Assert.Equal(9 * 2 * AnalysisFolder.SamplesPerGroup + 1, Samples(await process.AnalyseAsync()));
        Assert.Equal(["2018-02-04.json"], _dumps.Opened());

        File.Delete(Path.Combine(_folder.Root, "dumps", "2018-02-04.json"));
        Assert.Equal(8 * 2 * AnalysisFolder.SamplesPerGroup, Samples(await process.AnalyseAsync()));
        Assert.Empty(_dumps.Opened());
    }

    [Fact]
    public async Task Another_process_uses_what_this_one_kept()
    {
        await AddDaysAsync(3);
        await Process().AnalyseAsync();
        await _folder.AddDumpAsync(4);

        await Process().AnalyseAsync();

        Assert.Equal(["2018-02-04.json"], _dumps!.Opened());
    }

    [Fact]
    public async Task With_other_options_that_read_the_same_nothing_is_opened_and_with_times_everything()
    {
        await AddDaysAsync(3);
        var process = Process();
        await process.AnalyseAsync();
        _dumps!.Opened();

        await process.AnalyseAsync(request => request with { GroupBy = "__name__", Window = "1d" });
        Assert.Empty(_dumps.Opened());

        var kept = await process.StateAsync(Kept);
        await process.AnalyseAsync(request => request with { From = "2018-02-02" });
        Assert.Equal(3, _dumps.Opened().Count);
        Assert.Equal(kept, await process.StateAsync(Kept));
    }

    [Fact]
    public async Task A_dump_that_could_not_be_read_is_not_kept_and_alone_tried_again()
    {
        await AddDaysAsync(2);
        var process = Process(through: store => store.Name.EndsWith("dumps", StringComparison.Ordinal) ? new UnreadableStore(store, key => key == "2018-02-02.json", 1) : store);
        await process.AskAsync();
        await process.Work.RunUntilAsync(record => record.Retries == 1);
        Assert.Equal(2, _dumps!.Opened().Count);

        _time.Advance(TimeSpan.FromSeconds(2)); // RetryAfter
        await process.Work.RunAsync();

        Assert.Equal(["2018-02-02.json"], _dumps.Opened());
        Assert.Equal(2 * 2 * AnalysisFolder.SamplesPerGroup, Samples(Assert.Single(await process.RecordsAsync())));
    }

    [Fact]
    public async Task Packs_that_cannot_be_written_keep_no_analysis_from_its_end()
    {
        await AddDaysAsync(2);
        var process = Process(through: store => new ReadOnlyStore(store, keys: key => key.Contains("/columns/", StringComparison.Ordinal)));

        Assert.Equal(2 * 2 * AnalysisFolder.SamplesPerGroup, Samples(await process.AnalyseAsync()));

        Assert.Empty(await process.StateAsync(Kept));
    }

    [Fact]
    public async Task Told_to_keep_nothing_it_keeps_nothing_and_what_was_kept_goes()
    {
        await AddDaysAsync(2);
        await Process().AnalyseAsync();
        var process = Process(new AnalysisLimits { Columns = 0 });
        Assert.NotEmpty(await process.StateAsync(Kept));

        await process.AnalyseAsync(request => request with { Force = true });
        await process.Kind.TidyAsync(null, TestContext.Current.CancellationToken);

        Assert.Equal(2, _dumps!.Opened().Count);
        Assert.Empty(await process.StateAsync("columns"));
    }

    [Fact]
    public async Task What_is_kept_of_datasets_that_are_gone_goes_after_a_while()
    {
        await AddDaysAsync(1);
        await Process().AnalyseAsync();
        var other = new AnalysisProcess(_folder, _time, dataset: _folder.Dataset with { Name = "Other" });
        var now = TestContext.Current.CancellationToken;

        await other.Kind.TidyAsync(null, now);
        Assert.NotEmpty(await other.StateAsync(Kept));
        _time.Advance(other.Limits.KeepFor + TimeSpan.FromHours(1));
        await other.Kind.TidyAsync(null, now);
        Assert.Empty(await other.StateAsync(Kept));
    }

    [Fact]
    public async Task What_is_kept_is_not_counted_again_to_know_how_much_memory_it_takes()
    {
        await AddDaysAsync(3);
        var process = Process();
        await process.AnalyseAsync();
        await _folder.AddDumpAsync(4);
        var inputs = await process.Places.InputsAsync(_folder.Dataset, TestContext.Current.CancellationToken);
        // Less than the sizes of all would take, more than what the three are known to have and the size of the fourth.
        var limit = MemoryEstimate.Bound([inputs[^1]], 3 * 2 * AnalysisFolder.SamplesPerGroup);
        Assert.True(limit < MemoryEstimate.Bound(inputs));
        process = Process(new AnalysisLimits { Memory = limit });

        await process.AnalyseAsync();

        Assert.Equal(["2018-02-04.json"], _dumps!.Opened()); // once: nothing was counted
    }

    [Fact]
    public async Task Progress_counts_what_is_kept_as_read()
    {
        await AddDaysAsync(3);
        await Process().AnalyseAsync();
        var process = Process();
        var read = new List<(long, long)>();
        process.Work.Feed.Told += record =>
        {
            if (record.Progress is { Step: "reading" } progress) lock (read) read.Add((progress.Done, progress.Total));
        };

        await process.AnalyseAsync(request => request with { Force = true });

        var bytes = Directory.GetFiles(Path.Combine(_folder.Root, "dumps")).Sum(file => new FileInfo(file).Length);
        Assert.Empty(_dumps!.Opened());
        Assert.Equal((bytes, bytes), read.Max());
    }
}
