using System.Collections.Concurrent;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;

namespace KubeMetrics.Pipeline.Stores;

/// <summary>Opens the places that settings name; each store once.</summary>
/// <param name="time">The clock.</param>
public sealed class StoreAccess(TimeProvider time)
{
    private readonly ConcurrentDictionary<(StoreUri Uri, PlaceUse Use), StorePlace> _open = [];

    /// <summary>What every store that is opened here is seen through: where tests stop a process or kill it.</summary>
    internal Func<IObjectStore, IObjectStore> Through { get; init; } = store => store;

    /// <summary>Opens a place.</summary>
    /// <exception cref="ObjectStoreException">It can't be opened; the message says why and what to do.</exception>
    public StorePlace At(StoreUri uri, PlaceUse use) => _open.TryGetValue((uri, use), out var open) ? open : _open[(uri, use)] = Open(uri, use);

    private StorePlace Open(StoreUri uri, PlaceUse use)
    {
        if (uri.Kind != StoreKind.Folder)
            throw new ObjectStoreException(ObjectStoreError.Unavailable, $"{uri} is in object storage, which this version does not reach yet; copy it to a folder (rclone copy, aws s3 cp) and name that.");
        if (use == PlaceUse.Read) return new StorePlace(Through(new FolderStore(uri.Bucket, time: time)), "");
        try
        {
            return new StorePlace(Through(FolderStore.Create(uri.Bucket, flushToDisk: use == PlaceUse.State, time)), "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ObjectStoreException(ObjectStoreError.AccessDenied,
                $"The folder {uri.Bucket} can't be made: {e.Message.TrimEnd('.')}. {(WriteFailure.IsFull(e, Path.GetPathRoot(uri.Bucket)!) ? "Free space there" : "Make it for this user")}, or name another ({(use == PlaceUse.State ? "State" : "Datasets:<name>:Reports")}).", e);
        }
    }
}
