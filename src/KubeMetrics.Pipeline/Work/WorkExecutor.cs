using System.Collections.Concurrent;
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
    private static readonly TimeSpan TidyEvery = TimeSpan.FromHours(1);
    private static readonly string Holder = $"{Environment.MachineName}:{Environment.ProcessId}";
    private readonly Dictionary<string, IWorkKind> _kinds = kinds.ToDictionary(kind => kind.Name, StringComparer.Ordinal);
    private readonly LeaseWatch _watch = new(time);
    private readonly ConcurrentDictionary<(string Kind, string Dataset), byte> _ended = [];
    private readonly ConcurrentDictionary<string, long> _tidied = new(StringComparer.Ordinal);
    private int _givenBack;

    /// <summary>How often it gave work back that was not finished, for somebody else to go on with.</summary>
    public int GivenBack => Volatile.Read(ref _givenBack);

    /// <summary>
    /// Does everything that is due, or becomes due, while the budget lasts, and tidies up behind it. It returns when nothing
    /// is left but what is due after the budget; when the budget is spent (a step that is under way is finished first, so
    /// the budget has to leave room for one); or when it is stopped. What another process has is waited for: its lease may expire.
    /// </summary>
    /// <param name="budget">How long.</param>
    /// <param name="stopping">Ends it: what runs is given back.</param>
    /// <param name="only">The one piece of work to do, whatever else is due; null for all.</param>
    /// <returns>How many pieces of work it took up.</returns>
    /// <exception cref="IOException">The store can't be looked through, and nothing runs that would have to be waited for.</exception>
    public async Task<int> RunDueAsync(TimeSpan budget, CancellationToken stopping, string? only = null)
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
                if (await LookAsync(running.Count > 0, stopping) is not { } works)
                {
                    await WaitAsync(running.Values.Select(one => one.Task), added, stopping);
                    Forget(running);
                    continue;
                }

                _watch.KeepOnly(works.Where(work => work.Record.Lease is not null).Select(work => work.Record.Id).ToHashSet());
                var open = works.Where(work => work.Record.IsOpen).Select(work => work.Record.Id).ToHashSet(StringComparer.Ordinal);
                var waiting = false;
                foreach (var work in works)
                {
                    if (!work.Record.IsOpen || (only is not null && work.Record.Id != only) || running.ContainsKey(work.Record.Id) || !_kinds.TryGetValue(work.Record.Kind, out var kind)) continue;
                    if (work.Record is { Lease: null, Due: { } due } && due - time.GetUtcNow() > budget - time.GetElapsedTime(started)) continue;
                    if (!IsDue(work, open) || running.Values.Count(one => one.Kind == kind.Name) >= kind.Concurrency) waiting = true;
                    else if (await ClaimAsync(work, stopping) is { } held)
                    {
                        taken++;
                        running[held.Record.Id] = (kind.Name, RunAsync(kind, held, () => budget - time.GetElapsedTime(started), stopping));
                    }
                }

                Instruments.Waiting = works.Count(work => work.Record is { State: WorkState.Queued, WaitsFor: null });
                await TidyAsync(stopping);
                if (!waiting && running.Count == 0) return taken;
                await WaitAsync(running.Values.Select(one => one.Task), added, stopping);
                Forget(running);
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

    private static void Forget(Dictionary<string, (string Kind, Task Task)> running)
    {
        foreach (var id in running.Where(one => one.Value.Task.IsCompleted).Select(one => one.Key).ToList()) running.Remove(id);
    }

    /// <summary>All records; null where the store can't be looked through while something runs: that goes on, and others are looked for again soon.</summary>
    private async Task<IReadOnlyList<StoredWork>?> LookAsync(bool somethingRuns, CancellationToken stopping)
    {
        try
        {
            return await store.ListAsync(stopping);
        }
        catch (IOException e) when (somethingRuns)
        {
            LogNotLooked(e.Message);
            return null;
        }
    }

    /// <summary>Lets every kind delete what it no longer keeps: after work of it ended, and once an hour. That it can't is no reason not to work.</summary>
    private async Task TidyAsync(CancellationToken stopping)
    {
        foreach (var kind in _kinds.Values)
        {
            var now = time.GetTimestamp();
            var everything = !_tidied.TryGetValue(kind.Name, out var last) || time.GetElapsedTime(last, now) >= TidyEvery;
            var ended = _ended.Keys.Where(one => one.Kind == kind.Name).ToList();
            if (!everything && ended.Count == 0) continue;
            if (everything) _tidied[kind.Name] = now;
            foreach (var one in ended) _ended.TryRemove(one, out _);
            try
            {
                await kind.TidyAsync(everything ? null : ended.Select(one => one.Dataset).ToHashSet(StringComparer.OrdinalIgnoreCase), stopping);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogNotTidied(kind.Name, e.Message, TidyEvery);
            }
        }
    }

    private bool IsDue(StoredWork work, HashSet<string> open) => work.Record switch
    {
        { Lease: not null } => _watch.HasExpired(work),
        { CancelRequested: true } => true,
        { WaitsFor: { } other } when open.Contains(other) => false,
        { Due: { } due } => due <= time.GetUtcNow(),
        _ => true,
    };

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
                WaitsFor = null,
            };
        }

        if (await store.TryReplaceAsync(work, claimed, cancellationToken) is not { } written) return null;
        if (!written.Record.IsOpen)
        {
            Finished(written.Record);
            return null;
        }

        // What waits between its steps, as for a cluster, is taken up every few seconds.
        LogClaimed(record.Checkpoint is null || claimed.Attempts > 1 ? LogLevel.Information : LogLevel.Debug, record.Kind, record.Id, Dataset(record), claimed.Attempts);
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
                    await held.ChangeAsync(record => record with
                    {
                        Checkpoint = next.Checkpoint,
                        Attempts = 1,
                        Retries = next.GotOn ? 0 : record.Retries,
                        Problem = next.GotOn ? null : record.Problem,
                        Progress = context.Progress,
                    }, CancellationToken.None);
                    if (held.Record.CancelRequested)
                    {
                        await EndAsync(held, record => Ended(record, WorkState.Cancelled));
                        return;
                    }

                    if (!halt.IsCancellationRequested && left() > TimeSpan.Zero) continue;
                    await GiveBackAsync(held);
                    return;
                case StepOutcome.Later later:
                    var due = later.After is { } after ? time.GetUtcNow() + after : (DateTimeOffset?)null;
                    await held.ChangeAsync(record => Free(record) with
                    {
                        Checkpoint = later.Checkpoint ?? record.Checkpoint,
                        Attempts = 0,
                        Retries = 0,
                        Due = due,
                        WaitsFor = later.For,
                        Problem = later.Why,
                        Progress = context.Progress,
                    }, CancellationToken.None);
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
        if (held.Record.CancelRequested) await EndAsync(held, record => Ended(record, WorkState.Cancelled));
        else if (halt.IsCancellationRequested) await GiveBackAsync(held); // for nothing where it is another's by now: no write gets through then
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
        LogGivenBack(record.Kind, record.Id, Dataset(record));
    }

    private async Task EndAsync(HeldWork held, Func<WorkRecord, WorkRecord> end) => Finished(await held.ChangeAsync(end, CancellationToken.None));

    private static WorkRecord Free(WorkRecord record) => record with { State = WorkState.Queued, Lease = null };

    private WorkRecord Ended(WorkRecord record, WorkState state) => Free(record) with { State = state, Finished = time.GetUtcNow(), Progress = null, Due = null, WaitsFor = null };

    private void Finished(WorkRecord record)
    {
        Instruments.Ended(record);
        _ended[(record.Kind, record.Dataset)] = 0;
        if (record is { State: WorkState.Failed, Problem: { } problem }) LogFailed(record.Kind, record.Id, Dataset(record), problem.Detail);
        else LogEnded(record.Kind, record.Id, Dataset(record), record.State);
    }

    /// <summary>
    /// Renews the lease three times a term, and when another step begins, so that the record tells which one took its process
    /// with it; carries requests to cancel in; stops the step as soon as the lease is another's, or may be and the store
    /// does not say. (A process that stood still for longer than the term asks: as long as nobody took its work, it goes on.)
    /// </summary>
    private async Task BeatAsync(HeldWork held, WorkContext context, CancellationTokenSource halt, CancellationToken done)
    {
        var id = held.Record.Id;
        var written = held.Record.Progress?.Step;
        var wake = new SemaphoreSlim(0);
        void Hear(WorkRecord told)
        {
            // A request to cancel that is made in this process is seen at once, any other at the next renewal.
            if (told.Id == id && (told.CancelRequested || told.Progress?.Step != Volatile.Read(ref written))) wake.Release();
        }

        feed.Told += Hear;
        try
        {
            do
            {
                using var next = CancellationTokenSource.CreateLinkedTokenSource(done);
                await Task.WhenAny(Task.Delay(held.Term / 3, time, next.Token), wake.WaitAsync(next.Token));
                await next.CancelAsync();
                done.ThrowIfCancellationRequested();
                Volatile.Write(ref written, context.Progress?.Step);
            }
            while (await RenewAsync(held, context, done) && !held.Record.CancelRequested);
            await halt.CancelAsync();
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // the work is done, or given back
        }
        catch (Exception e)
        {
            if (e is not LeaseLostException) LogLeft(held.Record.Kind, id, e.Message);
            await halt.CancelAsync();
        }
        finally
        {
            feed.Told -= Hear;
        }
    }

    /// <summary>Renews the lease; false where the store has not let it for so long that the work may be another's.</summary>
    private async Task<bool> RenewAsync(HeldWork held, WorkContext context, CancellationToken done)
    {
        using var patience = new CancellationTokenSource(held.IsFresh ? held.FreshFor : held.Term / 3, time);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(done, patience.Token);
        try
        {
            await held.ChangeAsync(record => record with { Progress = context.Progress }, enough.Token).WaitAsync(enough.Token);
            return true;
        }
        catch (IOException e)
        {
            LogNotRenewed(held.Record.Kind, held.Record.Id, e.Message); // tried again while it is fresh
        }
        catch (OperationCanceledException) when (!done.IsCancellationRequested)
        {
            LogNotRenewed(held.Record.Kind, held.Record.Id, "The store does not answer.");
        }

        return held.IsFresh;
    }

    // A copy between two places may be no dataset's.
    private static string Dataset(WorkRecord record) => record.Dataset.Length > 0 ? record.Dataset : "no dataset";

    [LoggerMessage(Message = "{Kind} {Id} of {Dataset} taken up, attempt {Attempt}")]
    private partial void LogClaimed(LogLevel level, string kind, string id, string dataset, int attempt);

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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The state store can't be looked through while work runs: {Reason}")]
    private partial void LogNotLooked(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is no longer kept of {Kind} could not all be deleted: {Reason} Tried again after the next that ends, or in {Every}.")]
    private partial void LogNotTidied(string kind, string reason, TimeSpan every);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Kind} {Id} failed by a mistake of the program")]
    private partial void LogMistake(Exception e, string kind, string id);
}
