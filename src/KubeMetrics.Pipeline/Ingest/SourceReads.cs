using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>Reads objects under the condition that they are still what was listed, no faster than wanted.</summary>
internal sealed class SourceReads(CopyRoute route, IngestLimits limits, TimeProvider time)
{
    private readonly TokenBucket? _bandwidth = limits.Bandwidth is { } bandwidth ? new TokenBucket(bandwidth, time) : null;

    /// <summary>Reads an object, or a part of it.</summary>
    internal async Task<ObjectInfo> ReadAsync(CopyItem item, long offset, Blocks blocks, CancellationToken cancellationToken)
    {
        await using var read = await OpenAsync(item, offset, blocks.Length, cancellationToken);
        foreach (var block in blocks.Memory)
        {
            if (_bandwidth is not null) await _bandwidth.TakeAsync(block.Length, cancellationToken);
            await read.Content.ReadExactlyAsync(block, cancellationToken);
        }

        return read.Info;
    }

    /// <summary>Begins to read an object, or a part of it.</summary>
    internal async Task<StoredObject> OpenAsync(CopyItem item, long offset, long length, CancellationToken cancellationToken)
    {
        StoredObject? opened;
        try
        {
            // A range even of all: the SDK makes an MD5 of its own of what is asked for without one, which takes longer than all the rest.
            ByteRange? range = length == 0 ? null : new ByteRange(offset, length);
            opened = await route.Source.Store.GetAsync(route.SourceKey(item.Key), new GetOptions { IfMatch = item.Source.ETag, Range = range }, cancellationToken);
        }
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.PreconditionFailed or ObjectStoreError.InvalidRange)
        {
            throw new SetbackException(Setback.Changed, $"It was changed {CopyEngine.Rounds} times while it was copied: {e.Message}", e);
        }
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.AccessDenied or ObjectStoreError.InvalidKey)
        {
            throw new SetbackException(Setback.Impossible, e.Message, e);
        }

        var read = opened ?? throw new SetbackException(Setback.Gone, "It is gone.");
        if (read.Length == length && read.Info.ETag == item.Source.ETag) return read;
        await read.DisposeAsync();
        throw new SetbackException(Setback.Changed, $"{route.Source.Store.Name} tells another size or version of it than it lists.");
    }

    /// <summary>What was read has not the checksum that the source told: read again; twice the same, and it is the ETag that is none.</summary>
    internal static void Doubt(CopyItem item, string md5)
    {
        if (item.Doubted == md5) return;
        item.Doubted = md5;
        throw new SetbackException(Setback.Changed, $"What was read of it has the checksum {md5}, the source says {item.Source.ETag}, and the next time it was another.");
    }
}
