using System.Text;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Work;

public abstract class FailureContract(Func<Task<ITestBucket>> newBucket) : WorkContract(newBucket)
{
    private readonly ManualTime _time = new();

    private async Task<WorkRecord> FailAsync(Exception e)
    {
        var process = new WorkProcess(Store, _time, new StepsKind(1, (_, _, _) => throw e));
        var id = (await process.AddAsync("steps")).Id;
        await process.RunAsync();
        return (await process.FindAsync(id)).Record;
    }

    [Theory]
    [InlineData(true, WorkState.Succeeded)]
    [InlineData(false, WorkState.Failed)]
    public async Task Failures_count_anew_after_a_step_that_got_on_and_go_on_counting_after_one_that_did_not(bool getsOn, WorkState end)
    {
        var failures = 0;
        var kind = new StepsKind(6, (step, _, _) => step % 2 == 1 || failures++ % 2 == 1 ? Task.CompletedTask : throw new IOException("503"), getsOn: getsOn);
        var process = new WorkProcess(Store, _time, kind);
        var id = (await process.AddAsync("steps")).Id;

        await _time.PassesUntilAsync(process.RunAsync(), WorkProcess.Usual.Poll, TestContext.Current.CancellationToken);

        // Steps 2, 4 and 6 fail once each.
        Assert.Equal(end, (await process.FindAsync(id)).Record.State);
        Assert.Equal(3, failures / 2 + failures % 2);
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_tried_again_later_and_later_and_then_is_one()
    {
        var kind = new StepsKind(2, (step, _, _) => step == 1 ? Task.CompletedTask : throw new IOException("The disk is full."));
        var process = new WorkProcess(Store, _time, kind);
        await process.AddAsync("steps");

        var first = await process.RunUntilAsync(record => record.Retries == 1);
        Assert.Equal(0, await process.LookAsync(TimeSpan.FromSeconds(1)));
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = await process.RunUntilAsync(record => record.Retries == 2);
        Assert.Equal(0, await process.LookAsync(TimeSpan.FromSeconds(3)));
        _time.Advance(TimeSpan.FromSeconds(1));
        await process.RunAsync();
        var last = (await process.FindAsync(first.Id)).Record;

        Assert.Equal([1, 2, 2, 2], kind.Begun); // three tries (Attempts), from the checkpoint on
        Assert.Equal((WorkState.Queued, ManualTime.Begin.AddSeconds(2)), (first.State, first.Due)); // after 2 s (RetryAfter)
        Assert.Equal((WorkState.Queued, ManualTime.Begin.AddSeconds(6)), (second.State, second.Due)); // after 4 s more
        Assert.Equal("The disk is full.", first.Problem?.Detail);
        Assert.Null(first.Lease);
        Assert.Equal((WorkState.Failed, "The disk is full."), (last.State, last.Problem?.Detail));
        Assert.Contains("start it again", last.Problem?.Remedy);
    }

    [Fact]
    public async Task A_step_that_succeeds_after_a_failure_that_passed_begins_to_count_anew()
    {
        var fail = new Queue<bool>([true, true, false, true, true, false]);
        var kind = new StepsKind(2, (_, _, _) => fail.Dequeue() ? throw new TimeoutException("The store does not answer.") : Task.CompletedTask);
        var process = new WorkProcess(Store, _time, kind);
        var id = (await process.AddAsync("steps")).Id;

        foreach (var (step, retries) in ((int, int)[])[(1, 1), (1, 2), (2, 1), (2, 2)])
        {
            await process.RunUntilAsync(one => one.Retries == retries && one.State == WorkState.Queued && (one.Checkpoint is null) == (step == 1));
            _time.Advance(TimeSpan.FromSeconds(4));
        }

        await process.RunAsync();
        var record = (await process.FindAsync(id)).Record;
        Assert.Equal((WorkState.Succeeded, 0), (record.State, fail.Count));
        Assert.Null(record.Problem);
    }

    [Fact]
    public async Task What_cannot_be_done_fails_with_the_reason_and_the_remedy()
    {
        var record = await FailAsync(new WorkFailedException("There are no dumps.", "Put some there."));

        Assert.Equal((WorkState.Failed, new WorkProblem("There are no dumps.", "Put some there."), ManualTime.Begin), (record.State, record.Problem, record.Finished));
        Assert.Null(record.Lease);
    }

    [Fact]
    public async Task A_mistake_of_the_program_fails_at_once_and_no_stack_trace_is_in_the_record()
    {
        var record = await FailAsync(new InvalidOperationException("Sequence contains no elements"));
        var text = Encoding.UTF8.GetString((await Store.GetBytesAsync($"{WorkProcess.Prefix}/work/{record.Id}.json", cancellationToken: Cancellation))!.Value.Content);

        Assert.Equal((WorkState.Failed, "Sequence contains no elements. This is a mistake in kubemetrics itself."), (record.State, record.Problem?.Detail));
        Assert.Contains(record.Id, record.Problem?.Remedy);
        foreach (var trace in (string[])["   at ", nameof(InvalidOperationException), nameof(StepsKind), ".cs"]) Assert.DoesNotContain(trace, text);
    }

    [Fact]
    public async Task Memory_that_runs_out_fails_with_what_to_do()
    {
        var record = await FailAsync(new InsufficientMemoryException());

        Assert.Equal((WorkState.Failed, "The samples do not fit into this host's memory."), (record.State, record.Problem?.Detail));
        Assert.Contains("where, from, to", record.Problem?.Remedy);
    }

    [Fact]
    public async Task Work_that_took_its_process_with_it_so_often_fails_with_its_own_sentence()
    {
        var kind = new StepsKind(1, (_, _, _) => Task.CompletedTask);
        var process = new WorkProcess(Store, _time, kind);
        var id = (await process.AddAsync("steps", record => record with
        {
            State = WorkState.Running,
            Attempts = 3,
            Lease = new WorkLease("gone:1", "nonce", 7, 15),
            Progress = new WorkProgress("summarising", 3, 11, "groups", 0.5, null),
        })).Id;

        await process.TakeOverAsync();

        var record = (await process.FindAsync(id)).Record;
        Assert.Empty(kind.Begun);
        Assert.Equal(WorkState.Failed, record.State);
        Assert.StartsWith("Its process ended 3 times during summarising without saying why; most likely it needs more memory", record.Problem?.Detail);
        Assert.Contains("start it again", record.Problem?.Remedy);
        Assert.Null(record.Lease);
    }

    [Fact]
    public async Task Work_that_took_its_process_with_it_less_often_is_tried_again()
    {
        var process = new WorkProcess(Store, _time, new StepsKind(1, (_, _, _) => Task.CompletedTask));
        var id = (await process.AddAsync("steps", record => record with { State = WorkState.Running, Attempts = 2, Lease = new WorkLease("gone:1", "nonce", 7, 15) })).Id;

        await process.TakeOverAsync();

        Assert.Equal(WorkState.Succeeded, (await process.FindAsync(id)).Record.State);
    }
}
