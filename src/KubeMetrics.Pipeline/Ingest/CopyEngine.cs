using System.Collections.Concurrent;
using System.Security.Cryptography;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>
/// Copies objects, several at once: each part is read under the condition that the source still has the version that was
/// listed, into memory that is used again and again, and stored from there. Nothing is visible before it is whole and has the source's
/// checksum: the destination, which makes a checksum of all that it stores anyway, is told what it has to be, or asked what it is; here
/// it is made only where that is not enough.
/// </summary>
internal sealed class CopyEngine(CopyRoute route, IngestLimits limits, Journal journal, TimeProvider time)
{
    private const int Rounds = 5, Tries = 8;
    private const long MiB = 1 << 20;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly BlockPool _memory = new((int)Math.Max(1, Math.Max(limits.Memory, limits.Single) / BlockPool.Size));
    private readonly TokenBucket? _bandwidth = limits.Bandwidth is { } bandwidth ? new TokenBucket(bandwidth, time) : null;
    private readonly ConcurrentDictionary<string, PartsCopy> _open = new(StringComparer.Ordinal);
    private readonly List<Task> _running = [];
    private long _answered = time.GetTimestamp();
    private long _inParts;

    private IObjectStore Source => route.Source.Store;

    private IObjectStore Destination => route.Destination.Store;

    /// <summary>Bytes that were copied of objects that are not whole yet.</summary>
    internal long InParts => Interlocked.Read(ref _inParts);

    /// <summary>Uploads of an earlier process that the journal does not know of, by key: nobody else's, since this ingest alone writes there.</summary>
    internal ILookup<string, string> Strays { get; init; } = Array.Empty<string>().ToLookup(key => key);

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
        var run = new Run(items, done, isTimeUp, stop);
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
    internal void Answered() => Volatile.Write(ref _answered, time.GetTimestamp());

    /// <summary>Gives up uploads of earlier ingests that nobody goes on with.</summary>
    internal async Task AbortAsync(IEnumerable<Begun> uploads, CancellationToken cancellationToken)
    {
        foreach (var upload in uploads) await Destination.AbortUploadAsync(route.DestinationKey(upload.Key), upload.Upload, cancellationToken);
    }

