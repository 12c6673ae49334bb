using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Refresh;
using KubeMetrics.Pipeline.Tests.Analysis;
using KubeMetrics.Pipeline.Tests.Work;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Refresh;

/// <summary>When a dataset is refreshed, and what that does.</summary>
public sealed class RefreshTests : IDisposable
{
    private static readonly TimeSpan Quiet = RefreshProcess.Options.Quiet, Second = TimeSpan.FromSeconds(1);

    // No other wait is as long.
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1.5);
    private readonly AnalysisFolder _folder = new();
    private readonly ManualTime _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private static void Succeeded(WorkRecord? record)
    {
        Assert.NotNull(record);
        Assert.True(record.State == WorkState.Succeeded, record.Problem?.Detail ?? record.State.ToString());
    }

    private async Task<RefreshProcess> AnalysedAsync(Func<Pipeline.Datasets.Dataset, Pipeline.Datasets.Dataset>? with = null)
    {
        await _folder.AddDumpAsync(1);
        var process = new RefreshProcess(_folder, _time, with: with);
        Succeeded(await process.RefreshedAsync());
        return process;
    }

    /// <summary>Asks for an ingest of one more dump into the dataset's place.</summary>
    private async Task AskToBringOneAsync(RefreshProcess process)
    {
        var from = Directory.CreateDirectory(Path.Combine(_folder.Root, "from")).FullName;
        await _folder.AddDumpAsync(2);
        File.Move(Path.Combine(_folder.Root, "dumps", "2018-02-02.json"), Path.Combine(from, "2018-02-02.json"));
        await process.IngestService.StartAsync(new IngestRequest { Source = from, Destination = process.Dataset.Location.ToString() }, null, Cancellation, IngestAsker.AtTheLine(new Dictionary<string, string>()));
    }

    [Fact]
    public async Task What_lies_there_unannounced_is_found_by_reconciliation_and_analysed()
    {
        var process = await AnalysedAsync();
        Assert.Equal(await process.RunIdAsync(), await process.LatestAsync());

        await _folder.AddDumpAsync(2);
        Assert.Null(await process.RefreshedAsync(RefreshProcess.Options.Reconcile - Second));
        var refresh = await process.RefreshedAsync(Second);

        Succeeded(refresh);
        Assert.Equal(RefreshReason.Reconciliation, refresh!.RefreshInput().Reason);
        Assert.Equal(await process.RunIdAsync(), await process.LatestAsync());
        Assert.Null(await process.RefreshedAsync(RefreshProcess.Options.Reconcile));
        Assert.Equal(2, process.Analysed!.Computed);
    }

    [Fact]
    public async Task Arrivals_make_one_refresh_once_it_is_quiet_and_none_after_it()
    {
        var process = await AnalysedAsync();
        for (var day = 2; day < 5; day++)
        {
            await _folder.AddDumpAsync(day);
            await process.ArriveAsync();
            Assert.Null(await process.RefreshedAsync(Quiet - Second));
        }

        var refresh = await process.RefreshedAsync(Second);

        Succeeded(refresh);
        Assert.Equal(RefreshReason.Arrival, refresh!.RefreshInput().Reason);
        Assert.Equal(await process.RunIdAsync(), await process.LatestAsync());
        Assert.Equal(0, await process.MarkersAsync());
        for (var look = 0; look < 10; look++) Assert.Null(await process.RefreshedAsync(Quiet));
        Assert.Equal(2, process.Analysed!.Computed);
    }

    [Fact]
    public async Task Arrivals_that_never_end_are_not_waited_for_longer_than_the_longest_wait()
    {
        var process = await AnalysedAsync();
        await _folder.AddDumpAsync(2);
        var waited = TimeSpan.Zero;
        await process.ArriveAsync();
        WorkRecord? refresh = null;
        while (refresh is null)
        {
            await process.ArriveAsync();
            refresh = await process.RefreshedAsync(Second);
            waited += Second;
        }

        Succeeded(refresh);
        Assert.Equal(RefreshProcess.Options.MaxWait, waited);
    }

    [Fact]
    public async Task A_process_that_has_just_begun_to_look_takes_the_stores_word_for_how_old_markers_are()
    {
        var process = await AnalysedAsync();
        await _folder.AddDumpAsync(2);
        await process.ArriveAsync();
        _time.Advance(Quiet + Second); // a folder's times are a little later than the clock's where several writes share one
        Succeeded(await new RefreshProcess(_folder, _time).RefreshedAsync());
    }

    [Fact]
    public async Task A_look_with_a_budget_goes_on_until_what_arrived_has_settled()
    {
        var process = await AnalysedAsync();
        await _folder.AddDumpAsync(2);
        await process.ArriveAsync();

        var begun = _time.GetUtcNow();

        var looking = process.Watch.LookAsync(TimeSpan.FromMinutes(5), Every, Cancellation);
        await _time.PassesUntilAsync(looking, Every, Cancellation);

        Assert.Single(await looking);
        Assert.InRange(_time.GetUtcNow() - begun, Quiet - Every, Quiet + Every);
    }

    [Fact]
    public async Task A_look_with_a_budget_ends_when_that_is_spent_though_something_goes_on_arriving()
    {
        var process = await AnalysedAsync();
        await process.ArriveAsync();
        var begun = _time.GetUtcNow();

        var looking = process.Watch.LookAsync(3 * Every, Every, Cancellation);
        await _time.PassesUntilAsync(looking, Every, Cancellation);

        Assert.Empty(await looking);
        Assert.Equal(3 * Every, _time.GetUtcNow() - begun);
        Assert.Equal(1, await process.MarkersAsync());
    }

    [Fact]
    public async Task A_look_with_a_budget_ends_at_once_where_nothing_arrived_or_a_refresh_is_under_way_already()
    {
        var process = await AnalysedAsync();
        Assert.Empty(await process.Watch.LookAsync(TimeSpan.FromMinutes(5), Every, Cancellation));

        await _folder.AddDumpAsync(2);
        await process.ArriveAsync();
        await process.LookAsync();
        Assert.Single(await process.LookAsync(Quiet));
        await process.ArriveAsync();

        Assert.Empty(await process.Watch.LookAsync(TimeSpan.FromMinutes(5), Every, Cancellation));
    }

    [Fact]
    public async Task Markers_that_bring_nothing_new_are_forgotten_without_a_refresh()
    {
        var process = await AnalysedAsync();
        await process.ArriveAsync();
        Assert.Null(await process.RefreshedAsync());
        Assert.Null(await process.RefreshedAsync(Quiet));
        Assert.Equal(0, await process.MarkersAsync());
        Assert.Single(await process.RecordsAsync(RefreshWork.KindName));
    }

    [Fact]
    public async Task What_arrives_while_a_refresh_is_under_way_makes_another_one_after_it()
    {
        var process = await AnalysedAsync();
        await _folder.AddDumpAsync(2);
        await process.ArriveAsync();
        await process.LookAsync();
        var first = Assert.Single(await process.LookAsync(Quiet));
        await process.Work.RunUntilAsync(record => record is { Kind: AnalysisWork.KindName, State: WorkState.Running });
        await _folder.AddDumpAsync(3);
        await process.ArriveAsync();
        Assert.Empty(await process.LookAsync(Quiet)); // one at a time

        await process.Work.RunAsync();
        Succeeded((await process.Work.FindAsync(first.Id)).Record);
        await process.RefreshedAsync(Quiet);
        await process.RefreshedAsync(Quiet);

        Assert.Equal(await process.RunIdAsync(), await process.LatestAsync());
        Assert.Equal(0, await process.MarkersAsync());
    }

    [Fact]
    public async Task A_schedule_that_is_first_seen_counts_from_then_on_and_a_missed_one_runs_once()
    {
        var process = await AnalysedAsync(dataset => dataset with { Schedule = Schedule.Parse("0 0 * * * *"), Watch = true }); // it is 06:00
        Assert.Null(await process.RefreshedAsync(TimeSpan.FromMinutes(59)));
        Assert.Equal(RefreshReason.Schedule, (await process.RefreshedAsync(TimeSpan.FromMinutes(1)))!.RefreshInput().Reason);

        var late = new RefreshProcess(_folder, _time, with: dataset => dataset with { Schedule = Schedule.Parse("0 0 * * * *"), Watch = true });
        Assert.Equal(RefreshReason.Schedule, (await late.RefreshedAsync(TimeSpan.FromHours(30)))!.RefreshInput().Reason);
        Assert.Null(await late.RefreshedAsync(TimeSpan.FromMinutes(1)));
        Assert.Null(await process.RefreshedAsync());
        Assert.Equal(1, process.Analysed!.Computed);
    }

    [Fact]
    public async Task Two_processes_that_look_at_the_same_time_start_one_refresh()
    {
        await _folder.AddDumpAsync(1);
        var processes = Enumerable.Range(0, 4).Select(_ => new RefreshProcess(_folder, _time)).ToList();

        await Task.WhenAll(processes.Select(process => Task.Run(() => process.LookAsync(), Cancellation)));
        await processes[0].Work.RunAsync();

        var records = await processes[0].RecordsAsync(RefreshWork.KindName);
        Assert.Single(records, record => record.State == WorkState.Succeeded);
        Assert.All(records, record => Assert.False(record.IsOpen));
        Assert.Equal(1, processes[0].Analysed!.Computed);
        Assert.All(await Task.WhenAll(processes.Select(process => process.LookAsync(Quiet))), Assert.Empty);
    }

    [Fact]
    public async Task A_dataset_with_a_source_is_copied_first_and_what_the_copies_announce_starts_nothing()
    {
        Directory.Move(Path.Combine(_folder.Root, "dumps"), Path.Combine(_folder.Root, "from"));
        Directory.CreateDirectory(Path.Combine(_folder.Root, "dumps"));
        var source = _folder.Below("from");
        var process = new RefreshProcess(_folder, _time, with: dataset => dataset with { Source = source });
        await _folder.AddDumpAsync(1);
        File.Move(Path.Combine(_folder.Root, "dumps", "2018-02-01.json"), Path.Combine(_folder.Root, "from", "2018-02-01.json"));

        var asked = await process.Service.StartAsync(new RefreshRequest { Dataset = AnalysisFolder.Name }, "once", Cancellation);
        Assert.Equal(asked.Id, (await process.Service.StartAsync(new RefreshRequest { Dataset = AnalysisFolder.Name }, null, Cancellation)).Id);
        await process.Work.RunAsync();

        var refresh = (await process.Work.FindAsync(asked.Id)).Record;
        Succeeded(refresh);
        var outcome = refresh.RefreshOutcome()!;
        Assert.Equal(WorkState.Succeeded, (await process.Work.FindAsync(outcome.Ingest!)).Record.State);
        Assert.Equal(await process.LatestAsync(), outcome.RunId);
        Assert.True(File.Exists(Path.Combine(_folder.Root, "dumps", "2018-02-01.json")));
        await process.ArriveAsync();
        await process.RefreshedAsync();
        Assert.Null(await process.RefreshedAsync(Quiet));
        Assert.Equal(asked.Id, (await process.Service.StartAsync(new RefreshRequest { Dataset = AnalysisFolder.Name }, "once", Cancellation)).Id);
    }

    [Fact]
    public async Task An_ingest_that_fails_is_told_and_what_is_there_is_analysed_all_the_same()
    {
        await _folder.AddDumpAsync(1);
        var source = _folder.Below("gone");
        var process = new RefreshProcess(_folder, _time, with: dataset => dataset with { Source = source });
        var asked = await process.Service.StartAsync(new RefreshRequest { Dataset = AnalysisFolder.Name }, null, Cancellation);
        var run = process.Work.RunAsync();
        await _time.PassesUntilAsync(run, WorkProcess.Usual.Poll, Cancellation); // its retries are waited for, a look at a time

        var refresh = (await process.Work.FindAsync(asked.Id)).Record;
        Assert.Equal(WorkState.Failed, refresh.State);
        Assert.Contains("the copying from", refresh.Problem!.Detail);
        Assert.Equal(await process.RunIdAsync(), await process.LatestAsync());
    }

    [Fact]
    public async Task While_an_ingest_fills_the_dataset_arrivals_wait_and_at_its_end_one_refresh_follows_unannounced()
    {
        var process = await AnalysedAsync();
        await AskToBringOneAsync(process);
        await process.ArriveAsync();
        Assert.Empty(await process.LookAsync(Quiet));
        Assert.Empty(await process.LookAsync(RefreshProcess.Options.MaxWait));
        await process.Work.RunAsync();

        Succeeded(await process.RefreshedAsync());
        Assert.Equal(await process.RunIdAsync(), await process.LatestAsync());
    }

    [Fact]
    public async Task What_an_ingest_brought_is_found_though_nobody_saw_it_run_and_another_process_looks()
    {
        var process = await AnalysedAsync();
        Assert.Empty(await process.LookAsync(Second));
        await AskToBringOneAsync(process);
        await process.Work.RunAsync();

        var next = new RefreshProcess(_folder, _time);
        Succeeded(await next.RefreshedAsync(Second));

        Assert.Equal(await next.RunIdAsync(), await next.LatestAsync());
        Assert.Empty(await next.LookAsync(Second));
    }

    [Fact]
    public async Task What_can_not_be_analysed_is_told_left_alone_for_longer_each_time_and_taken_up_at_once_when_it_changes()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Root, "dumps", "bad.json"), "no dump", Cancellation);
        var process = new RefreshProcess(_folder, _time);
        await process.ArriveAsync();
        var failed = await process.RefreshedAsync(Quiet);
        Assert.Equal(WorkState.Failed, failed!.State);
        Assert.Contains("bad.json", failed.Problem!.Detail);
        Assert.Equal(1, await process.MarkersAsync());

        Assert.Null(await process.RefreshedAsync(Second));
        Assert.Equal(WorkState.Failed, (await process.RefreshedAsync(TimeSpan.FromSeconds(60)))!.State);
        Assert.Null(await process.RefreshedAsync(TimeSpan.FromSeconds(31)));

        File.Delete(Path.Combine(_folder.Root, "dumps", "bad.json"));
        await _folder.AddDumpAsync(1);
        await process.ArriveAsync();
        await process.RefreshedAsync(TimeSpan.FromSeconds(31)); // sees the new one come
        Succeeded(await process.RefreshedAsync(Quiet) ?? (await process.RecordsAsync(RefreshWork.KindName))[^1]);
        Assert.Equal(0, await process.MarkersAsync());
    }

    [Fact]
    public async Task What_is_cancelled_takes_its_run_with_it_and_does_not_begin_again_at_once()
    {
        await _folder.AddDumpAsync(1);
        var process = new RefreshProcess(_folder, _time);
        var refresh = Assert.Single(await process.LookAsync());
        await process.Work.RunUntilAsync(record => record is { Kind: AnalysisWork.KindName, State: WorkState.Queued });

        await process.Service.CancelAsync(refresh.Id, Cancellation);
        await process.Work.RunAsync();

        Assert.Equal(WorkState.Cancelled, (await process.Work.FindAsync(refresh.Id)).Record.State);
        Assert.Equal(WorkState.Cancelled, Assert.Single(await process.RecordsAsync(AnalysisWork.KindName)).State);
        await process.ArriveAsync();
        Assert.Null(await process.RefreshedAsync(Quiet));
        Assert.Null(await process.RefreshedAsync(Quiet));
        await _folder.AddDumpAsync(2);
        await process.ArriveAsync();
        await process.RefreshedAsync(TimeSpan.FromSeconds(31));
        await process.RefreshedAsync(Quiet);
        Assert.Equal(await process.RunIdAsync(), await process.LatestAsync());
    }

    [Fact]
    public async Task An_empty_dataset_is_no_failure_and_its_markers_are_forgotten()
    {
        var process = new RefreshProcess(_folder, _time);
        await process.ArriveAsync();
        Assert.Null(await process.RefreshedAsync());
        Assert.Null(await process.RefreshedAsync(Quiet));
        Assert.Equal(0, await process.MarkersAsync());
        var asked = await process.Service.StartAsync(new RefreshRequest { Dataset = AnalysisFolder.Name }, null, Cancellation);
        await process.Work.RunAsync();
        Assert.Null((await process.Work.FindAsync(asked.Id)).Record.RefreshOutcome()!.RunId);
    }
}
