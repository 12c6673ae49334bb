using System.Collections.Concurrent;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>
/// Copies objects, several at once: each part is read under the condition that the source still has the version that was
/// listed, into memory that is used again and again, and stored from there; or sent on as it comes, as long as all goes well. Nothing is visible before it is whole and has the source's
/// checksum: the destination, which makes a checksum of all that it stores anyway, is told what it has to be, or asked what it is; here
/// it is made only where that is not enough.
/// </summary>
internal sealed class CopyEngine
{
    /// <summary>How often an object that changes while it is read is begun anew.</summary>
    internal const int Rounds = 5;

    private readonly CopyRoute _route;
    private readonly IngestLimits _limits;
    private readonly Journal _journal;
    private readonly BlockPool _memory;
    private readonly CopyTries _tries;
    private readonly WholeCopy _whole;
    private readonly PartsUpload _parts;
    private readonly ConcurrentDictionary<string, PartsCopy> _open = new(StringComparer.Ordinal);
    private readonly List<Task> _running = [];

    /// <param name="route">From where to where.</param>
    /// <param name="limits">How much at once.</param>
    /// <param name="journal">Where it is written down how far it is.</param>
    /// <param name="strays">Uploads of an earlier process that the journal does not know of, by key: nobody else's, since this ingest alone writes there.</param>
    /// <param name="time">The clock.</param>
    internal CopyEngine(CopyRoute route, IngestLimits limits, Journal journal, ILookup<string, string> strays, TimeProvider time)
    {
        (_route, _limits, _journal) = (route, limits, journal);
        _memory = new BlockPool((int)Math.Max(1, Math.Max(limits.Memory, limits.Single) / BlockPool.Size));
        _tries = new CopyTries(route, limits, time);
        var reads = new SourceReads(route, limits, time);
        var arrivals = new Arrivals(route.Destination.Store.Name);
        _whole = new WholeCopy(route, limits, reads, _tries, arrivals);
        _parts = new PartsUpload(route, reads, _tries, arrivals, journal, strays);
    }

    /// <summary>Bytes that were copied of objects that are not whole yet.</summary>
    internal long InParts => _parts.Bytes;

    /// <summary>How many parts this process has stored of objects, whole by now or not.</summary>
    internal long PartsStored => _parts.Stored;

    /// <summary>What fails for some seconds now, and is tried again; null where nothing does.</summary>
    internal string? Trouble => _tries.Lasting;

