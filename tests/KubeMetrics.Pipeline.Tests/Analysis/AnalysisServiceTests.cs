using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Analysis;

public sealed class AnalysisServiceTests : IDisposable
{
    private readonly AnalysisFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private AnalysisProcess NewProcess(AnalysisLimits? limits = null, Dataset? dataset = null) => new(_folder, _time, limits: limits, dataset: dataset);

    private async Task<AnalysisProcess> WithDumpsAsync(AnalysisLimits? limits = null, params int[] days)
    {
        foreach (var day in days.Length == 0 ? [1] : days) await _folder.AddDumpAsync(day);
        return NewProcess(limits);
    }

    [Fact]
    public async Task The_same_asked_again_is_the_same_work_waiting_running_and_done()
    {
        var process = await WithDumpsAsync();
        var first = await process.AskAsync();
        var waiting = await process.AskAsync();
        WorkRecord? running = null;
        process.Kind.Before = async stage => running = stage == AnalysisStage.Listed ? await NewProcess().AskAsync() : running;
        await process.Work.RunAsync();
        var done = await NewProcess().AskAsync();

        Assert.Equal((first.Id, WorkState.Queued), (waiting.Id, waiting.State));
        Assert.Equal((first.Id, WorkState.Running), (running!.Id, running.State));
        Assert.Equal((first.Id, WorkState.Succeeded), (done.Id, done.State));
        Assert.Equal(await process.RunIdAsync(), done.AnalysisOutcome()!.Report.RunId);
        Assert.False(done.AnalysisOutcome()!.Reused);
        Assert.Equal(1, process.Kind.Computed);
        await process.AssertDoneOnceAsync(first.Id);
    }

    [Fact]
    public async Task What_was_cancelled_or_failed_is_new_work_when_it_is_asked_for_again()
    {
        var process = await WithDumpsAsync(new AnalysisLimits { Memory = 1 });
        var cancelled = await process.Service.CancelAsync((await process.AskAsync()).Id, Cancellation);
        var failed = await process.AnalyseAsync();
        var third = await NewProcess().AnalyseAsync();

        Assert.Equal(WorkState.Cancelled, cancelled.State);
        Assert.Equal(WorkState.Failed, failed.State);
        Assert.Equal(WorkState.Succeeded, third.State);
        Assert.Equal(3, new[] { cancelled.Id, failed.Id, third.Id }.Distinct().Count());
    }

    [Fact]
    public async Task What_was_done_is_new_work_when_its_report_is_gone()
    {
        var process = await WithDumpsAsync();
        var first = await process.AnalyseAsync();
        await process.Reports.DeleteAsync(await process.RunIdAsync(), Cancellation);

        var second = await process.AnalyseAsync();

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal((WorkState.Succeeded, 2), (second.State, process.Kind.Computed));
        Assert.NotNull(await process.Reports.FindAsync(await process.RunIdAsync(), Cancellation));
    }

    [Fact]
    public async Task Forced_it_is_done_again_and_the_report_is_made_anew()
    {
        var process = await WithDumpsAsync();
        var first = await process.AnalyseAsync();
        _time.Advance(TimeSpan.FromMinutes(1));

        var again = await process.AnalyseAsync(request => request with { Force = true });

        Assert.NotEqual(first.Id, again.Id);
        Assert.Equal(2, process.Kind.Computed);
        Assert.Equal(first.AnalysisOutcome()!.Report.RunId, again.AnalysisOutcome()!.Report.RunId);
        Assert.Equal(ManualTime.Begin.AddMinutes(1), again.AnalysisOutcome()!.Report.Generated);
        Assert.Equal(ManualTime.Begin.AddMinutes(1), (await process.LatestAsync())!.Generated);
    }

    [Fact]
    public async Task Forced_while_the_same_is_under_way_it_is_that()
    {
        var process = await WithDumpsAsync();

        Assert.Equal((await process.AskAsync()).Id, (await process.AskAsync(request => request with { Force = true })).Id);
    }

    [Fact]
    public async Task Another_option_is_another_run_and_no_news_of_the_dataset()
    {
        var process = await WithDumpsAsync();
        var other = await process.AnalyseAsync(request => request with { Where = ["op=read"] });
        var latestBefore = await process.LatestAsync();
        var own = await process.AnalyseAsync();
        var third = await process.AnalyseAsync(request => request with { Raw = true });

        Assert.Null(latestBefore);
        Assert.Equal([WorkState.Succeeded, WorkState.Succeeded, WorkState.Succeeded], new[] { other.State, own.State, third.State });
        Assert.Equal(3, new[] { other, own, third }.Select(run => run.AnalysisOutcome()!.Report.RunId).Distinct().Count());
        Assert.Equal(AnalysisFolder.SamplesPerGroup, other.AnalysisOutcome()!.Report.Samples); // one operation of two
        Assert.Equal(own.AnalysisOutcome()!.Report.RunId, (await process.LatestAsync())!.RunId);
    }

