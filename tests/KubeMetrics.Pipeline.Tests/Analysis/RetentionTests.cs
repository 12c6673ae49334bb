using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Tests.Analysis;

/// <summary>What is deleted at the end of an analysis, and what never is.</summary>
public sealed class RetentionTests : IDisposable
{
    private readonly AnalysisFolder _folder = new();
    private readonly ManualTime _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>Analyses after each of some days' dumps, an hour apart; returns the ids of the reports, oldest first.</summary>
    private async Task<List<string>> AnalyseDaysAsync(AnalysisProcess process, int days)
    {
        var runs = new List<string>();
        for (var day = 1; day <= days; day++)
        {
            await _folder.AddDumpAsync(day);
            runs.Add((await process.AnalyseAsync()).AnalysisOutcome()!.Report.RunId);
            _time.Advance(TimeSpan.FromHours(1));
        }

        return runs;
    }

    [Fact]
    public async Task Of_reports_so_many_are_kept_as_the_dataset_says_the_newest()
    {
        var process = new AnalysisProcess(_folder, _time, dataset: _folder.Dataset with { Keep = 2 });

        var runs = await AnalyseDaysAsync(process, 4);

        Assert.Equal(runs[2..].Order(), (await process.Reports.RunsAsync(Cancellation)).Order());
        Assert.Equal(runs[3], (await process.LatestAsync())!.RunId);
    }

    [Fact]
    public async Task Reports_go_when_they_are_too_old_but_never_the_latest()
    {
        var process = new AnalysisProcess(_folder, _time, dataset: _folder.Dataset with { KeepFor = TimeSpan.FromDays(10) });
        var runs = await AnalyseDaysAsync(process, 2);

        _time.Advance(TimeSpan.FromDays(11));
        // With other options than the dataset's own: it does not become the latest.
        var other = await process.AnalyseAsync(request => request with { Raw = true });

        Assert.Equal(new[] { runs[1], other.AnalysisOutcome()!.Report.RunId }.Order(), (await process.Reports.RunsAsync(Cancellation)).Order());
        Assert.Equal(runs[1], (await process.LatestAsync())!.RunId);
    }

    [Fact]
    public async Task What_a_killed_process_left_of_a_report_goes_after_an_hour_and_not_before()
    {
        var process = new AnalysisProcess(_folder, _time);
        const string half = "0123456789abcdefghjk";
        await process.Places.ReportPlace(process.Dataset).Store.PutBytesAsync(process.Reports.KeyOf(half, ReportFiles.Document), new byte[1], cancellationToken: Cancellation);

        await AnalyseDaysAsync(process, 1);
        Assert.Contains(half, await process.Reports.RunsAsync(Cancellation));
        await AnalyseDaysAsync(process, 2);
        Assert.DoesNotContain(half, await process.Reports.RunsAsync(Cancellation));
    }

    [Fact]
    public async Task Records_of_ended_runs_are_kept_by_count_and_age_and_open_ones_always()
    {
        var process = new AnalysisProcess(_folder, _time, limits: new AnalysisLimits { Keep = 2, KeepFor = TimeSpan.FromDays(3) });
        await AnalyseDaysAsync(process, 4);
        Assert.Equal(2, (await process.RecordsAsync()).Count);

        _time.Advance(TimeSpan.FromDays(4));
        var waiting = await process.AskAsync(request => request with { GroupBy = "__name__" });
        var elsewhere = new AnalysisProcess(_folder, _time, limits: process.Limits);
        await elsewhere.Work.RunAsync();
        Assert.Equal([waiting.Id], (await process.RecordsAsync()).Select(record => record.Id));
    }

    [Fact]
    public async Task Keys_and_claims_go_with_age_and_a_key_that_went_means_a_new_request()
    {
        var process = new AnalysisProcess(_folder, _time, limits: new AnalysisLimits { KeepFor = TimeSpan.FromDays(3) });
        await _folder.AddDumpAsync(1);
        await process.AskAsync(key: "once");
        await process.Work.RunAsync();
        Assert.Single(await process.StateAsync("keys"));
        Assert.Single(await process.StateAsync("runs"));

        _time.Advance(TimeSpan.FromDays(4));
        await _folder.AddDumpAsync(2);
        await process.AnalyseAsync();
        Assert.Empty(await process.StateAsync("keys"));
        Assert.Single(await process.StateAsync("runs"));
    }

    [Fact]
    public async Task What_is_under_way_stays_however_old_it_is()
    {
        var process = new AnalysisProcess(_folder, _time, limits: new AnalysisLimits { KeepFor = TimeSpan.FromHours(1) });
        await _folder.AddDumpAsync(1);
        var open = await process.AskAsync(request => request with { Raw = true });
        // It waits, and has written half a report.
        await process.Work.Works.ChangeAsync(open.Id, record => record with { Due = ManualTime.Begin.AddDays(30) }, Cancellation);
        var half = process.Reports.KeyOf(open.AnalysisInput().RunId, ReportFiles.Document);
        await process.Places.ReportPlace(process.Dataset).Store.PutBytesAsync(half, new byte[1], cancellationToken: Cancellation);

        _time.Advance(TimeSpan.FromDays(20));
        var own = await process.AskAsync();
        await process.Work.RunUntilAsync(record => record.Id == own.Id && !record.IsOpen);

        Assert.Equal(new[] { open.AnalysisInput().RunId, own.AnalysisInput().RunId }.Order(), (await process.Reports.RunsAsync(Cancellation)).Order());
        Assert.Equal(WorkState.Queued, (await process.FindAsync(open.Id)).State);
    }

