using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Work;

public abstract class LeaseContract(Func<Task<ITestBucket>> newBucket) : WorkContract(newBucket)
{
    // Each process has a clock of its own, and the second's is hours off.
    private readonly ManualTime _firstTime = new(), _secondTime = new(ManualTime.Begin.AddHours(-7));
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StepsKind Slow => new(2, (_, _, _) =>
    {
        _begun.TrySetResult();
        return _gate.Task;
    });

    private static StepsKind Quick => new(2, (_, _, _) => Task.CompletedTask);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_is_too_slow_to_renew_loses_the_work_and_writes_nothing_any_more(bool knowsByItsOwnClock)
    {
        var frozen = new FreezingStore(Store);
        var (first, second) = (new WorkProcess(frozen, _firstTime, Slow), new WorkProcess(Store, _secondTime, Quick));
        var id = (await first.AddAsync("steps")).Id;
        var run = first.RunAsync();
        await _begun.Task.WaitAsync(Cancellation);
        frozen.Freeze();
        _firstTime.Advance(TimeSpan.FromSeconds(5)); // a renewal is due, and does not get through
        await frozen.SomethingWaits.WaitAsync(Cancellation);

        await second.TakeOverAsync();
        var done = await second.FindAsync(id);
        if (knowsByItsOwnClock) _firstTime.Advance(TimeSpan.FromSeconds(20));
        frozen.Thaw();
        _gate.SetResult();
        await run;

        Assert.Equal(WorkState.Succeeded, done.Record.State);
        Assert.Equal(done.ETag, (await new WorkProcess(Store, _secondTime).FindAsync(id)).ETag);
    }

    [Fact]
    public async Task Who_lost_the_work_stops_and_is_told_by_the_step_that_asks()
    {
        Exception? told = null;
        var frozen = new FreezingStore(Store);
        var first = new WorkProcess(frozen, _firstTime, new StepsKind(1, async (_, context, _) =>
        {
            _begun.SetResult();
            await _gate.Task;
            told = await Record.ExceptionAsync(() => context.EnsureHeldAsync(Cancellation));
            throw told!;
        }));
        var second = new WorkProcess(Store, _secondTime, Quick);
        var id = (await first.AddAsync("steps")).Id;
        var run = first.RunAsync();
        await _begun.Task.WaitAsync(Cancellation);

        await second.TakeOverAsync();
        var done = await second.FindAsync(id);
        _gate.SetResult();
        await run;

        Assert.IsType<LeaseLostException>(told);
        Assert.Equal(done.ETag, (await new WorkProcess(Store, _secondTime).FindAsync(id)).ETag);
    }

    [Fact]
    public async Task A_process_that_stood_still_for_longer_than_the_term_goes_on_where_nobody_took_its_work()
    {
        var begun = 0;
        var first = new WorkProcess(Store, _firstTime, new StepsKind(2, async (_, _, halt) =>
        {
            begun++;
            _begun.TrySetResult();
            await _gate.Task.WaitAsync(halt);
        }));
        var id = (await first.AddAsync("steps")).Id;
        using var listener = first.Feed.Listen();
        var run = first.RunAsync();
        await _begun.Task.WaitAsync(Cancellation);
        await _firstTime.SomebodyWaitsAsync(TimeSpan.FromSeconds(5), Cancellation);

        _firstTime.Advance(TimeSpan.FromHours(8)); // the lid was closed overnight
        await foreach (var record in listener.Records.ReadAllAsync(Cancellation))
            if (record.Lease?.Counter == 2)
                break;
        _gate.SetResult();
        await run;

        var done = (await new WorkProcess(Store, _secondTime).FindAsync(id)).Record;
        Assert.Equal((WorkState.Succeeded, 2, 1), (done.State, begun, done.Attempts));
    }

    [Fact]
    public async Task A_step_whose_lease_may_be_anothers_is_stopped_by_its_own_clock_where_the_store_does_not_say()
    {
        var frozen = new FreezingStore(Store);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = new WorkProcess(frozen, _firstTime, new StepsKind(1, async (_, _, halt) =>
        {
            _begun.SetResult();
            using var told = halt.Register(stopped.SetResult);
            await Task.Delay(Timeout.Infinite, halt);
        }));
        var id = (await first.AddAsync("steps")).Id;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var run = first.RunAsync(stop.Token);
        await _begun.Task.WaitAsync(Cancellation);
        await _firstTime.SomebodyWaitsAsync(TimeSpan.FromSeconds(5), Cancellation);
        frozen.Freeze();
        _firstTime.Advance(TimeSpan.FromSeconds(5)); // a renewal is due, and is not answered
        await _firstTime.SomebodyWaitsAsync(TimeSpan.FromSeconds(10), Cancellation);
        Assert.False(stopped.Task.IsCompleted);
        _firstTime.Advance(TimeSpan.FromSeconds(10));
        await stopped.Task.WaitAsync(Cancellation);

        var second = new WorkProcess(Store, _secondTime, Quick);
        await second.TakeOverAsync();
        await stop.CancelAsync();
        frozen.Thaw();
        await run;
        Assert.Equal(WorkState.Succeeded, (await second.FindAsync(id)).Record.State);
    }

