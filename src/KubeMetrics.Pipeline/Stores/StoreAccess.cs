using System.Collections.Concurrent;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.Pipeline.Stores;

/// <summary>Opens the places that settings name; each store once.</summary>
/// <param name="time">The clock.</param>
/// <param name="storage">How buckets are reached; null where none is.</param>
public sealed class StoreAccess(TimeProvider time, StorageOptions? storage = null) : IDisposable
{
    private readonly S3Clients _clients = new(time);
    private readonly ConcurrentDictionary<(StoreUri Uri, PlaceUse Use), StorePlace> _open = [];

    /// <summary>What every store that is opened here is seen through: where tests stop a process or kill it.</summary>
    internal Func<IObjectStore, IObjectStore> Through { get; init; } = store => store;

    /// <summary>Opens a place.</summary>
    /// <exception cref="ObjectStoreException">It can't be opened; the message says why and what to do.</exception>
    public StorePlace At(StoreUri uri, PlaceUse use) => _open.TryGetValue((uri, use), out var open) ? open : _open[(uri, use)] = Open(uri, use);

    /// <summary>A bucket, which is not seen through anything.</summary>
    /// <exception cref="ObjectStoreException">Nothing says how it is reached.</exception>
    public S3Store Bucket(StoreUri uri) => new(uri.Bucket, (storage ?? new StorageOptions()).For(uri.Bucket), _clients, time);

    /// <summary>What the bucket of a place tells others of arrivals.</summary>
    /// <exception cref="ObjectStoreException">Nothing says how it is reached, or it tells in another way.</exception>
    public BucketNotifications NotificationsOf(StoreUri uri) => new(uri.Bucket, (storage ?? new StorageOptions()).For(uri.Bucket), _clients, time);

    /// <inheritdoc/>
    public void Dispose() => _clients.Dispose();

    private StorePlace Open(StoreUri uri, PlaceUse use)
    {
        if (uri.Kind == StoreKind.S3) return new StorePlace(Through(Bucket(uri)), uri.Key);
        if (use == PlaceUse.Read) return new StorePlace(Through(new FolderStore(uri.Bucket, time: time)), "");
        try
        {
            return new StorePlace(Through(FolderStore.Create(uri.Bucket, flushToDisk: use == PlaceUse.State, time, copiesByLink: use == PlaceUse.Reports)), "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ObjectStoreException(ObjectStoreError.AccessDenied,
                $"The folder {uri.Bucket} can't be made: {WriteFailure.Reason(e, Path.GetPathRoot(uri.Bucket)!)}. {(WriteFailure.IsFull(e, Path.GetPathRoot(uri.Bucket)!) ? "Free space there" : "Make it for this user")}, or name another ({use switch { PlaceUse.State => "State", PlaceUse.Copies => "the destination", _ => "Datasets:<name>:Reports" }}).", e);
        }
    }
}
