namespace KubeMetrics.ObjectStorage;

/// <summary>What kind of store a <see cref="StoreUri"/> names.</summary>
public enum StoreKind
{
    /// <summary>A folder (or a file) on this machine.</summary>
    Folder,

    /// <summary>A bucket behind an S3 endpoint.</summary>
    S3,
}

/// <summary>
/// A place in a store: <c>s3://bucket/key</c>, <c>file:///folder</c> or a plain path. Which endpoint and credentials a
/// bucket has is not in it, on purpose: that is configuration, and secrets stay out of URIs.
/// </summary>
/// <param name="Kind">Which kind of store.</param>
/// <param name="Bucket">The bucket's name, or the absolute path of a folder or file.</param>
/// <param name="Key">The key or prefix in the bucket, not percent-encoded; empty for the whole bucket, and always for a path.</param>
public sealed record StoreUri(StoreKind Kind, string Bucket, string Key = "")
{
    private const string S3Scheme = "s3://", FileScheme = "file://";

    /// <summary>
    /// Reads a URI or a path. Keys stand in <c>s3://</c> URIs as they are (as the aws command and Hadoop have it): a <c>%</c>
    /// or <c>#</c> in one is part of the key. Relative paths start at the current directory.
    /// </summary>
    /// <exception cref="FormatException">It is none of these; the message says what is wrong and how it is written.</exception>
    public static StoreUri Parse(string text)
    {
        if (text.Length == 0 || text.Contains('\0')) throw new FormatException("A location is empty or holds a NUL; write s3://bucket/prefix, file:///folder or a path.");
        if (Scheme(text) is not { } scheme) return new StoreUri(StoreKind.Folder, Path.GetFullPath(text));
        return scheme switch
        {
            "s3" => ParseS3(text),
            "file" => ParseFile(text),
            "s3a" or "s3n" => ParseS3(S3Scheme + text[(scheme.Length + 3)..]),
            _ => throw new FormatException($"'{text}' starts with {scheme}://, which is no store known here; write s3://bucket/prefix, file:///folder or a path."),
        };
    }

    /// <summary>The notation that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Kind switch
    {
        StoreKind.S3 => $"{S3Scheme}{Bucket}/{Key}",
        _ => new Uri(Bucket).AbsoluteUri,
    };

    /// <summary>A place below this one.</summary>
    /// <param name="path">Names parted by slashes.</param>
    public StoreUri Below(string path) => Kind == StoreKind.S3
        ? this with { Key = ObjectKey.AsPrefix(Key) + path }
        : this with { Bucket = Path.Combine(Bucket, path.Replace('/', Path.DirectorySeparatorChar)) };

    /// <summary>Whether a place is this one or lies below it: <c>kube-metrics</c> contains <c>kube-metrics/a</c>, and not <c>kube-metrics-old</c>.</summary>
    public bool Contains(StoreUri other) => PathTo(other) is not null;

    /// <summary>The path from here to a place below, names parted by slashes; empty for this place itself, null for one that lies elsewhere.</summary>
    public string? PathTo(StoreUri other)
    {
        if (Kind != other.Kind || (Kind == StoreKind.S3 && Bucket != other.Bucket)) return null;
        var (here, there) = Kind == StoreKind.S3 ? (Key, other.Key) : (Slashes(Bucket), Slashes(other.Bucket));
        (here, there) = (ObjectKey.AsPrefix(here), ObjectKey.AsPrefix(there));
        return there.StartsWith(here, StringComparison.Ordinal) ? there[here.Length..].TrimEnd('/') : null;

        static string Slashes(string path) => path.Replace(Path.DirectorySeparatorChar, '/');
    }

    private static StoreUri ParseS3(string text)
    {
        var rest = text[S3Scheme.Length..];
        var slash = rest.IndexOf('/');
        var (bucket, key) = slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
        if (bucket.Contains('@'))
            throw new FormatException("An s3:// location must not hold credentials; leave out what stands before the '@' and configure them for the bucket.");
        if (bucket.Length is < 3 or > 63 || !bucket.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.' or '_') ||
            !char.IsAsciiLetterOrDigit(bucket[0]) || !char.IsAsciiLetterOrDigit(bucket[^1]))
            throw new FormatException($"'{bucket}' in '{text}' is no bucket name: 3 to 63 of a-z, 0-9, '-', '.' and '_', a letter or digit at both ends.");
        if (key.Split('/').FirstOrDefault(segment => segment is "." or "..") is { } segment)
            throw new FormatException($"'{text}' holds '{segment}' between slashes, which in a bucket leads nowhere; write the key or the prefix itself.");
        return new StoreUri(StoreKind.S3, bucket, key);
    }

    private static StoreUri ParseFile(string text)
    {
        if (!Uri.TryCreate(text.Replace("#", "%23").Replace("?", "%3F"), UriKind.Absolute, out var uri) || uri.Host is not ("" or "localhost"))
            throw new FormatException($"'{text}' names no file on this machine; a file URI has three slashes, as in {FileScheme}/folder.");
        return new StoreUri(StoreKind.Folder, Path.GetFullPath(Uri.UnescapeDataString(uri.AbsolutePath)));
    }

    private static string? Scheme(string text)
    {
        var at = text.IndexOf("://", StringComparison.Ordinal);
        return at > 0 && text.AsSpan(0, at).IndexOfAny('/', '\\') < 0 ? text[..at].ToLowerInvariant() : null;
    }
}
