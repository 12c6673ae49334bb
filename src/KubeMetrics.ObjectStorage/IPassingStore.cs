namespace KubeMetrics.ObjectStorage;

/// <summary>A store that takes content while it is still being read elsewhere: nothing of it is kept here, so it can be sent once only.</summary>
public interface IPassingStore
{
    /// <summary>Whether it can, as it is reached.</summary>
    bool CanPass { get; }

    /// <summary>Tries to store content as it comes in. It is visible only when all of it has arrived and has the checksum that was said.</summary>
    /// <param name="key">The key.</param>
    /// <param name="content">What is read to its end, or until this has failed.</param>
    /// <param name="options">What is said of it, <see cref="PutOptions.Length"/> and <see cref="PutOptions.Md5"/> with it; no condition.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>Its ETag; null where it was not stored, whatever it failed of: who needs to know puts it in the usual way.</returns>
    Task<string?> TryPassAsync(string key, Stream content, PutOptions options, CancellationToken cancellationToken = default);
}
