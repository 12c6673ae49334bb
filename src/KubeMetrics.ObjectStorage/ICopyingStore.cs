namespace KubeMetrics.ObjectStorage;

/// <summary>A store that copies from another by itself, where one endpoint has both: nothing of the object comes here.</summary>
public interface ICopyingStore
{
    /// <summary>Whether it can: both are reached alike, and as the same user.</summary>
    bool CanCopyFrom(IObjectStore source);

    /// <summary>Copies an object with its content type and metadata, whatever its size, replacing one of the same key.</summary>
    /// <param name="source">One that <see cref="CanCopyFrom"/> is true of.</param>
    /// <param name="sourceKey">The object's key there.</param>
    /// <param name="key">The copy's key here.</param>
    /// <param name="ifMatch">Copy only this version of it.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The copy's ETag.</returns>
    /// <exception cref="ObjectStoreException">As <see cref="IObjectStore.CopyAsync"/>.</exception>
    Task<string> CopyFromAsync(IObjectStore source, string sourceKey, string key, string? ifMatch = null, CancellationToken cancellationToken = default);
}