    [Fact]
    public async Task A_lease_that_is_renewed_is_never_taken_however_long_the_step_is()
    {
        var (first, second) = (new WorkProcess(Store, _firstTime, Slow), new WorkProcess(Store, _secondTime, Quick));
        var id = (await first.AddAsync("steps")).Id;
        using var listener = first.Feed.Listen();
        var run = first.RunAsync();
        await _begun.Task.WaitAsync(Cancellation);
        var counter = (await first.FindAsync(id)).Record.Lease!.Counter;

        for (var renewal = 0; renewal < 30; renewal++)
        {
            // Ten terms; the second looks between any two renewals.
            _firstTime.ForgetWaits();
            _firstTime.Advance(TimeSpan.FromSeconds(5));
            await foreach (var record in listener.Records.ReadAllAsync(Cancellation))
                if (record.Lease?.Counter == counter + renewal + 1)
                    break;
            await _firstTime.SomebodyWaitsAsync(TimeSpan.FromSeconds(5), Cancellation);
            Assert.Equal(0, await second.LookAsync(TimeSpan.FromSeconds(5)));
        }

        _gate.SetResult();
        Assert.Equal(1, await run);
        Assert.Equal(WorkState.Succeeded, (await second.FindAsync(id)).Record.State);
    }

    [Fact]
    public async Task A_lease_is_taken_over_after_its_term_and_a_little_and_not_before()
    {
        var first = new WorkProcess(Store, _firstTime);
        var id = (await first.AddAsync("steps", record => record with { State = WorkState.Running, Attempts = 1, Lease = new WorkLease("gone:1", "nonce", 7, 15) })).Id;
        var second = new WorkProcess(Store, _secondTime, Quick);

        Assert.Equal(0, await second.LookAsync(TimeSpan.FromSeconds(15))); // what was never seen before has not expired
        Assert.Equal(0, await second.LookAsync(TimeSpan.FromSeconds(1))); // 15 s seen: its term, but a renewal may be on its way
        Assert.Equal(0, await second.LookAsync(TimeSpan.FromSeconds(1))); // 16 s
        Assert.Equal(1, await second.RunAsync()); // 17 s: more than 16.5

        Assert.Equal(WorkState.Succeeded, (await second.FindAsync(id)).Record.State);
    }

    [Fact]
    public async Task The_term_is_the_lease_s_own_whatever_the_observer_is_set_to()
    {
        await new WorkProcess(Store, _firstTime).AddAsync("steps", record => record with { State = WorkState.Running, Attempts = 1, Lease = new WorkLease("slow:1", "nonce", 7, 600) });
        var second = new WorkProcess(Store, _secondTime, Quick);

        Assert.Equal(0, await second.LookAsync(TimeSpan.FromSeconds(650))); // the observer's own term is 15 s
        Assert.Equal(0, await second.LookAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(1, await second.RunAsync()); // 670 s: more than 660
    }

    [Fact]
    public async Task Of_several_who_see_a_lease_expire_one_takes_the_work()
    {
        await new WorkProcess(Store, _firstTime).AddAsync("steps", record => record with { State = WorkState.Running, Attempts = 1, Lease = new WorkLease("gone:1", "nonce", 7, 15) });
        var processes = Enumerable.Range(0, 6).Select(_ => Quick).ToList().ConvertAll(kind => (Kind: kind, Process: new WorkProcess(Store, new ManualTime(), kind)));
        foreach (var (_, process) in processes) Assert.Equal(0, await process.LookAsync(TimeSpan.FromSeconds(17)));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var runs = processes.ConvertAll(one => Task.Run(() => one.Process.RunAsync(stop.Token), Cancellation));
        // Who did not get it waits for the next look on a clock that stands still.
        var observer = new WorkProcess(Store, new ManualTime());
        while ((await observer.Works.ListAsync(Cancellation)).Any(work => work.Record.IsOpen)) await Task.Yield();
        await stop.CancelAsync();

        Assert.Equal(1, (await Task.WhenAll(runs)).Sum());
        Assert.Equal([1, 2], processes.SelectMany(one => one.Kind.Begun));
    }
}