    [Fact]
    public async Task The_datasets_own_options_said_again_are_its_own()
    {
        await _folder.AddDumpAsync(1);
        var process = NewProcess(dataset: _folder.Dataset with { Window = TimeSpan.FromHours(36), Unit = "ms" });
        var first = await process.AskAsync();

        var said = await process.AskAsync(request => request with { GroupBy = " op ", Where = [], Window = "1d12h", Unit = "ms", Raw = false });

        Assert.Equal(first.Id, said.Id);
        Assert.True(said.AnalysisInput().Own);
    }

    [Fact]
    public async Task What_arrived_before_it_ran_is_analysed_too()
    {
        var process = await WithDumpsAsync();
        var asked = await process.AskAsync();
        await _folder.AddDumpAsync(2);

        await process.Work.RunAsync();

        var done = await process.FindAsync(asked.Id);
        Assert.NotEqual(asked.AnalysisInput().RunId, await process.RunIdAsync());
        Assert.Equal(await process.RunIdAsync(), done.AnalysisOutcome()!.Report.RunId);
        Assert.Equal((AnalysisFolder.SamplesPerGroup * 4, 2), (done.AnalysisOutcome()!.Report.Samples, done.AnalysisOutcome()!.Inputs.Count));
        Assert.Equal(asked.Id, (await process.AskAsync()).Id); // and it stands for the run that it became
    }

    [Fact]
    public async Task What_arrives_between_two_steps_is_analysed_too()
    {
        var process = await WithDumpsAsync();
        var asked = await process.AskAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        process.Kind.Before = stage => stage is null ? stop.CancelAsync() : Task.CompletedTask; // stops with the first step done
        await process.Work.RunAsync(stop.Token);
        process.Kind.Before = null;
        await _folder.AddDumpAsync(2);

        await process.Work.RunAsync();

        Assert.Equal(AnalysisFolder.SamplesPerGroup * 4, (await process.FindAsync(asked.Id)).AnalysisOutcome()!.Report.Samples);
        Assert.Equal([await process.RunIdAsync()], await process.Reports.RunsAsync(Cancellation));
    }

    [Fact]
    public async Task Of_two_that_have_become_the_same_run_one_is_done_and_the_other_names_it()
    {
        var process = await WithDumpsAsync();
        var before = await process.AskAsync();
        await _folder.AddDumpAsync(2);
        ((ManualTime)process.Time).Advance(TimeSpan.FromMilliseconds(1)); // the older is taken up first, by its name
        var after = await process.AskAsync();

        await process.Work.RunAsync();

        var (first, second) = (await process.FindAsync(before.Id), await process.FindAsync(after.Id));
        Assert.NotEqual(before.Id, after.Id);
        Assert.Equal((WorkState.Replaced, after.Id), (first.State, first.ReplacedBy));
        Assert.Equal((WorkState.Succeeded, 1), (second.State, process.Kind.Computed));
    }

    [Fact]
    public async Task Asked_for_by_several_at_once_it_is_done_once()
    {
        await _folder.AddDumpAsync(1);
        var processes = Enumerable.Range(0, 4).Select(_ => NewProcess()).ToList();

        var asked = await Task.WhenAll(processes.Select(process => Task.Run(() => process.AskAsync(), Cancellation)));
        foreach (var process in processes) await process.Work.RunAsync();

        Assert.Equal(1, processes.Sum(process => process.Kind.Computed));
        foreach (var record in asked)
        {
            var became = await processes[0].FindAsync(record.Id);
            Assert.True(became.State is WorkState.Succeeded or WorkState.Replaced, $"{became.State}");
        }

        Assert.Single(await processes[0].Reports.RunsAsync(Cancellation));
    }

