using System.Collections.Concurrent;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>What becomes of requests that fail: tried again, one object's setback, or the end of the ingest.</summary>
internal sealed class CopyTries(CopyRoute route, IngestLimits limits, TimeProvider time)
{
    private const int Tries = 8;
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(5);

    // What a request has failed of outlasts the run that it belongs to: a run ends every few seconds, and what fails is then tried in the next.
    private readonly ConcurrentDictionary<Request, Trouble> _troubles = [];

    // Each by itself: while one answers nothing the other may go on answering all.
    private readonly Side _source = new(), _destination = new();

    /// <summary>The stores have answered somebody else: what fails from now on has not failed for long.</summary>
    internal void Answered()
    {
        _source.Answered(time.GetTimestamp());
        _destination.Answered(time.GetTimestamp());
    }

    /// <summary>What fails longest, for some seconds at least and still; null where nothing does.</summary>
    internal string? Lasting => _troubles
        .Where(one => time.GetElapsedTime(one.Value.Since) >= Noticeable && (one.Value.Last > SideOf(one.Key.Writes).LastAnswer || time.GetElapsedTime(one.Value.Last) <= IngestLimits.LongestWait * 1.5))
        .Select(one => one.Value).MinBy(trouble => trouble.Since)?.Message;

    /// <summary>An object is done with, or begun anew: what its requests met with is over.</summary>
    internal void Forget(CopyItem item)
    {
        foreach (var (request, _) in _troubles)
            if (request.Key == item.Key)
                _troubles.TryRemove(request, out var _);
    }

    /// <summary>Writes, and tells failures of one object from those of the destination.</summary>
    internal async Task<T> StoringAsync<T>(Func<Task<T>> store)
    {
        try
        {
            return await store();
        }
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.InvalidKey or ObjectStoreError.InvalidMetadata)
        {
            throw new SetbackException(Setback.Impossible, e.Message, e);
        }
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.UploadNotFound or ObjectStoreError.InvalidPart or ObjectStoreError.PreconditionFailed or ObjectStoreError.NotFound)
        {
            // Somebody gave the upload up, or deleted what had just been stored; or, of a copy within one store, the source changed, or is gone:
            // the source is asked, before it is begun anew.
            throw new SetbackException(Setback.Changed, e.Message, e);
        }
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.AccessDenied or ObjectStoreError.BucketNotFound)
        {
            throw new WorkFailedException($"{route.Destination.Store.Name} can't be written to: {e.Message}", "Mend that, then start the ingest again: it goes on where it was.", e);
        }
    }

    /// <summary>Does something again while it fails for a reason that may pass.</summary>
    /// <param name="item">The object that it is done for.</param>
    /// <param name="once">Does it.</param>
    /// <param name="run">The run that it belongs to.</param>
    /// <param name="part">Of which part; 0 for the object itself.</param>
    /// <param name="writes">Whether the destination is asked, and not the source.</param>
    /// <exception cref="SetbackException">The time is up; or it is this one that fails, since others get through again and again, or the store answers what else it is asked.</exception>
    /// <exception cref="IOException">For long nobody got through.</exception>
    internal async Task<T> TryingAsync<T>(CopyItem item, Func<Task<T>> once, CopyRun run, int part = 0, bool writes = false)
    {
        var (request, side) = (new Request(item.Key, part, writes), SideOf(writes));
        while (true)
        {
            var began = time.GetTimestamp();
            try
            {
                var result = await once();
                side.Answered(time.GetTimestamp());
                _troubles.TryRemove(request, out _);
                return result;
            }
            catch (IOException e) when (e is not ObjectStoreException { Error: not ObjectStoreError.Unavailable } && !run.Stop.IsCancellationRequested)
            {
                if (route.Folder is { } folder && WriteFailure.IsFull(e, folder, Math.Max(limits.Memory, limits.Single)))
                    throw new WorkFailedException($"There is no room left in {folder}.", "Free space there, then start the ingest again: it goes on where it was.", e);
                if (e is ObjectStoreException { IsFull: true }) throw new WorkFailedException(e.Message, "Start the ingest again then: it goes on where it was.", e);
                // From the first failure on: that nobody asked before, since all was being read, is none.
                if (time.GetElapsedTime(side.Failed(began)) >= limits.Patience) throw;
                var trouble = _troubles.GetOrAdd(request, _ => new Trouble(began));
                trouble.Failed(e.Message, side.LastAnswer, time.GetTimestamp());
                if (trouble.Alone >= Tries || (trouble.Failures >= Tries && await IsThereAsync(item, writes, run)))
                {
                    _troubles.TryRemove(request, out _);
                    throw new SetbackException(Setback.Impossible, e.Message, e);
                }

                await Task.Delay(limits.WaitAfter(trouble.Failures) * (0.5 + Random.Shared.NextDouble()), time, run.Stop.Token);
                if (run.IsTimeUp()) throw new SetbackException(Setback.Paused, e.Message, e);
            }
        }
    }

    /// <summary>Whether a store answers what costs it nothing, and is no trouble of ours: then what fails is the one object.</summary>
    private async Task<bool> IsThereAsync(CopyItem item, bool writes, CopyRun run)
    {
        var (store, key) = writes ? (route.Destination.Store, route.DestinationKey(item.Key)) : (route.Source.Store, route.SourceKey(item.Key));
        try
        {
            await store.ListPageAsync(new ListRequest { Prefix = key, PageSize = 1 }, run.Stop.Token);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Side SideOf(bool writes) => writes ? _destination : _source;

    private readonly record struct Request(string Key, int Part, bool Writes);

    /// <summary>What a store answers to all requests together.</summary>
    private sealed class Side
    {
        private const long Never = long.MinValue;

        private long _lastAnswer = Never, _silentSince = Never;

        internal long LastAnswer => Volatile.Read(ref _lastAnswer);

        internal void Answered(long now)
        {
            Volatile.Write(ref _lastAnswer, now);
            Volatile.Write(ref _silentSince, Never);
        }

        /// <summary>A request has failed.</summary>
        /// <returns>Since when none has succeeded: the last that did, or when the first of those that failed since was made.</returns>
        internal long Failed(long began)
        {
            var since = Math.Max(began, LastAnswer);
            return Interlocked.CompareExchange(ref _silentSince, since, Never) is var before and not Never ? before : since;
        }
    }

    /// <summary>What a request has met with since it was first made; one task at a time makes it.</summary>
    private sealed class Trouble(long since)
    {
        internal long Since { get; } = since;

        internal long Last { get; private set; } = since;

        internal int Failures { get; private set; }

        /// <summary>How often it has failed after others got through.</summary>
        internal int Alone { get; private set; }

        internal string? Message { get; private set; }

        /// <summary>It has failed once more.</summary>
        internal void Failed(string message, long answered, long now)
        {
            (Failures, Message) = (Failures + 1, message);
            if (answered > Last) Alone++;
            Last = now;
        }
    }
}