    private async Task SendAsync(CopyItem item, Run run)
    {
        if (route.IsOneStore || SizeOfParts(item) is not { } parts)
        {
            await RoomAsync(limits.Concurrency);
            if (run.IsTimeUp()) return;
            var blocks = route.IsOneStore ? null : await _memory.RentAsync(item.Source.Size, run.Stop.Token);
            run.Dequeue();
            _running.Add(Task.Run(() => WholeAsync(item, blocks, run), CancellationToken.None));
            return;
        }

        if (!_open.TryGetValue(item.Key, out var copy)) copy = _open[item.Key] = await OpenAsync(item, parts.Size, parts.Candidates, run);
        if (copy.Setback?.Kind == Setback.Paused) copy.GoOn();
        while (true)
        {
            await RoomAsync(limits.Concurrency);
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
        await RoomAsync(limits.Concurrency);
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
        IReadOnlyList<long> candidates = Checksum.PartsOf(item.Source.ETag) is { } count ? Checksum.PartSizes(size, count, limits.LeastPart) : [];
        if (candidates.FirstOrDefault(one => one <= _memory.Most) is var likely and > 0) return (likely, candidates);
        if (size <= limits.Single) return null;
        var least = (size + UploadPart.MaxNumber - 1) / UploadPart.MaxNumber;
        return (least <= limits.Part ? limits.Part : (least + MiB - 1) / MiB * MiB, candidates);
    }

    private async Task WholeAsync(CopyItem item, Blocks? blocks, Run run)
    {
        using var given = blocks;
        await EndingAsync(item, run, async () =>
        {
            var line = blocks is null ? await CopyWithinAsync(item, run) : await CopyWholeAsync(item, blocks, run);
            Ended(item, line, run);
        });
    }

    private async Task<Copied> CopyWholeAsync(CopyItem item, Blocks blocks, Run run)
    {
        var key = route.DestinationKey(item.Key);
        // The destination itself holds what arrives there against the source's checksum: then nobody needs to here.
        var said = Checksum.IsPlain(item.Source.ETag) && item.Doubted is null ? item.Source.ETag : null;
        var info = await TryingAsync(() => ReadAsync(item, 0, blocks, run.Stop.Token), run);
        var md5 = said ?? Md5(blocks);
        if (said is null && md5 != item.Source.ETag && Checksum.IsPlain(item.Source.ETag)) Doubt(item, md5);
        var options = new PutOptions { ContentType = info.ContentType, Metadata = info.Metadata, Length = blocks.Length, Md5 = md5 };
        string etag;
        try
        {
            etag = await StoringAsync(() => TryingAsync(() => Destination.PutAsync(key, blocks.Open(), options, run.Stop.Token), run));
        }
        catch (ObjectStoreException e) when (e.Error == ObjectStoreError.WrongContent)
        {
            if (Md5(blocks) is var read && read != md5) Doubt(item, read);
            throw new SetbackException(Setback.Changed, e.Message, e); // it went wrong on its way from here
        }

        var verified = md5 == item.Source.ETag;
        return new Copied(item.Key, blocks.Length, item.Source.ETag, etag, Fate.Copied) { Md5 = md5, Verified = verified, Sha256 = verified ? null : Sha256(blocks) };
    }

    private async Task<Copied> CopyWithinAsync(CopyItem item, Run run)
    {
        var etag = await StoringAsync(() => TryingAsync(() => Destination.CopyAsync(route.SourceKey(item.Key), route.DestinationKey(item.Key), item.Source.ETag, run.Stop.Token), run));
        return new Copied(item.Key, item.Source.Size, item.Source.ETag, etag, Fate.Copied) { Verified = etag == item.Source.ETag && Checksum.IsOne(etag) };
    }

    private async Task<PartsCopy> OpenAsync(CopyItem item, long partSize, IReadOnlyList<long> candidates, Run run)
    {
        var copy = new PartsCopy(item, partSize, candidates);
        var key = route.DestinationKey(item.Key);
        if (journal.Upload(item.Key) is { Begun: var begun } open)
        {
            if (begun.Source == item.Source.ETag && begun.Size == item.Source.Size && begun.PartSize == partSize && item.Rounds == 0)
            {
                copy.Resume(open);
                Interlocked.Add(ref _inParts, copy.Parts.Values.Sum(part => part.Size));
                return copy;
            }

            await TryingAsync(async () => { await Destination.AbortUploadAsync(key, begun.Upload, run.Stop.Token); return true; }, run);
            journal.Forget(item.Key);
        }

        foreach (var stray in Strays[key]) await TryingAsync(async () => { await Destination.AbortUploadAsync(key, stray, run.Stop.Token); return true; }, run);
        return copy;
    }

    private async Task PartAsync(PartsCopy copy, int number, Blocks blocks, Run run)
    {
        var item = copy.Item;
        var key = route.DestinationKey(item.Key);
        using (blocks)
        {
            try
            {
                var info = await TryingAsync(() => ReadAsync(item, copy.OffsetOf(number), blocks, run.Stop.Token), run);
                var chains = await copy.ChainAsync(number, blocks, run.Stop.Token);
                var upload = await StoringAsync(() => copy.UploadAsync(() => BeginAsync(copy, info, run)));
                var part = await StoringAsync(() => TryingAsync(() => Destination.PutPartAsync(key, upload, number, blocks.Open(), blocks.Length, run.Stop.Token), run));
                // The checksum of what arrived, where the destination tells it; before they become an object all are held against the source's.
                var md5 = copy.IsMadeOfParts && Checksum.IsPlain(part.ETag) ? part.ETag : Md5(blocks);
                var line = new PartDone(item.Key, upload, number, part.ETag, part.Size, md5) { Sha256 = copy.NeedsSha256 ? Sha256(blocks) : null, Chains = chains };
                lock (copy.Lock) copy.Parts[number] = line;
                journal.Add(new ManifestLine(Part: line), soon: true);
                Interlocked.Add(ref _inParts, blocks.Length);
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

    private async Task<string> BeginAsync(PartsCopy copy, ObjectInfo info, Run run)
    {
        var options = new UploadOptions { ContentType = info.ContentType, Metadata = info.Metadata };
        var upload = await TryingAsync(() => Destination.StartUploadAsync(route.DestinationKey(copy.Item.Key), options, run.Stop.Token), run);
        journal.Add(new ManifestLine(Begun: new Begun(copy.Item.Key, copy.Item.Source.Size, copy.Item.Source.ETag, upload, copy.PartSize)), soon: true);
        return upload;
    }

    private Task FinishAsync(PartsCopy copy, Run run) => EndingAsync(copy.Item, run, async () =>
    {
        var item = copy.Item;
        try
        {
            if (copy.Setback is { } setback) throw setback;
            if (copy.Parts.Count < copy.Count) throw new SetbackException(Setback.Paused, "Some of its parts are missing.");
            var parts = copy.Parts.Values.ToList();
            var md5 = UploadPart.ETagOfAll([.. parts.Select(part => part.Md5)]);
            var verified = md5 == item.Source.ETag || copy.Chained().Contains(item.Source.ETag);
            if (!verified && copy.IsCertain) Doubt(item, md5);
            var etag = await StoringAsync(() => TryingAsync(() => Destination.CompleteUploadAsync(
                route.DestinationKey(item.Key), copy.UploadId!, [.. parts.Select(part => new UploadPart(part.Number, part.ETag, part.Size))], run.Stop.Token), run));
            _open.TryRemove(item.Key, out _);
            Interlocked.Add(ref _inParts, -parts.Sum(part => part.Size));
            verified &= !Checksum.IsOne(etag) || etag == md5;
            Ended(item, new Copied(item.Key, item.Source.Size, item.Source.ETag, etag, Fate.Copied)
            {
                Md5 = md5,
                Verified = verified,
                Sha256 = verified || parts.Any(part => part.Sha256 is null) ? null : Sha256Of(parts),
            }, run);
        }
        catch (SetbackException setback) when (setback.Kind != Setback.Paused)
        {
            // What was stored of it is of no use any more, whatever becomes of the object.
            _open.TryRemove(item.Key, out _);
            Interlocked.Add(ref _inParts, -copy.Parts.Values.Sum(part => part.Size));
            journal.Forget(item.Key);
            if (copy.UploadId is { } upload) await TryingAsync(async () => { await Destination.AbortUploadAsync(route.DestinationKey(item.Key), upload, run.Stop.Token); return true; }, run);
            throw;
        }
    });

    private void Ended(CopyItem item, Copied line, Run run)
    {
        // What the next listing will tell as well need not be written at once.
        journal.Add(new ManifestLine(Copied: line), soon: line.ETag != line.Source || !Checksum.IsOne(line.Source));
        run.Done(item, line);
    }

    /// <summary>Does the last of an object, and what its ending asks for.</summary>
    private async Task EndingAsync(CopyItem item, Run run, Func<Task> act)
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

    private async Task SetBackAsync(CopyItem item, SetbackException setback, Run run)
    {
        if (setback.Kind == Setback.Paused) throw setback;
        item.Rounds++;
        if (setback.Kind == Setback.Changed && item.Rounds < Rounds)
        {
            var now = await TryingAsync(() => Source.HeadAsync(route.SourceKey(item.Key), run.Stop.Token), run);
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

    /// <summary>Reads an object, or a part of it.</summary>
    private async Task<ObjectInfo> ReadAsync(CopyItem item, long offset, Blocks blocks, CancellationToken cancellationToken)
    {
        StoredObject? opened;
        try
        {
            // A range even of all: the SDK makes an MD5 of its own of what is asked for without one, which takes longer than all the rest.
            ByteRange? range = blocks.Length == 0 ? null : new ByteRange(offset, blocks.Length);
            opened = await Source.GetAsync(route.SourceKey(item.Key), new GetOptions { IfMatch = item.Source.ETag, Range = range }, cancellationToken);
        }
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.PreconditionFailed or ObjectStoreError.InvalidRange)
        {
            throw new SetbackException(Setback.Changed, $"It was changed {Rounds} times while it was copied: {e.Message}", e);
        }
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.AccessDenied or ObjectStoreError.InvalidKey)
        {
            throw new SetbackException(Setback.Impossible, e.Message, e);
        }

        await using var read = opened ?? throw new SetbackException(Setback.Gone, "It is gone.");
        if (read.Length != blocks.Length || read.Info.ETag != item.Source.ETag)
            throw new SetbackException(Setback.Changed, $"{Source.Name} tells another size or version of it than it lists.");
        foreach (var block in blocks.Memory)
        {
            if (_bandwidth is not null) await _bandwidth.TakeAsync(block.Length, cancellationToken);
            await read.Content.ReadExactlyAsync(block, cancellationToken);
        }

        return read.Info;
    }

    /// <summary>What was read has not the checksum that the source told: read again; twice the same, and it is the ETag that is none.</summary>
    private static void Doubt(CopyItem item, string md5)
    {
        if (item.Doubted == md5) return;
        item.Doubted = md5;
        throw new SetbackException(Setback.Changed, $"What was read of it has the checksum {md5}, the source says {item.Source.ETag}, and the next time it was another.");
    }

    private async Task<T> StoringAsync<T>(Func<Task<T>> store)
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
            throw new WorkFailedException($"{Destination.Name} can't be written to: {e.Message}", "Mend that, then start the ingest again: it goes on where it was.", e);
        }
    }

    /// <summary>Does something again while it fails for a reason that may pass.</summary>
    private async Task<T> TryingAsync<T>(Func<Task<T>> once, Run run)
    {
        var began = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await once();
                Answered();
                return result;
            }
            catch (IOException e) when (e is not ObjectStoreException { Error: not ObjectStoreError.Unavailable } && !run.Stop.IsCancellationRequested)
            {
                if (route.Folder is { } folder && WriteFailure.IsFull(e, folder, Math.Max(limits.Memory, limits.Single)))
                    throw new WorkFailedException($"There is no room left in {folder}: {WriteFailure.Reason(e)}.", "Free space there, then start the ingest again: it goes on where it was.", e);
                if (time.GetElapsedTime(Volatile.Read(ref _answered)) >= limits.Patience) throw;
                // Others get through: it is this one.
                if (attempt >= Tries && Volatile.Read(ref _answered) > began) throw new SetbackException(Setback.Impossible, e.Message, e);
                var wait = limits.RetryAfter * Math.Pow(2, attempt - 1);
                await Task.Delay((wait > LongestWait ? LongestWait : wait) * (0.5 + Random.Shared.NextDouble()), time, run.Stop.Token);
                if (run.IsTimeUp()) throw new SetbackException(Setback.Paused, e.Message, e);
            }
        }
    }