    [Fact]
    public async Task Asked_for_and_done_by_several_at_once_it_is_done_once()
    {
        await _folder.AddDumpAsync(1);
        var options = new WorkOptions { LeaseTerm = TimeSpan.FromMinutes(10), Poll = TimeSpan.FromMilliseconds(20) };
        var processes = Enumerable.Range(0, 3).Select(_ => new AnalysisProcess(_folder, TimeProvider.System, options: options)).ToList();

        await Task.WhenAll(processes.Select(process => Task.Run(() => process.AnalyseAsync(), Cancellation)));

        Assert.Equal(1, processes.Sum(process => process.Kind.Computed));
        Assert.All(await processes[0].RecordsAsync(), record => Assert.True(record.State is WorkState.Succeeded or WorkState.Replaced, $"{record.State}"));
        Assert.Equal(await processes[0].RunIdAsync(), (await processes[0].LatestAsync())!.RunId);
    }

    [Fact]
    public async Task A_report_that_the_command_made_is_used_and_pointed_at()
    {
        var process = await WithDumpsAsync();
        var made = await new Analyzer(_time, 1).AnalyzeAsync(await process.Places.InputsAsync(process.Dataset, Cancellation), process.Dataset.Options, null, Cancellation);
        await process.Reports.WriteAsync(made.Report, null, null, Cancellation);

        var asked = await process.AskAsync();

        Assert.Equal((WorkState.Succeeded, true), (asked.State, asked.AnalysisOutcome()!.Reused));
        Assert.Equal(made.Report.Run.RunId, (await process.LatestAsync())!.RunId);
        Assert.Equal(0, await process.Work.RunAsync());
        Assert.Equal(asked.Id, (await process.AskAsync()).Id);
    }

    [Fact]
    public async Task Where_too_much_waits_more_is_refused_and_the_same_is_not_more()
    {
        var process = await WithDumpsAsync(new AnalysisLimits { Queue = 2 });
        var first = await process.AskAsync();
        await process.AskAsync(request => request with { Raw = true });

        var refused = await Assert.ThrowsAsync<RefusedException>(() => process.AskAsync(request => request with { Where = ["op=read"] }));

        Assert.Equal((Refusal.QueueFull, "2 analyses wait or run already; 2 are the most."), (refused.Reason, refused.Message));
        Assert.Contains("Analysis:Queue", refused.Remedy);
        Assert.Equal(first.Id, (await process.AskAsync()).Id);
        await process.Service.CancelAsync(first.Id, Cancellation);
        Assert.Equal(WorkState.Queued, (await process.AskAsync(request => request with { Where = ["op=read"] })).State);
    }

