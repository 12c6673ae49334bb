using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>Copies of objects that are stored part by part: what is there of them is written down, for whoever goes on.</summary>
internal sealed class PartsUpload(CopyRoute route, SourceReads reads, CopyTries tries, Arrivals arrivals, Journal journal, ILookup<string, string> strays)
{
    private long _bytes, _stored;
    private volatile bool _tells;

    /// <summary>Bytes that were copied of objects that are not whole yet.</summary>
    internal long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How many parts this process has stored.</summary>
    internal long Stored => Interlocked.Read(ref _stored);

    private IObjectStore Destination => route.Destination.Store;

    /// <summary>Goes on with an object's upload where one of that version is under way; gives up any other.</summary>
    internal async Task<PartsCopy> OpenAsync(CopyItem item, long partSize, IReadOnlyList<long> candidates, CopyRun run)
    {
        if (journal.Upload(item.Key) is { Begun: var begun } open)
        {
            if (begun.Source == item.Source.ETag && begun.Size == item.Source.Size && begun.PartSize == partSize && item.Rounds == 0)
            {
                item.Doubted = begun.Doubted;
                var copy = new PartsCopy(item, partSize, candidates);
                copy.Resume(open);
                Interlocked.Add(ref _bytes, copy.Parts.Values.Sum(part => part.Size));
                return copy;
            }

            await AbortAsync(item, begun.Upload, run);
            journal.Forget(item.Key);
        }

        foreach (var stray in strays[route.DestinationKey(item.Key)]) await AbortAsync(item, stray, run);
        return new PartsCopy(item, partSize, candidates);
    }

    /// <summary>Copies one part.</summary>
    internal async Task CopyAsync(PartsCopy copy, int number, Blocks blocks, CopyRun run)
    {
        var item = copy.Item;
        var info = await tries.TryingAsync(item, () => reads.ReadAsync(item, copy.OffsetOf(number), blocks, run.Stop.Token), run, number);
        var chains = await copy.ChainAsync(number, blocks, run.Stop.Token);
        var upload = await tries.StoringAsync(() => copy.UploadAsync(() => BeginAsync(copy, info, run)));
        Task<UploadPart> SendAsync() => tries.StoringAsync(() => tries.TryingAsync(item, () => Destination.PutPartAsync(route.DestinationKey(item.Key), upload, number, blocks.Open(), blocks.Length, run.Stop.Token), run, number, writes: true));
        string? md5 = null;
        UploadPart part;
        if (copy.IsMadeOfParts && item.Doubted is null && arrivals.Tell)
        {
            // The checksum of what arrived, where the destination tells it; before they become an object all are held against the source's.
            part = await SendAsync();
            if (Checksum.IsPlain(part.ETag)) md5 = part.ETag;
        }
        else part = await arrivals.SendingAsync(SendAsync, one => one.ETag, md5 = ContentHash.Md5(blocks));

        md5 ??= ContentHash.Md5(blocks);
        var line = new PartDone(item.Key, upload, number, part.ETag, part.Size, md5) { Sha256 = copy.NeedsSha256 ? ContentHash.Sha256(blocks) : null, Chains = chains };
        lock (copy.Lock) copy.Parts[number] = line;
        journal.Add(new ManifestLine(Part: line), soon: true);
        Interlocked.Add(ref _bytes, blocks.Length);
        Interlocked.Increment(ref _stored);
    }

    /// <summary>Makes an object of its parts, once they have the source's checksum.</summary>
    internal async Task<Copied> CompleteAsync(PartsCopy copy, CopyRun run)
    {
        var item = copy.Item;
        if (copy.Setback is { } setback) throw setback;
        if (copy.Parts.Count < copy.Count) throw new SetbackException(Setback.Paused, "Some of its parts are missing.");
        var parts = copy.Parts.Values.ToList();
        var md5 = UploadPart.ETagOfAll([.. parts.Select(part => part.Md5)]);
        var verified = md5 == item.Source.ETag || copy.Chained().Contains(item.Source.ETag);
        if (!verified && Checksum.IsOne(item.Source.ETag)) SourceReads.Doubt(item, md5);
        var etag = await tries.StoringAsync(() => tries.TryingAsync(item, () => Destination.CompleteUploadAsync(
            route.DestinationKey(item.Key), copy.UploadId!, [.. parts.Select(part => new UploadPart(part.Number, part.ETag, part.Size))], run.Stop.Token), run, writes: true));
        if (etag == md5) _tells = true;
        else if (await IsAnotherAsync(item, etag, parts, run))
            throw new SetbackException(Setback.Changed, $"Its upload to {Destination.Name} was completed, and another object is there (ETag {etag}): see to what lies between here and there (a proxy), or to who else writes there.");
        Interlocked.Add(ref _bytes, -parts.Sum(part => part.Size));
        verified &= !Checksum.IsOne(etag) || etag == md5;
        return new Copied(item.Key, item.Source.Size, item.Source.ETag, etag, Fate.Copied)
        {
            Md5 = md5,
            Verified = verified,
            Sha256 = verified || parts.Any(part => part.Sha256 is null) ? null : ContentHash.Sha256Of(parts),
        };
    }

    /// <summary>Whether what lies at the destination is not what was sent: it has another size, or another checksum where the destination's are ones.</summary>
    private async Task<bool> IsAnotherAsync(CopyItem item, string etag, List<PartDone> parts, CopyRun run)
    {
        // Not every store that tells the parts' MD5s makes the whole's ETag of them.
        if ((_tells || Checksum.PartsOf(etag) is not null) && Checksum.IsOne(etag) && parts.All(part => part.ETag == part.Md5)) return true;
        var there = await tries.TryingAsync(item, () => Destination.HeadAsync(route.DestinationKey(item.Key), run.Stop.Token), run, writes: true);
        return there?.Size != item.Source.Size || there.ETag != etag;
    }

    /// <summary>What was stored of an object is of no use any more, whatever becomes of it.</summary>
    internal async Task GiveUpAsync(PartsCopy copy, CopyRun run)
    {
        Interlocked.Add(ref _bytes, -copy.Parts.Values.Sum(part => part.Size));
        journal.Forget(copy.Item.Key);
        if (copy.UploadId is { } upload) await AbortAsync(copy.Item, upload, run);
    }

    private async Task<string> BeginAsync(PartsCopy copy, ObjectInfo info, CopyRun run)
    {
        var options = new UploadOptions { ContentType = info.ContentType, Metadata = info.Metadata };
        var upload = await tries.TryingAsync(copy.Item, () => Destination.StartUploadAsync(route.DestinationKey(copy.Item.Key), options, run.Stop.Token), run, writes: true);
        journal.Add(new ManifestLine(Begun: new Begun(copy.Item.Key, copy.Item.Source.Size, copy.Item.Source.ETag, upload, copy.PartSize, copy.Item.Doubted)), soon: true);
        return upload;
    }

    private Task<bool> AbortAsync(CopyItem item, string upload, CopyRun run) => tries.TryingAsync(
        item,
        async () =>
        {
            await Destination.AbortUploadAsync(route.DestinationKey(item.Key), upload, run.Stop.Token);
            return true;
        },
        run, writes: true);
}
