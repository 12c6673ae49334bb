using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Analysis;

/// <summary>Dumps that a store does not give out: a report without them would stand for the run ever after.</summary>
public sealed class UnreadableInputTests : IDisposable
{
    private readonly AnalysisFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Analyses two days' dumps, some of which can't be read so many times.</summary>
    private async Task<(AnalysisProcess Process, WorkRecord Retried, WorkRecord Ended)> AnalyseAsync(Func<string, bool> unreadable, int times)
    {
        await _folder.AddDumpAsync(1);
        await _folder.AddDumpAsync(2);
        var process = new AnalysisProcess(_folder, _time, store => store.Name.EndsWith("dumps", StringComparison.Ordinal) ? new UnreadableStore(store, unreadable, times) : store);
        await process.AskAsync();
        var retried = await process.Work.RunUntilAsync(record => record.Retries == 1);
        _time.Advance(TimeSpan.FromSeconds(2)); // RetryAfter
        await process.Work.RunAsync();
        return (process, retried, await process.FindAsync(retried.Id));
    }

    [Fact]
    public async Task A_dump_that_cannot_be_read_once_is_read_the_next_time()
    {
        var (process, retried, ended) = await AnalyseAsync(key => key == "2018-02-02.json", 1);

        Assert.Contains("2018-02-02.json cannot be read: The store does not answer.", retried.Problem?.Detail);
        Assert.Equal((WorkState.Succeeded, false), (ended.State, ended.AnalysisOutcome()!.Report.Partial));
        Assert.Equal(AnalysisFolder.SamplesPerGroup * 4, ended.AnalysisOutcome()!.Report.Samples);
        Assert.Equal(ended.AnalysisOutcome()!.Report.RunId, (await process.LatestAsync())!.RunId);
    }

    [Fact]
    public async Task A_dump_that_stays_unreadable_does_not_keep_the_others_from_being_analysed()
    {
        var (process, _, ended) = await AnalyseAsync(key => key == "2018-02-02.json", int.MaxValue);

        Assert.Equal((WorkState.Succeeded, true), (ended.State, ended.AnalysisOutcome()!.Report.Partial));
        Assert.Equal(AnalysisFolder.SamplesPerGroup * 2, ended.AnalysisOutcome()!.Report.Samples);
        Assert.True((await process.LatestAsync())!.Partial);
    }

    [Fact]
    public async Task Where_no_dump_can_be_read_the_work_fails_and_says_so()
    {
        var (process, _, ended) = await AnalyseAsync(_ => true, int.MaxValue);

        Assert.Equal(WorkState.Failed, ended.State);
        Assert.Contains("No input could be read", ended.Problem?.Detail);
        Assert.Null(await process.LatestAsync());
    }

    [Theory]
    [InlineData(100)] // levels, more than are read
    [InlineData(0)]
    public async Task Of_dumps_that_hold_no_series_the_dumps_are_to_blame_and_no_condition(int levels)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Dataset.Location.Bucket, "a.json"), levels == 0 ? "{}" : $"{new string('[', levels)}{new string(']', levels)}", TestContext.Current.CancellationToken);

        var ended = await new AnalysisProcess(_folder, _time).AnalyseAsync();

        Assert.Equal(WorkState.Failed, ended.State);
        Assert.Contains("See to the dumps", ended.Problem?.Remedy);
        Assert.DoesNotContain("where", ended.Problem?.Remedy);
    }
}