    [Fact]
    public async Task Keys_and_documents_that_are_young_stay()
    {
        var process = new AnalysisProcess(_folder, _time, limits: new AnalysisLimits { KeepFor = TimeSpan.FromDays(3) });
        await process.State.PutBytesAsync("state/documents/KubeMetrics/left.json", new byte[1], cancellationToken: Cancellation);
        await _folder.AddDumpAsync(1);
        await process.AskAsync(key: "once");
        _time.Advance(TimeSpan.FromMinutes(59));
        await process.Work.RunAsync();

        Assert.Single(await process.StateAsync("keys"));
        Assert.Single(await process.StateAsync("documents"));
        _time.Advance(TimeSpan.FromMinutes(2)); // more than an hour
        await _folder.AddDumpAsync(2);
        await process.AnalyseAsync();
        Assert.Single(await process.StateAsync("keys"));
        Assert.Empty(await process.StateAsync("documents"));
    }

    [Fact]
    public async Task Each_dataset_keeps_so_many_and_one_that_is_in_no_settings_any_more_as_well()
    {
        var process = new AnalysisProcess(_folder, _time, limits: new AnalysisLimits { Keep = 2, KeepFor = TimeSpan.FromDays(3) });
        var others = new List<string>();
        for (var i = 0; i < 3; i++, _time.Advance(TimeSpan.FromHours(1)))
            others.Add((await process.Work.AddAsync("analysis", record => record with { Dataset = "other", State = WorkState.Succeeded, Finished = _time.GetUtcNow() })).Id);

        await AnalyseDaysAsync(process, 3);
        Assert.Equal(2, (await process.RecordsAsync()).Count(record => record.Dataset == AnalysisFolder.Name));
        Assert.Equal(others[1..], (await process.RecordsAsync()).Where(record => record.Dataset == "other").Select(record => record.Id));

        _time.Advance(TimeSpan.FromDays(4));
        await process.Work.RunAsync();
        Assert.Empty(await process.RecordsAsync());
    }

    [Fact]
    public async Task Runs_that_fail_or_are_cancelled_leave_no_more_than_those_that_succeed()
    {
        var process = new AnalysisProcess(_folder, _time, limits: new AnalysisLimits { Keep = 2, Memory = 1 });
        await _folder.AddDumpAsync(1);
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await process.AskAsync(request => request with { GroupBy = $"label{i}" });
            await process.Work.RunAsync();
            _time.Advance(TimeSpan.FromMinutes(90));
            await process.Service.CancelAsync((await process.AskAsync(request => request with { GroupBy = $"other{i}" })).Id, Cancellation);
        }

        await process.Work.RunAsync();

        Assert.Equal([WorkState.Cancelled, WorkState.Failed], (await process.RecordsAsync()).Select(record => record.State).Order().Reverse());
        Assert.Equal(2, (await process.StateAsync("runs")).Count); // one each: whoever has a record has a claim
        Assert.Empty(await process.StateAsync("documents"));
    }

    [Fact]
    public async Task A_run_whose_report_was_deleted_says_so_and_one_whose_report_was_made_again_does_not()
    {
        var process = new AnalysisProcess(_folder, _time, dataset: _folder.Dataset with { Keep = 1 });
        await _folder.AddDumpAsync(1);
        var first = await process.AnalyseAsync();
        await _folder.AddDumpAsync(2);
        var second = await process.AnalyseAsync();

        Assert.Equal((null, true), Told(await process.FindAsync(first.Id)));
        Assert.Equal((ReportRoutes.PageOf(AnalysisFolder.Name, second.AnalysisOutcome()!.Report.RunId), false), Told(await process.FindAsync(second.Id)));

        File.Delete(Path.Combine(_folder.Root, "dumps", "2018-02-02.json"));
        await process.AnalyseAsync();
        Assert.Equal((ReportRoutes.PageOf(AnalysisFolder.Name, first.AnalysisOutcome()!.Report.RunId), false), Told(await process.FindAsync(first.Id)));
    }

    private static (string? Report, bool Deleted) Told(WorkRecord record)
    {
        var view = RunView.Of(record);
        return (view.Report, view.ReportDeleted);
    }

    [Fact]
    public async Task Damaged_records_that_were_set_aside_go_with_age()
    {
        var process = new AnalysisProcess(_folder, _time, limits: new AnalysisLimits { KeepFor = TimeSpan.FromDays(3) });
        await process.State.PutBytesAsync($"state/work/{WorkId.New(ManualTime.Begin)}.json", "{"u8.ToArray(), cancellationToken: Cancellation);
        await process.Work.RunAsync();
        Assert.Single(await process.StateAsync("dead-letter"));

        _time.Advance(TimeSpan.FromDays(4));
        await process.Work.RunAsync();
        Assert.Empty(await process.StateAsync("dead-letter"));
    }

    [Fact]
    public async Task What_cannot_be_deleted_fails_no_run()
    {
        var process = new AnalysisProcess(_folder, _time, store => store.Name.EndsWith("reports", StringComparison.Ordinal) ? new UndeletableStore(store) : store, dataset: _folder.Dataset with { Keep = 1 });

        var runs = await AnalyseDaysAsync(process, 2);

        Assert.Equal(runs.Order(), (await process.Reports.RunsAsync(Cancellation)).Order());
        Assert.All(await process.RecordsAsync(), record => Assert.Equal(WorkState.Succeeded, record.State));
    }
}