    private static string Md5(Blocks blocks) => Hash(blocks, HashAlgorithmName.MD5);

    private static string Sha256(Blocks blocks) => Hash(blocks, HashAlgorithmName.SHA256);

    private static string Hash(Blocks blocks, HashAlgorithmName algorithm)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        foreach (var block in blocks.Memory) hash.AppendData(block.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Sha256Of(List<PartDone> parts) =>
        $"{Convert.ToHexStringLower(SHA256.HashData(parts.SelectMany(part => Convert.FromHexString(part.Sha256!)).ToArray()))}-{parts.Count}";

    /// <summary>One run: what it works on, and whether it has failed.</summary>
    private sealed class Run(Queue<CopyItem> items, Action<CopyItem, Copied> done, Func<bool> isTimeUp, CancellationTokenSource stop)
    {
        private Exception? _failure;

        internal CancellationTokenSource Stop => stop;

        internal Exception? Failure => _failure;

        internal bool IsTimeUp() => stop.IsCancellationRequested || isTimeUp();

        internal CopyItem? Peek()
        {
            lock (items) return items.TryPeek(out var item) ? item : null;
        }

        internal void Dequeue()
        {
            lock (items) items.Dequeue();
        }

        internal void Requeue(CopyItem item)
        {
            lock (items) items.Enqueue(item);
        }

        internal void Done(CopyItem item, Copied line)
        {
            lock (items) done(item, line);
        }

        internal void Fail(Exception e)
        {
            if (e is OperationCanceledException && stop.IsCancellationRequested) return;
            Interlocked.CompareExchange(ref _failure, e, null);
            stop.Cancel();
        }
    }
}
