using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Work;

/// <summary>Work that waits, for other work or for a time, without holding anything.</summary>
public abstract class LaterContract(Func<Task<ITestBucket>> newBucket) : WorkContract(newBucket)
{
    private readonly ManualTime _time = new();
    private readonly List<string> _done = [];

    private StepsKind Child => new(1, (_, _, _) =>
    {
        _done.Add("child");
        return Task.CompletedTask;
    }, "child");

    private LaterKind Parent(Func<StepOutcome.Later> later) => new(later, () => _done.Add("parent"));

    [Fact]
    public async Task Work_that_waits_for_other_work_is_taken_up_when_that_has_ended_and_the_clock_need_not_go_on()
    {
        WorkRecord? child = null;
        var process = new WorkProcess(Store, _time, Parent(() => new StepOutcome.Later(Made.Json("""{"waited":true}"""), For: child!.Id)), Child);
        child = await process.AddAsync("child", record => record with { Due = ManualTime.Begin.AddHours(1) });
        var parent = await process.AddAsync("later");
        Assert.Equal(1, await process.LookAsync(WorkProcess.Usual.Poll));
        var waiting = (await process.FindAsync(parent.Id)).Record;
        Assert.Equal((WorkState.Queued, child.Id, 0), (waiting.State, waiting.WaitsFor, waiting.Attempts));
        Assert.Null(waiting.Lease);

        _time.Advance(TimeSpan.FromHours(1));
        await process.RunAsync();

        Assert.Equal(["child", "parent"], _done);
        var ended = (await process.FindAsync(parent.Id)).Record;
        Assert.Equal((WorkState.Succeeded, (string?)null), (ended.State, ended.WaitsFor));
    }

    [Fact]
    public async Task Work_that_waits_for_what_is_not_there_any_more_goes_on()
    {
        var process = new WorkProcess(Store, _time, Parent(() => new StepOutcome.Later(Made.Json("""{"waited":true}"""), For: WorkId.New(ManualTime.Begin))));
        await process.AddAsync("later");
        await process.RunAsync();
        Assert.Equal(["parent"], _done);
    }

    [Fact]
    public async Task Work_that_waits_for_a_time_says_why_and_goes_on_from_where_it_was()
    {
        var asked = 0;
        var process = new WorkProcess(Store, _time, Parent(() => ++asked == 1
            ? new StepOutcome.Later(null, After: TimeSpan.FromSeconds(5), Why: new WorkProblem("The queue is full.", "Wait."))
            : new StepOutcome.Later(Made.Json("""{"waited":true}"""))));
        var id = (await process.AddAsync("later")).Id;
        var waiting = await process.RunUntilAsync(record => record.Problem is not null); // on a clock that stands: it is 5 s from now
        Assert.Equal("The queue is full.", waiting.Problem!.Detail);
        Assert.Equal(ManualTime.Begin.AddSeconds(5), waiting.Due);
        Assert.Null(waiting.Checkpoint);

        _time.Advance(TimeSpan.FromSeconds(5));
        await process.RunAsync();

        Assert.Equal(2, asked);
        var done = (await process.FindAsync(id)).Record;
        Assert.Equal((WorkState.Succeeded, (WorkProblem?)null), (done.State, done.Problem));
    }

    [Fact]
    public async Task Work_that_waits_is_cancelled_at_once()
    {
        var process = new WorkProcess(Store, _time, Parent(() => throw new InvalidOperationException("It was begun.")), Child);
        var child = await process.AddAsync("child", record => record with { Due = ManualTime.Begin.AddHours(1) });
        var id = (await process.AddAsync("later", record => record with { WaitsFor = child.Id })).Id;

        await process.Works.ChangeAsync(id, record => record with { CancelRequested = true }, Cancellation);
        await process.LookAsync(WorkProcess.Usual.Poll);

        Assert.Equal(WorkState.Cancelled, (await process.FindAsync(id)).Record.State);
    }

    private sealed class LaterKind(Func<StepOutcome.Later> later, Action done) : IWorkKind
    {
        public string Name => "later";

        public int Concurrency => 1;

        public Task<StepOutcome> StepAsync(WorkContext context, CancellationToken cancellationToken)
        {
            if (context.Record.Checkpoint is null) return Task.FromResult<StepOutcome>(later());
            done();
            return Task.FromResult<StepOutcome>(new StepOutcome.Done(Made.Json("{}")));
        }

        public Task TidyAsync(IReadOnlySet<string>? only, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
