using System.Collections.Concurrent;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Analysis;

/// <summary>Following and cancelling runs.</summary>
public sealed class RunsTests : IDisposable
{
    private readonly AnalysisFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<AnalysisProcess> WithDumpAsync()
    {
        await _folder.AddDumpAsync(1);
        return new AnalysisProcess(_folder, _time);
    }

    [Fact]
    public async Task Runs_are_listed_newest_first_as_many_as_wanted_and_nothing_but_runs()
    {
        var process = await WithDumpAsync();
        await process.Work.AddAsync("ingest");
        var first = await process.AskAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = await process.AskAsync(request => request with { Raw = true });

        Assert.Equal([second.Id, first.Id], (await process.Service.ListAsync(null, 10, Cancellation)).Select(run => run.Id));
        Assert.Equal([second.Id], (await process.Service.ListAsync("kubemetrics", 1, Cancellation)).Select(run => run.Id));
    }

    [Fact]
    public async Task A_run_that_there_is_not_is_refused()
    {
        var process = await WithDumpAsync();
        var ingest = await process.Work.AddAsync("ingest");

        foreach (var id in (string[])["../../x", WorkId.New(ManualTime.Begin), ingest.Id])
        {
            Assert.Equal(Refusal.UnknownRun, (await Assert.ThrowsAsync<RefusedException>(() => process.Service.GetAsync(id, Cancellation))).Reason);
            Assert.Equal(Refusal.UnknownRun, (await Assert.ThrowsAsync<RefusedException>(() => process.Service.CancelAsync(id, Cancellation))).Reason);
        }
    }

    [Fact]
    public async Task A_run_that_waits_is_cancelled_at_once_and_a_second_time_too()
    {
        var process = await WithDumpAsync();
        var asked = await process.AskAsync();

        var cancelled = await process.Service.CancelAsync(asked.Id, Cancellation);

        Assert.Equal((WorkState.Cancelled, ManualTime.Begin), (cancelled.State, cancelled.Finished));
        Assert.Equal(WorkState.Cancelled, (await process.Service.CancelAsync(asked.Id, Cancellation)).State);
        Assert.Equal(0, await process.Work.RunAsync());
        Assert.Empty(await process.Reports.RunsAsync(Cancellation));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(AnalysisStage.Listed)]
    [InlineData(AnalysisStage.Analysed)]
    [InlineData(AnalysisStage.Written)]
    public async Task A_run_that_is_cancelled_at_any_step_leaves_no_report_that_is_pointed_at(object? stage)
    {
        var process = await WithDumpAsync();
        var asked = await process.AskAsync();
        process.Kind.Before = async reached =>
        {
            if (Equals(reached, stage)) await new AnalysisProcess(_folder, _time).Service.CancelAsync(asked.Id, Cancellation);
        };

        await process.Work.RunAsync();

        Assert.Equal(WorkState.Cancelled, (await process.FindAsync(asked.Id)).State);
        Assert.Null(await process.LatestAsync());
        // It is as if it had not been: asked for again, it is done.
        process.Kind.Before = null;
        Assert.Equal(WorkState.Succeeded, (await process.AnalyseAsync()).State);
        Assert.Equal(await process.RunIdAsync(), (await process.LatestAsync())!.RunId);
    }

    [Fact]
    public async Task A_run_that_has_ended_is_not_cancelled_any_more()
    {
        var process = await WithDumpAsync();
        var done = await process.AnalyseAsync();

        var refused = await Assert.ThrowsAsync<RefusedException>(() => process.Service.CancelAsync(done.Id, Cancellation));

        Assert.Equal((Refusal.WrongState, $"The run {done.Id} has ended: succeeded."), (refused.Reason, refused.Message));
    }

    [Fact]
    public async Task Progress_never_goes_back_and_names_every_step()
    {
        var process = await WithDumpAsync();
        var told = new ConcurrentQueue<WorkProgress>();
        process.Work.Feed.Told += record =>
        {
            if (record.Progress is { } progress) told.Enqueue(progress);
        };

        await process.AnalyseAsync();

        Assert.Equal(["listing", "reading", "summarising", "drawing", "publishing"], told.Select(progress => progress.Step).Distinct());
        Assert.Equal(told.Select(progress => progress.Fraction).Order(), told.Select(progress => progress.Fraction));
    }

    [Fact]
    public async Task A_record_that_is_no_analysis_of_this_form_hides_no_other()
    {
        await _folder.AddDumpAsync(1);
        var process = new AnalysisProcess(_folder, new ManualTime());
        var asked = await process.AskAsync();
        using var nothing = System.Text.Json.JsonDocument.Parse("[]");
        await process.Work.Works.AddAsync(new WorkRecord
        {
            Id = WorkId.New(ManualTime.Begin),
            Kind = "analysis",
            Dataset = AnalysisFolder.Name,
            Created = ManualTime.Begin,
            Input = nothing.RootElement.Clone(),
        }, TestContext.Current.CancellationToken);

        Assert.Equal([asked.Id], (await process.Service.ListAsync(null, 10, TestContext.Current.CancellationToken)).Select(record => record.Id));
        await process.Work.RunAsync();
        Assert.Equal(WorkState.Succeeded, (await process.FindAsync(asked.Id)).State);
    }
}
