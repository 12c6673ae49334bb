using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>What becomes of requests that fail: tried again, one object's setback, or the end of the ingest.</summary>
internal sealed class CopyTries(CopyRoute route, IngestLimits limits, TimeProvider time)
{
    private const int Tries = 8;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    // Each side by itself: while one answers nothing the other may go on answering all.
    private long _read = time.GetTimestamp(), _written = time.GetTimestamp();

    /// <summary>The stores have answered somebody else: what fails from now on has not failed for long.</summary>
    internal void Answered()
    {
        Volatile.Write(ref _read, time.GetTimestamp());
        Volatile.Write(ref _written, time.GetTimestamp());
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
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.UploadNotFound or ObjectStoreError.InvalidPart or ObjectStoreError.PreconditionFailed)
        {
            throw new SetbackException(Setback.Changed, e.Message, e); // somebody gave the upload up; or, of a copy within one store, the source changed
        }
        catch (ObjectStoreException e) when (e.Error == ObjectStoreError.NotFound)
        {
            throw new SetbackException(Setback.Gone, e.Message, e);
        }
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.AccessDenied or ObjectStoreError.BucketNotFound)
        {
            throw new WorkFailedException($"{route.Destination.Store.Name} can't be written to: {e.Message}", "Mend that, then start the ingest again: it goes on where it was.", e);
        }
    }

    /// <summary>Does something again while it fails for a reason that may pass.</summary>
    /// <param name="once">Does it.</param>
    /// <param name="run">The run that it belongs to.</param>
    /// <param name="writes">Whether the destination is asked, and not the source.</param>
    internal async Task<T> TryingAsync<T>(Func<Task<T>> once, CopyRun run, bool writes = false)
    {
        var began = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await once();
                Volatile.Write(ref Answer(writes), time.GetTimestamp());
                return result;
            }
            catch (IOException e) when (e is not ObjectStoreException { Error: not ObjectStoreError.Unavailable } && !run.Stop.IsCancellationRequested)
            {
                if (route.Folder is { } folder && WriteFailure.IsFull(e, folder, Math.Max(limits.Memory, limits.Single)))
                    throw new WorkFailedException($"There is no room left in {folder}.", "Free space there, then start the ingest again: it goes on where it was.", e);
                if (e is ObjectStoreException { IsFull: true }) throw new WorkFailedException(e.Message, "Start the ingest again then: it goes on where it was.", e);
                // From when it was first tried: that nobody asked before, since all was being read, is no failure.
                if (time.GetElapsedTime(Math.Max(began, Volatile.Read(ref Answer(writes)))) >= limits.Patience) throw;
                // Others get through: it is this one.
                if (attempt >= Tries && Volatile.Read(ref Answer(writes)) > began) throw new SetbackException(Setback.Impossible, e.Message, e);
                var wait = limits.RetryAfter * Math.Pow(2, attempt - 1);
                await Task.Delay((wait > LongestWait ? LongestWait : wait) * (0.5 + Random.Shared.NextDouble()), time, run.Stop.Token);
                if (run.IsTimeUp()) throw new SetbackException(Setback.Paused, e.Message, e);
            }
        }
    }

    private ref long Answer(bool writes) => ref writes ? ref _written : ref _read;
}
