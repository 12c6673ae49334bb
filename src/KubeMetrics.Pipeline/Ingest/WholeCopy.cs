using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>Copies of objects that are stored in one go.</summary>
internal sealed class WholeCopy(CopyRoute route, SourceReads reads, CopyTries tries)
{
    /// <summary>From one store to another.</summary>
    internal async Task<Copied> CopyAsync(CopyItem item, Blocks blocks, CopyRun run)
    {
        var key = route.DestinationKey(item.Key);
        // The destination itself holds what arrives there against the source's checksum: then nobody needs to here.
        var said = Checksum.IsPlain(item.Source.ETag) && item.Doubted is null ? item.Source.ETag : null;
        var info = await tries.TryingAsync(() => reads.ReadAsync(item, 0, blocks, run.Stop.Token), run);
        var md5 = said ?? ContentHash.Md5(blocks);
        if (said is null && md5 != item.Source.ETag && Checksum.IsPlain(item.Source.ETag)) SourceReads.Doubt(item, md5);
        var options = new PutOptions { ContentType = info.ContentType, Metadata = info.Metadata, Length = blocks.Length, Md5 = md5 };
        string etag;
        try
        {
            etag = await tries.StoringAsync(() => tries.TryingAsync(() => route.Destination.Store.PutAsync(key, blocks.Open(), options, run.Stop.Token), run));
        }
        catch (ObjectStoreException e) when (e.Error == ObjectStoreError.WrongContent)
        {
            if (ContentHash.Md5(blocks) is var read && read != md5) SourceReads.Doubt(item, read);
            throw new SetbackException(Setback.Changed, e.Message, e); // it went wrong on its way from here
        }

        var verified = md5 == item.Source.ETag;
        return new Copied(item.Key, blocks.Length, item.Source.ETag, etag, Fate.Copied) { Md5 = md5, Verified = verified, Sha256 = verified ? null : ContentHash.Sha256(blocks) };
    }

    /// <summary>Both sides are one store, which copies by itself.</summary>
    internal async Task<Copied> CopyWithinAsync(CopyItem item, CopyRun run)
    {
        var etag = await tries.StoringAsync(() => tries.TryingAsync(() => route.Destination.Store.CopyAsync(route.SourceKey(item.Key), route.DestinationKey(item.Key), item.Source.ETag, run.Stop.Token), run));
        return new Copied(item.Key, item.Source.Size, item.Source.ETag, etag, Fate.Copied) { Verified = etag == item.Source.ETag && Checksum.IsOne(etag) };
    }
}