    /// <summary>Copies until all is done, or time is up: then what is on its way is brought to its end, and the queue holds the rest.</summary>
    /// <param name="items">What is to be copied; what has to be begun anew comes back into it.</param>
    /// <param name="done">Told what became of each; one at a time.</param>
    /// <param name="isTimeUp">Whether to begin nothing more.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="WorkFailedException">Nothing can be copied, whatever is tried.</exception>
    /// <exception cref="IOException">A store has not answered for long.</exception>
    internal async Task RunAsync(Queue<CopyItem> items, Action<CopyItem, Copied> done, Func<bool> isTimeUp, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var run = new CopyRun(items, done, isTimeUp, stop);
        try
        {
            while (!stop.IsCancellationRequested && !isTimeUp())
            {
                if (run.Peek() is { } item) await SendAsync(item, run);
                else if (_running.Count == 0) break;
                else await RoomAsync(_running.Count);
            }
        }
        catch (Exception e)
        {
            run.Fail(e);
        }

        await Task.WhenAll(_running);
        _running.Clear();
        if (run.Failure is { } failure) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>A store has answered somebody else: what fails from now on has not failed for long.</summary>
    internal void Answered() => _tries.Answered();

    /// <summary>Gives up uploads of earlier ingests that nobody goes on with.</summary>
    internal async Task AbortAsync(IEnumerable<Begun> uploads, CancellationToken cancellationToken)
    {
        foreach (var upload in uploads) await _route.Destination.Store.AbortUploadAsync(_route.DestinationKey(upload.Key), upload.Upload, cancellationToken);
    }

    private async Task SendAsync(CopyItem item, CopyRun run)
    {
        if (_route.IsOneStore || SizeOfParts(item) is not { } parts)
        {
            await RoomAsync(_limits.Concurrency);
            if (run.IsTimeUp()) return;
            var blocks = _route.IsOneStore || _whole.Passes(item) ? null : await _memory.RentAsync(item.Source.Size, run.Stop.Token);
            run.Dequeue();
            _running.Add(Task.Run(() => WholeAsync(item, blocks, run), CancellationToken.None));
            return;
        }

        if (!_open.TryGetValue(item.Key, out var copy)) copy = _open[item.Key] = await _parts.OpenAsync(item, parts.Size, parts.Candidates, run);
        if (copy.Setback?.Kind == Setback.Paused) copy.GoOn();
        while (true)
        {
            await RoomAsync(_limits.Concurrency);
            if (run.IsTimeUp() || copy.Next() is not { } number) break;
            var blocks = await _memory.RentAsync(copy.LengthOf(number), run.Stop.Token);
            _running.Add(Task.Run(() => PartAsync(copy, number, blocks, run), CancellationToken.None));
        }

        bool idle;
        lock (copy.Lock)
        {
            if (run.IsTimeUp() && copy.Setback is null && copy.Parts.Count < copy.Count) return; // the rest of its parts is sent later
            copy.AllSent = true;
            idle = copy.IsIdle;
        }

        run.Dequeue();
        if (!idle) return;
        await RoomAsync(_limits.Concurrency);
        _running.Add(Task.Run(() => FinishAsync(copy, run), CancellationToken.None));
    }

    /// <summary>Waits until fewer than so many are on their way.</summary>
    private async Task RoomAsync(int most)
    {
        _running.RemoveAll(task => task.IsCompleted);
        while (_running.Count >= most && _running.Count > 0)
        {
            await Task.WhenAny(_running);
            _running.RemoveAll(task => task.IsCompleted);
        }
    }

    /// <summary>
    /// In which parts to copy an object; null: at once. In the source's, where they can be guessed and fit, so that both ETags are
    /// equal, and whoever compares the two sides later need not know more.
    /// </summary>
    private (long Size, IReadOnlyList<long> Candidates)? SizeOfParts(CopyItem item)
    {
        var size = item.Source.Size;
        IReadOnlyList<long> candidates = Checksum.PartsOf(item.Source.ETag) is { } count ? Checksum.PartSizes(size, count, _limits.LeastPart) : [];
        if (candidates.FirstOrDefault(one => one <= _memory.Most) is var likely and > 0) return (likely, candidates);
        if (size <= _limits.Single) return null;
        return (UploadPart.SizeFor(size, _limits.Part), candidates);
    }

    private async Task WholeAsync(CopyItem item, Blocks? blocks, CopyRun run)
    {
        using var given = blocks;
        await EndingAsync(item, run, async () => Ended(item, await CopiedAsync(item, blocks, run), run));
    }

    private async Task<Copied> CopiedAsync(CopyItem item, Blocks? blocks, CopyRun run)
    {
        if (_route.IsOneStore) return await _whole.CopyWithinAsync(item, run);
        if (blocks is not null) return await _whole.CopyAsync(item, blocks, run);
        if (await _whole.PassAsync(item, run) is { } passed) return passed;
        using var rented = await _memory.RentAsync(item.Source.Size, run.Stop.Token);
        return await _whole.CopyAsync(item, rented, run);
    }

    private async Task PartAsync(PartsCopy copy, int number, Blocks blocks, CopyRun run)
    {
        using (blocks)
        {
            try
            {
                await _parts.CopyAsync(copy, number, blocks, run);
            }
            catch (SetbackException setback)
            {
                copy.Fail(setback);
            }
            catch (Exception e)
            {
                copy.Fail(new SetbackException(Setback.Paused, e.Message, e));
                run.Fail(e);
            }
        }

        if (copy.Ended(number)) await FinishAsync(copy, run);
    }

    private Task FinishAsync(PartsCopy copy, CopyRun run) => EndingAsync(copy.Item, run, async () =>
    {
        try
        {
            var line = await _parts.CompleteAsync(copy, run);
            _open.TryRemove(copy.Item.Key, out _);
            Ended(copy.Item, line, run);
        }
        catch (SetbackException setback) when (setback.Kind != Setback.Paused)
        {
            _open.TryRemove(copy.Item.Key, out _);
            await _parts.GiveUpAsync(copy, run);
            throw;
        }
    });

    private void Ended(CopyItem item, Copied line, CopyRun run)
    {
        _tries.Forget(item);
        // What the next listing will tell as well need not be written at once.
        _journal.Add(new ManifestLine(Copied: line), soon: line.ETag != line.Source || !Checksum.IsOne(line.Source));
        run.Done(item, line);
    }

    /// <summary>Does the last of an object, and what its ending asks for.</summary>
    private async Task EndingAsync(CopyItem item, CopyRun run, Func<Task> act)
    {
        try
        {
            try
            {
                await act();
            }
            catch (SetbackException setback)
            {
                await SetBackAsync(item, setback, run);
            }
        }
        catch (SetbackException)
        {
            run.Requeue(item);
        }
        catch (Exception e)
        {
            run.Requeue(item);
            run.Fail(e);
        }
    }

    private async Task SetBackAsync(CopyItem item, SetbackException setback, CopyRun run)
    {
        if (setback.Kind == Setback.Paused) throw setback;
        _tries.Forget(item);
        item.Rounds++;
        if (setback.Kind == Setback.Changed && item.Rounds < Rounds)
        {
            var now = await _tries.TryingAsync(item, () => _route.Source.Store.HeadAsync(_route.SourceKey(item.Key), run.Stop.Token), run);
            if (now is not null)
            {
                if (now.ETag != item.Source.ETag) item.Doubted = null;
                item.Source = now;
                run.Requeue(item);
                return;
            }

            setback = new SetbackException(Setback.Gone, "It is gone.");
        }

        var fate = setback.Kind == Setback.Gone ? Fate.Gone : Fate.Failed;
        Ended(item, new Copied(item.Key, item.Source.Size, item.Source.ETag, null, fate) { Problem = fate == Fate.Failed ? setback.Message : null }, run);
    }
}
