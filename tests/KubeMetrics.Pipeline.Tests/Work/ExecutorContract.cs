using System.Collections.Concurrent;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Work;

public abstract class ExecutorContract(Func<Task<ITestBucket>> newBucket) : WorkContract(newBucket)
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Steps_run_in_order_and_each_goes_on_from_the_checkpoint_before()
    {
        var seen = new List<string?>();
        var kind = new StepsKind(3, (_, context, _) =>
        {
            seen.Add(context.Record.Checkpoint?.GetRawText());
            return Task.CompletedTask;
        });
        var process = new WorkProcess(Store, _time, kind);
        var id = (await process.AddAsync("steps")).Id;

        Assert.Equal(1, await process.RunAsync());

        var record = (await process.FindAsync(id)).Record;
        Assert.Equal([1, 2, 3], kind.Begun);
        Assert.Equal([null, """{"done":1}""", """{"done":2}"""], seen);
        Assert.Equal((WorkState.Succeeded, """{"steps":3}"""), (record.State, record.Result?.GetRawText()));
        Assert.Equal((ManualTime.Begin, ManualTime.Begin), (record.Started, record.Finished));
        Assert.Null(record.Lease);
    }

    [Fact]
    public async Task What_one_step_leaves_in_memory_the_next_of_the_same_process_has()
    {
        var carried = new List<object?>();
        var process = new WorkProcess(Store, _time, new StepsKind(2, (step, context, _) =>
        {
            carried.Add(context.Carried);
            context.Carried = step;
            return Task.CompletedTask;
        }));
        await process.AddAsync("steps");

        await process.RunAsync();

        Assert.Equal([null, 1], carried);
    }

    [Fact]
    public async Task When_the_budget_is_spent_the_step_is_finished_and_the_next_run_goes_on()
    {
        var kind = new StepsKind(3, (step, _, _) =>
        {
            if (step == 2) _time.Advance(TimeSpan.FromMinutes(5));
            return Task.CompletedTask;
        });
        var process = new WorkProcess(Store, _time, WorkProcess.Usual with { LeaseTerm = TimeSpan.FromHours(1) }, kind);
        var id = (await process.AddAsync("steps")).Id;

        await process.Executor.RunDueAsync(TimeSpan.FromMinutes(5), Cancellation);
        var between = (await process.FindAsync(id)).Record;
        await process.Executor.RunDueAsync(TimeSpan.FromMinutes(5), Cancellation);

        Assert.Equal((WorkState.Queued, """{"done":2}""", 0), (between.State, between.Checkpoint?.GetRawText(), between.Attempts));
        Assert.Null(between.Lease);
        Assert.Equal([1, 2, 3], kind.Begun);
        Assert.Equal(WorkState.Succeeded, (await process.FindAsync(id)).Record.State);
    }

    [Fact]
    public async Task A_budget_that_is_spent_already_takes_nothing_up()
    {
        var process = new WorkProcess(Store, _time, new StepsKind(1, (_, _, _) => Task.CompletedTask));
        await process.AddAsync("steps");

        Assert.Equal(0, await process.Executor.RunDueAsync(TimeSpan.Zero, Cancellation));
    }

    [Fact]
    public async Task When_the_host_stops_a_step_is_given_back_and_the_attempt_does_not_count()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var kind = new StepsKind(2, async (step, _, halt) =>
        {
            if (step != 2 || stop.IsCancellationRequested) return;
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, halt);
        });
        var process = new WorkProcess(Store, _time, kind);
        var id = (await process.AddAsync("steps")).Id;

        await process.RunAsync(stop.Token);

        var record = (await process.FindAsync(id)).Record;
        Assert.Equal((WorkState.Queued, """{"done":1}""", 0, 0), (record.State, record.Checkpoint?.GetRawText(), record.Attempts, record.Retries));
        Assert.Null(record.Lease);
        Assert.Null(record.Problem);
        Assert.Null(record.Due);
        await process.RunAsync();
        Assert.Equal([1, 2], kind.Begun.Distinct());
        Assert.Equal(WorkState.Succeeded, (await process.FindAsync(id)).Record.State);
    }

    [Fact]
    public async Task A_step_that_is_done_while_the_host_stops_keeps_its_checkpoint()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var kind = new StepsKind(2, (_, _, _) => stop.CancelAsync());
        var process = new WorkProcess(Store, _time, kind);
        var id = (await process.AddAsync("steps")).Id;

        await process.RunAsync(stop.Token);

        var record = (await process.FindAsync(id)).Record;
        Assert.Equal((WorkState.Queued, """{"done":1}""", 0), (record.State, record.Checkpoint?.GetRawText(), record.Attempts));
        Assert.Equal([1], kind.Begun);
    }

    [Fact]
    public async Task Work_is_not_taken_up_before_it_is_due()
    {
        var kind = new StepsKind(1, (_, _, _) => Task.CompletedTask);
        var process = new WorkProcess(Store, _time, kind);
        await process.AddAsync("steps", record => record with { Due = ManualTime.Begin.AddSeconds(10) });

        Assert.Equal(0, await process.LookAsync(TimeSpan.FromSeconds(9)));
        Assert.Equal(0, await process.LookAsync(TimeSpan.FromSeconds(1)));
        Assert.Empty(kind.Begun);
        Assert.Equal(1, await process.RunAsync());
    }

    [Fact]
    public async Task A_kind_that_this_host_does_not_know_is_left_alone()
    {
        var process = new WorkProcess(Store, _time, new StepsKind(1, (_, _, _) => Task.CompletedTask));
        var before = await process.FindAsync((await process.AddAsync("ingest")).Id);

        Assert.Equal(0, await process.RunAsync());

        Assert.Equal(before.ETag, (await new WorkProcess(Store, _time).FindAsync(before.Record.Id)).ETag);
    }

    [Fact]
    public async Task Of_each_kind_at_most_so_many_run_at_once_and_none_keeps_another_waiting()
    {
        var (running, most) = (0, 0);
        var (two, one, gate) = (new Countdown(2), new Countdown(1), new TaskCompletionSource());
        var many = new StepsKind(1, async (_, _, _) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            two.Signal();
            await gate.Task;
            Interlocked.Decrement(ref running);
        }, "many", concurrency: 2);
        var few = new StepsKind(1, async (_, _, _) =>
        {
            one.Signal();
            await gate.Task;
        }, "few");
        var process = new WorkProcess(Store, _time, many, few);
        for (var i = 0; i < 5; i++) await process.AddAsync("many");
        await process.AddAsync("few");

        var run = process.RunAsync();
        await two.Done.WaitAsync(Cancellation);
        await one.Done.WaitAsync(Cancellation);
        gate.SetResult();

        Assert.Equal(6, await run);
        Assert.Equal(2, most);
        Assert.Equal(5, many.Works.Distinct().Count());
    }

    [Fact]
    public async Task What_is_added_in_this_process_meanwhile_is_taken_up_without_waiting_for_the_next_look()
    {
        var (slow, begun, quick) = SlowUntilQuick();
        var process = new WorkProcess(Store, _time, slow, quick);
        await process.AddAsync("slow");

        var run = process.RunAsync();
        await begun.WaitAsync(Cancellation);
        await process.AddAsync("quick");

        Assert.Equal(2, await run); // no time passed: the clock stands still
    }

    [Fact]
    public async Task Work_that_another_does_ends_replaced_and_names_it()
    {
        var process = new WorkProcess(Store, _time, new ReplacedKind());
        var id = (await process.AddAsync("replaced")).Id;

        await process.RunAsync();

        var record = (await process.FindAsync(id)).Record;
        Assert.Equal((WorkState.Replaced, "the other"), (record.State, record.ReplacedBy));
    }

    [Fact]
    public async Task Progress_is_told_at_once_and_written_with_the_checkpoint()
    {
        var process = new WorkProcess(Store, _time, new StepsKind(2, (step, context, _) =>
        {
            if (step == 1) context.Report("reading", 5, 20, "bytes", 0.2, 0.6);
            return Task.CompletedTask;
        }));
        await process.AddAsync("steps");
        var told = new ConcurrentQueue<WorkRecord>();
        process.Feed.Told += told.Enqueue;

        await process.RunAsync();

        // a quarter of the way from 0.2 to 0.6
        Assert.Contains(told, record => record is { Checkpoint: null, Progress: { Step: "reading", Done: 5, Total: 20, Unit: "bytes", Fraction: 0.3 } });
        Assert.Contains(told, record => record is { Checkpoint: not null, Progress.Done: 5 });
        Assert.Null(told.Last().Progress);
    }

    [Fact]
    public async Task A_step_that_begins_is_written_at_once_so_that_the_record_tells_which_one_took_its_process_with_it()
    {
        WorkRecord? seen = null;
        var observer = new WorkProcess(Store, new ManualTime());
        var process = new WorkProcess(Store, _time, new StepsKind(2, async (step, context, halt) =>
        {
            if (step == 1) return;
            context.Report("summarising", 0, 11, "groups", 0.5, 0.7);
            while (seen?.Progress is null) seen = (await observer.FindAsync(context.Record.Id)).Record; // no time passes: no renewal is due
        }));
        await process.AddAsync("steps");

        await process.RunAsync();

        Assert.Equal("summarising", seen!.Progress!.Step);
    }

    [Fact]
    public async Task After_work_has_ended_its_kind_tidies_up_and_once_an_hour_it_tidies_everything()
    {
        var kind = new StepsKind(1, (_, _, _) => Task.CompletedTask);
        var process = new WorkProcess(Store, _time, kind);
        async Task DoAsync(string dataset)
        {
            await process.AddAsync("steps", record => record with { Dataset = dataset });
            await process.RunAsync();
        }

        await DoAsync("a");
        await process.RunAsync();
        _time.Advance(TimeSpan.FromMinutes(59));
        await DoAsync("b");
        _time.Advance(TimeSpan.FromMinutes(1));
        await process.RunAsync();

        Assert.Equal([null, "a", "b", null], kind.Tidied);
    }

    [Fact]
    public async Task What_is_due_after_the_budget_is_not_waited_for()
    {
        var kind = new StepsKind(1, (_, _, _) => Task.CompletedTask);
        var process = new WorkProcess(Store, _time, kind);
        await process.AddAsync("steps", record => record with { Due = ManualTime.Begin.AddMinutes(6) });

        Assert.Equal(0, await process.Executor.RunDueAsync(TimeSpan.FromMinutes(5), Cancellation)); // no time passes: it would wait for ever
    }

    [Fact]
    public async Task While_something_runs_a_store_that_cannot_be_listed_is_asked_again()
    {
        var (slow, begun, quick) = SlowUntilQuick();
        var store = new UnlistableStore(Store);
        var process = new WorkProcess(store, _time, slow, quick);
        await process.AddAsync("slow");
        var run = process.RunAsync();
        await begun.WaitAsync(Cancellation);
        store.FailOnce();
        await process.AddAsync("quick"); // the look for it fails

        await store.Failed.WaitAsync(Cancellation);
        await _time.PassesUntilAsync(run, WorkProcess.Usual.Poll, Cancellation);

        Assert.Equal(2, await run);
    }

    /// <summary>Two kinds: a step of the first, which tells when it begins, lasts until one of the second is done.</summary>
    private static (StepsKind Slow, Task Begun, StepsKind Quick) SlowUntilQuick()
    {
        var (begun, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = new StepsKind(1, (_, _, _) =>
        {
            begun.SetResult();
            return gate.Task;
        }, "slow");
        var quick = new StepsKind(1, (_, _, _) =>
        {
            gate.SetResult();
            return Task.CompletedTask;
        }, "quick");
        return (slow, begun.Task, quick);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen && Interlocked.CompareExchange(ref most, value, seen) != seen;) seen = Volatile.Read(ref most);
    }

    private sealed class ReplacedKind : IWorkKind
    {
        public string Name => "replaced";

        public int Concurrency => 1;

        public Task<StepOutcome> StepAsync(WorkContext context, CancellationToken cancellationToken) => Task.FromResult<StepOutcome>(new StepOutcome.Replaced("the other"));

        public Task TidyAsync(IReadOnlySet<string>? only, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
