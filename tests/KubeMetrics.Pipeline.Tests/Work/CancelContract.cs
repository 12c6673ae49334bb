using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Work;

public abstract class CancelContract(Func<Task<ITestBucket>> newBucket) : WorkContract(newBucket)
{
    private readonly ManualTime _time = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StepsKind Endless => new(2, (_, _, halt) =>
    {
        _begun.TrySetResult();
        return Task.Delay(Timeout.Infinite, halt);
    });

    private static Task CancelAsync(WorkProcess process, string id) =>
        process.Works.ChangeAsync(id, record => record with { CancelRequested = true }, Cancellation);

    private static void AssertCancelled(WorkRecord record)
    {
        Assert.Equal(WorkState.Cancelled, record.State);
        Assert.NotNull(record.Finished);
        Assert.Null(record.Lease);
        Assert.Null(record.Problem);
    }

    [Fact]
    public async Task Work_that_waits_is_not_begun()
    {
        var kind = Endless;
        var process = new WorkProcess(Store, _time, kind);
        var id = (await process.AddAsync("steps")).Id;
        await CancelAsync(process, id);

        await process.RunAsync();

        AssertCancelled((await process.FindAsync(id)).Record);
        Assert.Empty(kind.Begun);
    }

    [Fact]
    public async Task A_step_under_way_is_stopped_at_once_where_the_same_process_asks()
    {
        var process = new WorkProcess(Store, _time, Endless);
        var id = (await process.AddAsync("steps")).Id;
        var run = process.RunAsync();
        await _begun.Task.WaitAsync(Cancellation);

        await CancelAsync(process, id);

        await run; // the clock stands still: no renewal was waited for
        AssertCancelled((await process.FindAsync(id)).Record);
    }

    [Fact]
    public async Task A_step_under_way_is_stopped_at_the_next_renewal_where_another_process_asks()
    {
        var process = new WorkProcess(Store, _time, Endless);
        var id = (await process.AddAsync("steps")).Id;
        var run = process.RunAsync();
        await _begun.Task.WaitAsync(Cancellation);

        await CancelAsync(new WorkProcess(Store, new ManualTime()), id);
        _time.Advance(TimeSpan.FromSeconds(5)); // a third of the term

        await run;
        AssertCancelled((await process.FindAsync(id)).Record);
    }

    [Fact]
    public async Task Between_two_steps_the_next_is_not_begun()
    {
        var other = new WorkProcess(Store, new ManualTime());
        var kind = new StepsKind(3, (_, context, _) => CancelAsync(other, context.Record.Id));
        var process = new WorkProcess(Store, _time, kind);
        var id = (await process.AddAsync("steps")).Id;

        await process.RunAsync();

        var record = (await process.FindAsync(id)).Record;
        AssertCancelled(record);
        Assert.Equal([1], kind.Begun);
        Assert.Equal("""{"done":1}""", record.Checkpoint?.GetRawText());
    }

    [Fact]
    public async Task What_was_done_before_anybody_noticed_has_succeeded()
    {
        var other = new WorkProcess(Store, new ManualTime());
        var process = new WorkProcess(Store, _time, new StepsKind(1, (_, context, _) => CancelAsync(other, context.Record.Id)));
        var id = (await process.AddAsync("steps")).Id;

        await process.RunAsync();

        Assert.Equal(WorkState.Succeeded, (await process.FindAsync(id)).Record.State);
    }

    [Fact]
    public async Task Work_whose_process_was_killed_is_ended_by_the_next_and_not_gone_on_with()
    {
        var kind = Endless;
        var process = new WorkProcess(Store, _time, kind);
        var id = (await process.AddAsync("steps", record => record with
        {
            State = WorkState.Running,
            CancelRequested = true,
            Attempts = 1,
            Lease = new WorkLease("gone:1", "nonce", 7, 15),
        })).Id;

        await process.TakeOverAsync();

        AssertCancelled((await process.FindAsync(id)).Record);
        Assert.Empty(kind.Begun);
    }

    [Fact]
    public async Task A_failure_after_the_request_does_not_hide_it()
    {
        var other = new WorkProcess(Store, new ManualTime());
        var process = new WorkProcess(Store, _time, new StepsKind(1, async (_, context, _) =>
        {
            await CancelAsync(other, context.Record.Id);
            await context.EnsureHeldAsync(Cancellation);
            throw new IOException("The disk is full.");
        }));
        var id = (await process.AddAsync("steps")).Id;

        await process.RunAsync();

        AssertCancelled((await process.FindAsync(id)).Record);
    }
}
