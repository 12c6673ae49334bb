namespace KubeMetrics.ObjectStorage;

/// <summary>
/// One bucket: objects under keys. It offers what S3 and Ceph's RADOS gateway can both be relied on for, and no more:
/// a write is visible whole or not at all; a condition holds for a write (not for a delete, which the gateway carries out
/// whatever its condition says, nor for the completion of a multipart upload, whose condition it ignores).
/// Every failure with a known reason is an <see cref="ObjectStoreException"/> whose message is one sentence for a person.
/// </summary>
public interface IObjectStore
{
    /// <summary>The bucket as people write it: <c>s3://bucket</c> or a folder's path.</summary>
    string Name { get; }

    /// <summary>What is known of an object without its content; null where there is none under this key.</summary>
    Task<ObjectInfo?> HeadAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens an object, or a range of it; null where there is none under this key. What is read is one version, even
    /// while another is written. The caller disposes of it.
    /// </summary>
    /// <exception cref="ObjectStoreException">
    /// <see cref="ObjectStoreError.PreconditionFailed"/>: it has another ETag than asked for.
    /// <see cref="ObjectStoreError.InvalidRange"/>: the range starts at or after the object's end.
    /// </exception>
    Task<StoredObject?> GetAsync(string key, GetOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Stores an object, replacing one of the same key, and returns its ETag. Where this fails nothing has changed.</summary>
    /// <exception cref="ObjectStoreException">
    /// <see cref="ObjectStoreError.PreconditionFailed"/>: the condition does not hold; of several writers that race under one
    /// condition exactly one wins, across processes too.
    /// <see cref="ObjectStoreError.WrongLength"/>: the content ended before or went on after <see cref="PutOptions.Length"/>.
    /// <see cref="ObjectStoreError.WrongContent"/>: it has not the checksum <see cref="PutOptions.Md5"/>.
    /// </exception>
    Task<string> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Copies an object within the bucket, with its content type and metadata, and returns the copy's ETag.
    /// With <paramref name="ifMatch"/> only while the source has this ETag.
    /// </summary>
    /// <exception cref="ObjectStoreException">
    /// <see cref="ObjectStoreError.NotFound"/>: there is no such source. <see cref="ObjectStoreError.PreconditionFailed"/>: it has changed.
    /// </exception>
    Task<string> CopyAsync(string sourceKey, string key, string? ifMatch = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object. That there is none is no error.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>
    /// One page of the keys that start with a prefix, in order of their UTF-8 bytes. Keys that stay in place while the
    /// pages are read come exactly once; keys written or deleted meanwhile may or may not.
    /// </summary>
    Task<ListPage> ListPageAsync(ListRequest request, CancellationToken cancellationToken = default);

    /// <summary>Starts an upload in parts and returns its id. Nothing is visible until it is completed.</summary>
    Task<string> StartUploadAsync(string key, UploadOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Stores one part (number 1 to 10,000; each but the last at least <see cref="UploadPart.MinSize"/>), replacing one of
    /// the same number.
    /// </summary>
    /// <exception cref="ObjectStoreException"><see cref="ObjectStoreError.UploadNotFound"/>: completed, aborted or never started.</exception>
    Task<UploadPart> PutPartAsync(
        string key, string uploadId, int number, Stream content, long? length = null, CancellationToken cancellationToken = default);

    /// <summary>The parts that are stored so far, by number: what an interrupted upload goes on from.</summary>
    /// <exception cref="ObjectStoreException"><see cref="ObjectStoreError.UploadNotFound"/>: completed, aborted or never started.</exception>
    Task<IReadOnlyList<UploadPart>> ListPartsAsync(string key, string uploadId, CancellationToken cancellationToken = default);

    /// <summary>Makes the parts, in ascending order of their numbers, one object at once and returns its ETag.</summary>
    /// <exception cref="ObjectStoreException">
    /// <see cref="ObjectStoreError.UploadNotFound"/>: completed, aborted or never started.
    /// <see cref="ObjectStoreError.InvalidPart"/>: a part is missing, has another ETag, or the order is wrong.
    /// </exception>
    Task<string> CompleteUploadAsync(
        string key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken = default);

    /// <summary>Gives an upload up and deletes its parts. That there is none is no error.</summary>
    Task AbortUploadAsync(string key, string uploadId, CancellationToken cancellationToken = default);

    /// <summary>Uploads under way whose keys start with a prefix, in order of their keys.</summary>
    IAsyncEnumerable<Upload> ListUploadsAsync(string prefix = "", CancellationToken cancellationToken = default);
}
