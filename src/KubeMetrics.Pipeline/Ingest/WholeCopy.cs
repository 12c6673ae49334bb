using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>Copies of objects that are stored in one go.</summary>
internal sealed class WholeCopy(CopyRoute route, IngestLimits limits, SourceReads reads, CopyTries tries, Arrivals arrivals)
{
    // The source's ETags are no MD5s, or the destination's are none: then nothing vouches for what is not hashed here.
    private volatile bool _isInVain;

    /// <summary>
    /// Whether an object is sent on while it is read, and needs no memory of its own: the destination holds it against the source's checksum.
    /// A small one is as soon in memory, and what is read slowly would keep the destination waiting.
    /// </summary>
    internal bool Passes(CopyItem item) =>
        route.Destination.Store is IPassingStore { CanPass: true } && limits.Bandwidth is null && !_isInVain && arrivals.Tell && item is { IsNotPassed: false, Doubted: null } && item.Source.Size >= limits.LeastPassed && Checksum.IsPlain(item.Source.ETag);

    /// <summary>Sends an object on while it is read.</summary>
    /// <returns>Null where that did not succeed, whatever it failed of: then it is copied in the usual way, which tells.</returns>
    internal async Task<Copied?> PassAsync(CopyItem item, CopyRun run)
    {
        try
        {
            await using var read = await reads.OpenAsync(item, 0, item.Source.Size, run.Stop.Token);
            var md5 = item.Source.ETag;
            var options = new PutOptions { ContentType = read.Info.ContentType, Metadata = read.Info.Metadata, Length = read.Length, Md5 = md5 };
            if (await ((IPassingStore)route.Destination.Store).TryPassAsync(route.DestinationKey(item.Key), read.Content, options, run.Stop.Token) is { } etag && arrivals.Is(etag, md5))
            {
                tries.Answered();
                return new Copied(item.Key, read.Length, md5, etag, Fate.Copied) { Md5 = md5, Verified = true };
            }
        }
        catch (IOException) when (!run.Stop.IsCancellationRequested)
        {
            // as below
        }

        item.IsNotPassed = true;
        return null;
    }

    /// <summary>From one store to another.</summary>
    internal async Task<Copied> CopyAsync(CopyItem item, Blocks blocks, CopyRun run)
    {
        var key = route.DestinationKey(item.Key);
        // The destination itself holds what arrives there against the source's checksum: then nobody needs to here.
        var said = Checksum.IsPlain(item.Source.ETag) && item.Doubted is null ? item.Source.ETag : null;
        var info = await tries.TryingAsync(item, () => reads.ReadAsync(item, 0, blocks, run.Stop.Token), run);
        var md5 = said ?? ContentHash.Md5(blocks);
        if (md5 != item.Source.ETag && Checksum.IsPlain(item.Source.ETag))
        {
            SourceReads.Doubt(item, md5);
            _isInVain = true;
        }

        var options = new PutOptions { ContentType = info.ContentType, Metadata = info.Metadata, Length = blocks.Length, Md5 = md5 };
        string etag;
        try
        {
            etag = await arrivals.SendingAsync(() => tries.StoringAsync(() => tries.TryingAsync(item, () => route.Destination.Store.PutAsync(key, blocks.Open(), options, run.Stop.Token), run, writes: true)), one => one, md5);
        }
        catch (ObjectStoreException e) when (e.Error == ObjectStoreError.WrongContent)
        {
            if (ContentHash.Md5(blocks) is var read && read != md5) SourceReads.Doubt(item, read);
            throw new SetbackException(Setback.Changed, e.Message, e); // it went wrong on its way from here
        }
        catch (SetbackException) when (said is not null)
        {
            if (ContentHash.Md5(blocks) is var read && read != md5) SourceReads.Doubt(item, read); // it is not what the source said
            throw;
        }

        var verified = md5 == item.Source.ETag && (etag == md5 || !Checksum.IsPlain(etag));
        if (!verified && said is not null) md5 = ContentHash.Md5(blocks);
        return new Copied(item.Key, blocks.Length, item.Source.ETag, etag, Fate.Copied) { Md5 = md5, Verified = verified, Sha256 = verified ? null : ContentHash.Sha256(blocks) };
    }

    /// <summary>Both sides are one store, which copies by itself.</summary>
    internal async Task<Copied> CopyWithinAsync(CopyItem item, CopyRun run)
    {
        var etag = await tries.StoringAsync(() => tries.TryingAsync(item, () => ((ICopyingStore)route.Destination.Store).CopyFromAsync(route.Source.Store, route.SourceKey(item.Key), route.DestinationKey(item.Key), item.Source.ETag, run.Stop.Token), run, writes: true));
        return new Copied(item.Key, item.Source.Size, item.Source.ETag, etag, Fate.Copied) { Verified = etag == item.Source.ETag && Checksum.IsOne(etag) };
    }
}
