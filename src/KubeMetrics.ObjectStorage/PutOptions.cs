namespace KubeMetrics.ObjectStorage;

/// <summary>What an object is stored with.</summary>
public record UploadOptions
{
    /// <summary>The media type, e.g. <c>application/json</c>.</summary>
    public string? ContentType { get; init; }

    /// <summary>Metadata; names and values as <see cref="ObjectMetadata"/> has them.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ObjectMetadata.None;
}

/// <summary>What an object is stored with, and on which condition.</summary>
public sealed record PutOptions : UploadOptions
{
    /// <summary>The content's length where it is known: content of another length is refused, so that a source that ends early never passes for a whole one.</summary>
    public long? Length { get; init; }

    /// <summary>
    /// The content's MD5 in lower-case hexadecimal where it is known: other content is refused. Whoever copies lets the store that is
    /// written to hold what arrives there against the checksum of the one that is read.
    /// </summary>
    public string? Md5 { get; init; }

    /// <summary>Only while the object has this ETag (<c>If-Match</c>).</summary>
    public string? IfMatch { get; init; }

    /// <summary>Only while there is no object under the key (<c>If-None-Match: *</c>).</summary>
    public bool IfAbsent { get; init; }

    /// <summary>
    /// Whether a power failure may take it, because what it stands for is found again elsewhere: then a folder does not wait until the disk
    /// has it. A killed process loses nothing either way.
    /// </summary>
    public bool MayBeLostWithPower { get; init; }
}
