using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Analysis;

/// <summary>Which report <c>latest.json</c> points at: the one that shows the dataset as it was looked at last.</summary>
public sealed class LatestReportTests : IDisposable
{
    private readonly AnalysisFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    private AnalysisProcess NewProcess(Dataset? dataset = null) => new(_folder, _time, dataset: dataset);

    private async Task<string> AnalyseAsync(AnalysisProcess process)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        return (await process.AnalyseAsync()).AnalysisOutcome()!.Report.RunId;
    }

    [Fact]
    public async Task A_sample_dated_into_the_future_does_not_stand_for_ever()
    {
        await _folder.AddDumpAsync(1);
        var future = Path.Combine(_folder.Root, "dumps", "future.json");
        await File.WriteAllTextAsync(future, """{"metric":{"__name__":"op_seconds","op":"read"},"values":[[4102444800,"1"]]}""", TestContext.Current.CancellationToken);
        var process = NewProcess();
        var bad = await AnalyseAsync(process);
        File.Delete(future);

        var good = await AnalyseAsync(process);

        Assert.NotEqual(bad, good);
        Assert.Equal(good, (await process.LatestAsync())!.RunId);
    }

    [Fact]
    public async Task Options_that_were_the_datasets_before_and_are_again_have_the_latest_report_though_nothing_is_computed()
    {
        await _folder.AddDumpAsync(1);
        var (first, second) = (_folder.Dataset, _folder.Dataset with { Raw = true });
        var before = await AnalyseAsync(NewProcess(first));
        var between = await AnalyseAsync(NewProcess(second));
        var pointedBetween = await NewProcess().LatestAsync();

        var again = NewProcess(first);
        var after = await AnalyseAsync(again);

        Assert.Equal((between, before), (pointedBetween!.RunId, after));
        Assert.Equal((before, 0), ((await again.LatestAsync())!.RunId, again.Kind.Computed));
    }

    [Fact]
    public async Task Asked_for_again_the_latest_outlasts_a_run_that_was_listed_before_and_ends_after_it()
    {
        await _folder.AddDumpAsync(1);
        var process = NewProcess();
        var first = await AnalyseAsync(process);
        await _folder.AddDumpAsync(2);
        _time.Advance(TimeSpan.FromMinutes(1));
        var slow = await process.AskAsync();
        process.Kind.Before = async stage =>
        {
            if (stage != AnalysisStage.Written) return;
            File.Delete(Path.Combine(_folder.Root, "dumps", "2018-02-02.json")); // withdrawn, while it is on its way
            _time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(first, (await NewProcess().AskAsync()).AnalysisOutcome()!.Report.RunId);
        };
        await process.Work.RunAsync();

        Assert.NotEqual(first, (await process.FindAsync(slow.Id)).AnalysisOutcome()!.Report.RunId);
        Assert.Equal(first, (await process.LatestAsync())!.RunId);
    }

    [Fact]
    public async Task Of_two_the_one_that_was_listed_later_stays_whichever_is_done_last()
    {
        await _folder.AddDumpAsync(1);
        var (slow, quick) = (NewProcess(), NewProcess());
        var asked = await slow.AskAsync();
        string? newer = null;
        slow.Kind.Before = async stage =>
        {
            if (stage != AnalysisStage.Written) return;
            await _folder.AddDumpAsync(2);
            _time.Advance(TimeSpan.FromSeconds(1));
            var later = await quick.AskAsync();
            newer = (await quick.Work.RunUntilAsync(record => record.Id == later.Id && !record.IsOpen)).AnalysisOutcome()!.Report.RunId;
        };

        await slow.Work.RunAsync();

        Assert.Equal(WorkState.Succeeded, (await slow.FindAsync(asked.Id)).State);
        Assert.NotEqual(newer, (await slow.FindAsync(asked.Id)).AnalysisOutcome()!.Report.RunId);
        Assert.Equal(newer, (await slow.LatestAsync())!.RunId);
    }
}