    [Fact]
    public async Task Where_there_are_no_dumps_it_says_where_and_which_names_they_have()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Root, "dumps", "notes.txt"), "none", Cancellation);

        var refused = await Assert.ThrowsAsync<RefusedException>(() => NewProcess().AskAsync());

        Assert.Equal(Refusal.Nothing, refused.Reason);
        Assert.StartsWith($"There are no dumps in file://{_folder.Root}/dumps (names that end in .json,", refused.Message);
        Assert.Contains("Datasets:KubeMetrics:Location", refused.Remedy);
    }

    [Fact]
    public async Task A_location_that_is_not_there_is_named()
    {
        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => NewProcess(dataset: _folder.Dataset with { Location = _folder.Below("nowhere") }).AskAsync());

        Assert.Equal(ObjectStoreError.BucketNotFound, refused.Error);
        Assert.Contains($"{_folder.Root}/nowhere", refused.Message);
    }

    [Fact]
    public async Task A_dataset_that_there_is_not_is_refused_with_the_one_that_was_meant()
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => NewProcess().AskAsync(request => request with { Dataset = "KubeMetric" }));

        Assert.Equal(Refusal.UnknownDataset, refused.Reason);
        Assert.Equal("There is no dataset 'KubeMetric'. Is 'KubeMetrics' meant? There are: KubeMetrics.", refused.Message);
    }

    [Fact]
    public async Task The_case_of_a_datasets_name_does_not_matter()
    {
        var process = await WithDumpsAsync();

        Assert.Equal((await process.AskAsync()).Id, (await process.AskAsync(request => request with { Dataset = "kubemetrics" })).Id);
    }

    public static TheoryData<string, AnalysisRequest> Wrong => new()
    {
        { "'where': ", new() { Dataset = AnalysisFolder.Name, Where = ["op=read", "nonsense"] } },
        { "'groupBy': It is empty", new() { Dataset = AnalysisFolder.Name, GroupBy = " " } },
        { "'from': 'yesterday' is not a point in time", new() { Dataset = AnalysisFolder.Name, From = "yesterday" } },
        { "'to': '2018-13-01' is not a point in time", new() { Dataset = AnalysisFolder.Name, To = "2018-13-01" } },
        { "'from': It is not before 'to'", new() { Dataset = AnalysisFolder.Name, From = "2018-02-02", To = "2018-02-01" } },
        { "'window': '30' is not a length of time", new() { Dataset = AnalysisFolder.Name, Window = "30" } },
        { "'unit': ", new() { Dataset = AnalysisFolder.Name, Unit = "furlongs" } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_field_that_cannot_be_understood_is_named(string start, AnalysisRequest request)
    {
        var process = await WithDumpsAsync();

        var refused = await Assert.ThrowsAsync<RefusedException>(() => process.AskAsync(_ => request));

        Assert.Equal(Refusal.Invalid, refused.Reason);
        Assert.StartsWith($"The field {start}", refused.Message);
        Assert.Empty(await process.RecordsAsync());
    }

    [Fact]
    public async Task A_dataset_that_is_taken_from_the_settings_before_its_turn_fails_with_what_to_do()
    {
        var asked = await (await WithDumpsAsync()).AskAsync();
        var other = NewProcess(dataset: _folder.Dataset with { Name = "other" });

        await other.Work.RunAsync();

        var failed = await other.FindAsync(asked.Id);
        Assert.Equal((WorkState.Failed, "There is no dataset 'KubeMetrics' any more."), (failed.State, failed.Problem?.Detail));
    }

    [Fact]
    public async Task Nothing_to_group_by_fails_with_the_labels_there_are()
    {
        var process = await WithDumpsAsync();

        var failed = await process.AnalyseAsync(request => request with { GroupBy = "operation" });

        Assert.Equal(WorkState.Failed, failed.State);
        Assert.Contains("'operation'", failed.Problem?.Detail);
        Assert.Contains("correct the conditions (where)", failed.Problem?.Remedy);
    }

    [Fact]
    public async Task A_time_in_which_there_is_nothing_fails_and_leaves_no_report()
    {
        var process = await WithDumpsAsync();

        var failed = await process.AnalyseAsync(request => request with { From = "2019-01-01" });

        Assert.Equal(WorkState.Failed, failed.State);
        Assert.StartsWith("There is nothing to analyse: ", failed.Problem?.Detail);
        Assert.Contains("take another time", failed.Problem?.Remedy);
        Assert.Empty(await process.Reports.RunsAsync(Cancellation));
    }

    [Fact]
    public async Task Dumps_that_cannot_be_understood_fail_with_their_own_remedy()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Root, "dumps", "deep.json"), new string('[', 5000), Cancellation);

        var failed = await NewProcess().AnalyseAsync();

        Assert.Equal(WorkState.Failed, failed.State);
        Assert.Contains("deep.json", failed.Problem?.Detail);
        Assert.StartsWith("See to the dumps", failed.Problem?.Remedy);
    }

    [Fact]
    public async Task Reports_that_cannot_be_written_fail_before_anything_is_computed_and_name_the_setting()
    {
        await _folder.AddDumpAsync(1);
        var process = new AnalysisProcess(_folder, _time, store => store.Name.EndsWith("reports", StringComparison.Ordinal) ? new ReadOnlyStore(store, ObjectStoreError.AccessDenied) : store);

        var failed = await process.AnalyseAsync();

        Assert.Equal((WorkState.Failed, 0), (failed.State, process.Kind.Computed));
        Assert.StartsWith($"The reports of KubeMetrics can't be written to file://{_folder.Root}/reports: ", failed.Problem?.Detail);
        Assert.Contains("Datasets:KubeMetrics:Reports", failed.Problem?.Remedy);
    }

    [Fact]
    public async Task A_computed_document_that_is_damaged_is_computed_again()
    {
        var process = await WithDumpsAsync();
        var asked = await process.AskAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        process.Kind.Before = stage => stage == AnalysisStage.Listed ? stop.CancelAsync() : Task.CompletedTask; // stops when it is computed, or before
        await process.Work.RunAsync(stop.Token);
        process.Kind.Before = null;
        await process.State.PutBytesAsync($"state/documents/KubeMetrics/{asked.Id}.json", "{"u8.ToArray(), cancellationToken: Cancellation);
        await process.Work.Works.ChangeAsync(asked.Id, record => record with { Checkpoint = Analysed(record) }, Cancellation);

        var next = NewProcess();
        await next.Work.RunAsync();

        await next.AssertDoneOnceAsync(asked.Id);
    }

    private static System.Text.Json.JsonElement Analysed(WorkRecord record) => System.Text.Json.JsonSerializer.SerializeToElement(
        new AnalysisCheckpoint(AnalysisStage.Analysed, record.AnalysisInput().RunId, record.AnalysisInput().Inputs), AnalysisJson.Default.AnalysisCheckpoint);
}
