namespace KubeMetrics.ObjectStorage;

/// <summary>Why an object store could not do what it was asked for.</summary>
public enum ObjectStoreError
{
    /// <summary>There is no such bucket.</summary>
    BucketNotFound,

    /// <summary>There is no object under the key.</summary>
    NotFound,

    /// <summary>The condition does not hold: somebody else wrote.</summary>
    PreconditionFailed,

    /// <summary>This store can't hold an object under such a key.</summary>
    InvalidKey,

    /// <summary>The range lies outside the object.</summary>
    InvalidRange,

    /// <summary>Metadata that can't be stored.</summary>
    InvalidMetadata,

    /// <summary>The content has another length than was said.</summary>
    WrongLength,

    /// <summary>The content has another checksum than was said.</summary>
    WrongContent,

    /// <summary>There is no such upload (any more).</summary>
    UploadNotFound,

    /// <summary>A part of an upload is missing, changed or out of order.</summary>
    InvalidPart,

    /// <summary>Not allowed to.</summary>
    AccessDenied,

    /// <summary>It failed for a reason that may pass (disk full, network, busy).</summary>
    Unavailable,
}

/// <summary>An object store could not do what it was asked for; the message says in one sentence what, why and, where it helps, what to do.</summary>
public sealed class ObjectStoreException(ObjectStoreError error, string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>The reason.</summary>
    public ObjectStoreError Error { get; } = error;

    /// <summary>Whether there is no room for more: it passes only when somebody makes some.</summary>
    public bool IsFull { get; init; }
}
