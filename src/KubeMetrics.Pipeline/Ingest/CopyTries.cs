using System.Collections.Concurrent;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>What becomes of requests that fail: tried again, one object's setback, or the end of the ingest.</summary>
internal sealed class CopyTries(CopyRoute route, IngestLimits limits, TimeProvider time)
{
    private const int Tries = 8;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10), Noticeable = TimeSpan.FromSeconds(5);

    // What a request has failed of outlasts the run that it belongs to: a run ends every few seconds, and what fails is then tried in the next.
    private readonly ConcurrentDictionary<Request, Trouble> _troubles = [];

    // Each side by itself: while one answers nothing the other may go on answering all.
    private long _read = time.GetTimestamp(), _written = time.GetTimestamp();

    /// <summary>The stores have answered somebody else: what fails from now on has not failed for long.</summary>
    internal void Answered()
    {
        Volatile.Write(ref _read, time.GetTimestamp());
        Volatile.Write(ref _written, time.GetTimestamp());
    }

    /// <summary>What fails longest, for some seconds at least; null where nothing does.</summary>
    internal string? Lasting => _troubles.Values.Where(trouble => time.GetElapsedTime(trouble.Since) >= Noticeable).MinBy(trouble => trouble.Since)?.Message;

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
    /// <exception cref="SetbackException">The time is up; or others get through again and again, so that it is this one that fails.</exception>
    /// <exception cref="IOException">For long nobody got an answer.</exception>
    internal async Task<T> TryingAsync<T>(CopyItem item, Func<Task<T>> once, CopyRun run, int part = 0, bool writes = false)
    {
        var request = new Request(item.Key, part, writes);
        while (true)
        {
            var began = time.GetTimestamp();
            try
            {
                var result = await once();
                Volatile.Write(ref Answer(writes), time.GetTimestamp());
                _troubles.TryRemove(request, out _);
                return result;
            }
            catch (IOException e) when (e is not ObjectStoreException { Error: not ObjectStoreError.Unavailable } && !run.Stop.IsCancellationRequested)
            {
                if (route.Folder is { } folder && WriteFailure.IsFull(e, folder, Math.Max(limits.Memory, limits.Single)))
                    throw new WorkFailedException($"There is no room left in {folder}.", "Free space there, then start the ingest again: it goes on where it was.", e);
                if (e is ObjectStoreException { IsFull: true }) throw new WorkFailedException(e.Message, "Start the ingest again then: it goes on where it was.", e);
                var trouble = _troubles.GetOrAdd(request, _ => new Trouble(began));
                // From when it was first tried: that nobody asked before, since all was being read, is no failure.
                if (time.GetElapsedTime(Math.Max(trouble.Since, Volatile.Read(ref Answer(writes)))) >= limits.Patience) throw;
                if (trouble.Failed(e.Message, Volatile.Read(ref Answer(writes)), time.GetTimestamp()) >= Tries)
                {
                    _troubles.TryRemove(request, out _);
                    throw new SetbackException(Setback.Impossible, e.Message, e);
                }

                var wait = limits.RetryAfter * Math.Pow(2, trouble.Failures - 1);
                await Task.Delay((wait > LongestWait ? LongestWait : wait) * (0.5 + Random.Shared.NextDouble()), time, run.Stop.Token);
                if (run.IsTimeUp()) throw new SetbackException(Setback.Paused, e.Message, e);
            }
        }
    }

    private ref long Answer(bool writes) => ref writes ? ref _written : ref _read;

    private readonly record struct Request(string Key, int Part, bool Writes);

    /// <summary>What a request has met with since it was first made; one task at a time makes it.</summary>
    private sealed class Trouble(long since)
    {
        private long _last = since;
        private int _alone;

        internal long Since { get; } = since;

        internal int Failures { get; private set; }

        internal string? Message { get; private set; }

        /// <summary>It has failed once more.</summary>
        /// <returns>How often it has while others got through.</returns>
        internal int Failed(string message, long answered, long now)
        {
            (Failures, Message) = (Failures + 1, message);
            if (answered > _last) _alone++;
            _last = now;
            return _alone;
        }
    }
}
