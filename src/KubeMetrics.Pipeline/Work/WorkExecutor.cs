using System.Diagnostics;
using KubeMetrics.Pipeline.Telemetry;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Pipeline.Work;

/// <summary>
/// Does the work that is due: claims it under a lease, runs it step by step, writes a checkpoint after each, and gives back
/// what is not finished when its budget is spent or the host stops. Any number of executors, in any number of processes,
/// may work on one store.
/// </summary>
public sealed partial class WorkExecutor(
    WorkStore store, IEnumerable<IWorkKind> kinds, WorkFeed feed, WorkOptions options, TimeProvider time, ILogger<WorkExecutor> log)
{
    private static readonly string Holder = $"{Environment.MachineName}:{Environment.ProcessId}";
    private readonly Dictionary<string, IWorkKind> _kinds = kinds.ToDictionary(kind => kind.Name, StringComparer.Ordinal);
    private readonly LeaseWatch _watch = new(time);
    private int _givenBack;

    /// <summary>How often it gave work back that was not finished, for somebody else to go on with.</summary>
    public int GivenBack => Volatile.Read(ref _givenBack);

    /// <summary>
    /// Does everything that is due, or becomes due, while the budget lasts. It returns when nothing is left that could
    /// become due within the budget, when the budget is spent (a step that is under way is finished first, so the budget
    /// has to leave room for one), or when it is stopped.
    /// </summary>
    /// <returns>How many pieces of work it took up.</returns>
    public async Task<int> RunDueAsync(TimeSpan budget, CancellationToken stopping)
    {
        var started = time.GetTimestamp();
        var running = new Dictionary<string, (string Kind, Task Task)>(StringComparer.Ordinal);
        var taken = 0;
        foreach (var kind in _kinds.Keys) Instruments.Begin(kind);
        using var added = new SemaphoreSlim(0, 1);
        void Wake()
        {
            // Once is enough, and it may be released by then.
            try { added.Release(); }
            catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException) { }
        }

        feed.WorkAdded += Wake;
        try
        {
            while (!stopping.IsCancellationRequested && time.GetElapsedTime(started) < budget)
            {
                var works = await store.ListAsync(stopping);
                _watch.KeepOnly(works.Where(work => work.Record.Lease is not null).Select(work => work.Record.Id).ToHashSet());
                var waiting = false;
                foreach (var work in works)
                {
                    if (!work.Record.IsOpen || running.ContainsKey(work.Record.Id) || !_kinds.TryGetValue(work.Record.Kind, out var kind)) continue;
                    if (!IsDue(work) || running.Values.Count(one => one.Kind == kind.Name) >= kind.Concurrency) waiting = true;
                    else if (await ClaimAsync(work, stopping) is { } held)
                    {
                        taken++;
                        running[held.Record.Id] = (kind.Name, RunAsync(kind, held, () => budget - time.GetElapsedTime(started), stopping));
                    }
                }

                Instruments.Waiting = works.Count(work => work.Record.State == WorkState.Queued);
                if (!waiting && running.Count == 0) return taken;
                await WaitAsync(running.Values.Select(one => one.Task), added, stopping);
                foreach (var id in running.Where(one => one.Value.Task.IsCompleted).Select(one => one.Key).ToList()) running.Remove(id);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // what runs gives its work back below
        }
        finally
        {
            feed.WorkAdded -= Wake;
            await Task.WhenAll(running.Values.Select(one => one.Task));
        }

        return taken;
    }

    private bool IsDue(StoredWork work) => work.Record.Lease is null
        ? work.Record.Due is not { } due || due <= time.GetUtcNow()
        : _watch.HasExpired(work);

    private async Task WaitAsync(IEnumerable<Task> running, SemaphoreSlim added, CancellationToken stopping)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny([.. running, Task.Delay(options.Poll, time, enough.Token), added.WaitAsync(enough.Token)]);
        await enough.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }

    /// <summary>Takes work that is free; null where somebody else was faster, or where there is nothing to do but to end it.</summary>
    private async Task<HeldWork?> ClaimAsync(StoredWork work, CancellationToken cancellationToken)
    {
        var record = work.Record;
        var nonce = Guid.NewGuid().ToString("N");
        WorkRecord claimed;
        if (record.CancelRequested) claimed = Ended(record, WorkState.Cancelled);
        else if (record.Attempts >= options.Attempts)
        {
            claimed = Ended(record, WorkState.Failed) with
            {
                Problem = new WorkProblem(
                    $"Its process ended {record.Attempts} times during {record.Progress?.Step ?? "the same step"} without saying why; most likely it needs more memory than the host has.",
                    "See the log of the host, take less at once (where, from, to), or give the host more memory; then start it again."),
            };
        }
        else
        {
            claimed = record with
            {
                State = WorkState.Running,
                Lease = new WorkLease(Holder, nonce, 1, options.LeaseTerm.TotalSeconds),
                LastNonce = nonce,
                Attempts = record.Attempts + 1,
                Started = record.Started ?? time.GetUtcNow(),
                Due = null,
            };
        }

        if (await store.TryReplaceAsync(work, claimed, cancellationToken) is not { } written) return null;
        if (!written.Record.IsOpen)
        {
            Finished(written.Record);
            return null;
        }

        LogClaimed(record.Kind, record.Id, record.Dataset, claimed.Attempts);
        if (record.Lease is { } lease) LogTakenOver(record.Kind, record.Id, lease.Holder);
        return new HeldWork(store, written, time);
    }

    private async Task RunAsync(IWorkKind kind, HeldWork held, Func<TimeSpan> left, CancellationToken stopping)
    {
        // Off the caller's thread: a step may compute for long before it first waits.
        await Task.Yield();
        using var _ = held;
        using var activity = Instruments.Source.StartActivity($"work {kind.Name}", ActivityKind.Internal);
        activity?.SetTag("kubemetrics.work.id", held.Record.Id).SetTag("kubemetrics.dataset", held.Record.Dataset);
        using var halt = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var done = new CancellationTokenSource();
        var context = new WorkContext(held, feed, time);
        var heartbeat = BeatAsync(held, context, halt, done.Token);
        Instruments.Running.Add(1, Instruments.Kind(kind.Name));
        try
        {
            await StepsAsync(kind, held, context, left, halt.Token);
        }
        catch (LeaseLostException)
        {
            Instruments.LeasesLost.Add(1, Instruments.Kind(kind.Name));
            LogLost(kind.Name, held.Record.Id);
        }
        catch (Exception e)
        {
            // The store itself failed: the lease will expire, and whoever sees it then goes on from the last checkpoint.
            LogLeft(kind.Name, held.Record.Id, e.Message);
        }
        finally
        {
            Instruments.Running.Add(-1, Instruments.Kind(kind.Name));
            feed.Forget(held.Record.Id);
            await done.CancelAsync();
            await heartbeat;
            activity?.SetTag("kubemetrics.work.state", held.Record.State.ToString().ToLowerInvariant());
            if (held.Record.State == WorkState.Failed) activity?.SetStatus(ActivityStatusCode.Error, held.Record.Problem?.Detail);
        }
    }

    private async Task StepsAsync(IWorkKind kind, HeldWork held, WorkContext context, Func<TimeSpan> left, CancellationToken halt)
    {
        while (true)
        {
            StepOutcome outcome;
            try
            {
                outcome = await kind.StepAsync(context, halt);
            }
            catch (Exception e) when (e is not LeaseLostException)
            {
                await AfterFailureAsync(held, e, halt);
                return;
            }

            switch (outcome)
            {
                case StepOutcome.Next next:
                    // Not under the token: a step that is done is worth its checkpoint even while the host stops.
                    await held.ChangeAsync(record => record with { Checkpoint = next.Checkpoint, Attempts = 1, Retries = 0, Problem = null, Progress = context.Progress }, CancellationToken.None);
                    if (held.Record.CancelRequested)
                    {
                        await EndAsync(held, record => Ended(record, WorkState.Cancelled));
                        return;
                    }

                    if (!halt.IsCancellationRequested && left() > TimeSpan.Zero) continue;
                    await GiveBackAsync(held);
                    return;
                case StepOutcome.Done done:
                    await EndAsync(held, record => Ended(record, WorkState.Succeeded) with { Result = done.Result, Problem = null });
                    return;
                case StepOutcome.Replaced replaced:
                    await EndAsync(held, record => Ended(record, WorkState.Replaced) with { ReplacedBy = replaced.By });
                    return;
                default:
                    throw new UnreachableException();
            }
        }
    }

    private async Task AfterFailureAsync(HeldWork held, Exception e, CancellationToken halt)
    {
        if (!held.IsFresh) throw new LeaseLostException(held.Record.Id);
        if (held.Record.CancelRequested) await EndAsync(held, record => Ended(record, WorkState.Cancelled));
        else if (halt.IsCancellationRequested) await GiveBackAsync(held);
        else if (e is WorkFailedException failed) await EndAsync(held, record => Ended(record, WorkState.Failed) with { Problem = new WorkProblem(failed.Message, failed.Remedy) });
        else if (e is OutOfMemoryException)
        {
            await EndAsync(held, record => Ended(record, WorkState.Failed) with
            {
                Problem = new WorkProblem("The samples do not fit into this host's memory.", "Take fewer (where, from, to), or give the host more memory."),
            });
        }
        else if (e is IOException or TimeoutException or UnauthorizedAccessException)
        {
            var problem = new WorkProblem(e.Message, "It is tried again by itself; see to what the sentence names.");
            if (held.Record.Retries + 1 >= options.Attempts)
            {
                await EndAsync(held, record => Ended(record, WorkState.Failed) with { Problem = problem with { Remedy = "Mend what the sentence names, then start it again." } });
                return;
            }

            Instruments.Retries.Add(1, Instruments.Kind(held.Record.Kind));
            LogRetry(held.Record.Kind, held.Record.Id, e.Message);
            await held.ChangeAsync(record => Free(record) with
            {
                Attempts = 0,
                Retries = record.Retries + 1,
                Due = time.GetUtcNow() + options.RetryAfter * Math.Pow(2, record.Retries),
                Problem = problem,
            }, CancellationToken.None);
        }
        else
        {
            LogMistake(e, held.Record.Kind, held.Record.Id);
            await EndAsync(held, record => Ended(record, WorkState.Failed) with
            {
                Problem = new WorkProblem($"{e.Message.TrimEnd('.')}. This is a mistake in kubemetrics itself.", $"The host's log has the details, under {record.Id}; please report them."),
            });
        }
    }

    /// <summary>Back to the store as it is, free for whoever comes next: it was not this work's fault.</summary>
    private async Task GiveBackAsync(HeldWork held)
    {
        var record = await held.ChangeAsync(record => Free(record) with { Attempts = Math.Max(0, record.Attempts - 1) }, CancellationToken.None);
        Interlocked.Increment(ref _givenBack);
        LogGivenBack(record.Kind, record.Id, record.Dataset);
    }

    private async Task EndAsync(HeldWork held, Func<WorkRecord, WorkRecord> end) => Finished(await held.ChangeAsync(end, CancellationToken.None));

    private static WorkRecord Free(WorkRecord record) => record with { State = WorkState.Queued, Lease = null };

    private WorkRecord Ended(WorkRecord record, WorkState state) => Free(record) with { State = state, Finished = time.GetUtcNow(), Progress = null, Due = null };

    private void Finished(WorkRecord record)
    {
        Instruments.Ended(record);
        if (record is { State: WorkState.Failed, Problem: { } problem }) LogFailed(record.Kind, record.Id, record.Dataset, problem.Detail);
        else LogEnded(record.Kind, record.Id, record.Dataset, record.State);
    }

    /// <summary>Renews the lease three times a term, carries requests to cancel in, and stops the step as soon as the lease may be another's.</summary>
    private async Task BeatAsync(HeldWork held, WorkContext context, CancellationTokenSource halt, CancellationToken done)
    {
        var every = held.Term / 3;
        using var listener = feed.Listen();
        try
        {
            while (true)
            {
                // A request to cancel that is made in this process is seen at once, any other at the next renewal.
                using var next = CancellationTokenSource.CreateLinkedTokenSource(done);
                var heard = HearAsync(listener, held.Record.Id, next.Token);
                await Task.WhenAny(Task.Delay(every, time, next.Token), heard);
                await next.CancelAsync();
                if (done.IsCancellationRequested) return;
                if (!held.IsFresh) break; // this process was stopped for so long that the work may be another's
                try
                {
                    await held.ChangeAsync(record => record with { Progress = context.Progress }, done);
                }
                catch (IOException e)
                {
                    LogNotRenewed(held.Record.Kind, held.Record.Id, e.Message); // tried again while it is fresh
                }

                if (held.Record.CancelRequested) break;
            }

            await halt.CancelAsync();
        }
        catch (LeaseLostException)
        {
            await halt.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // done
        }
        catch (Exception e)
        {
            LogLeft(held.Record.Kind, held.Record.Id, e.Message);
            await halt.CancelAsync();
        }
    }

    private static async Task HearAsync(WorkFeed.Subscription listener, string id, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var record in listener.Records.ReadAllAsync(cancellationToken))
                if (record.Id == id && record.CancelRequested)
                    return;
        }
        catch (OperationCanceledException)
        {
            // the next renewal is due
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Kind} {Id} of {Dataset} taken up, attempt {Attempt}")]
    private partial void LogClaimed(string kind, string id, string dataset, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} {Id} was left behind by {Holder}, whose lease expired")]
    private partial void LogTakenOver(string kind, string id, string holder);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Kind} {Id} of {Dataset} given back, to be gone on with from its last checkpoint")]
    private partial void LogGivenBack(string kind, string id, string dataset);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Kind} {Id} of {Dataset} ended: {State}")]
    private partial void LogEnded(string kind, string id, string dataset, WorkState state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} {Id} of {Dataset} failed: {Reason}")]
    private partial void LogFailed(string kind, string id, string dataset, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} {Id} was taken over by another executor while this one was too slow")]
    private partial void LogLost(string kind, string id);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Kind} {Id} is left as it is, since its record could not be written: {Reason}")]
    private partial void LogLeft(string kind, string id, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease of {Kind} {Id} could not be renewed: {Reason}")]
    private partial void LogNotRenewed(string kind, string id, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} {Id} failed for a reason that may pass, and is tried again: {Reason}")]
    private partial void LogRetry(string kind, string id, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Kind} {Id} failed by a mistake of the program")]
    private partial void LogMistake(Exception e, string kind, string id);
}
