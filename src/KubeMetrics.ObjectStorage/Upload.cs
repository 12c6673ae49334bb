using System.Security.Cryptography;

namespace KubeMetrics.ObjectStorage;

/// <summary>An upload in parts that is neither completed nor aborted.</summary>
/// <param name="Key">The key that it will be visible under.</param>
/// <param name="Id">Names it together with the key.</param>
/// <param name="Started">When, UTC.</param>
public sealed record Upload(string Key, string Id, DateTimeOffset Started);

/// <summary>One part of an upload.</summary>
/// <param name="Number">1 to <see cref="MaxNumber"/>; parts are put together in this order. Numbers may be left out.</param>
/// <param name="ETag">Names the part's content, without quotes.</param>
/// <param name="Size">Bytes.</param>
public sealed record UploadPart(int Number, string ETag, long Size)
{
    private const long MiB = 1 << 20;

    /// <summary>The largest number.</summary>
    public const int MaxNumber = 10_000;

    /// <summary>How large the parts of a content are: as large as wanted, or, where that made more of them than may be, the next whole MiB with which it does not.</summary>
    /// <param name="total">Bytes of the content.</param>
    /// <param name="wanted">Bytes of a part.</param>
    public static long SizeFor(long total, long wanted)
    {
        var least = (total + MaxNumber - 1) / MaxNumber;
        return least <= wanted ? wanted : (least + MiB - 1) / MiB * MiB;
    }

    /// <summary>The smallest size that S3 takes of a part that is not the last: 5 MiB.</summary>
    public const long MinSize = 5L << 20;

    /// <summary>The ETag that S3 gives an object of parts, where its ETags are checksums: the MD5 of the parts' MD5s, <c>-</c>, and their count.</summary>
    /// <param name="md5s">The parts' MD5s in order, as hexadecimal digits.</param>
    public static string ETagOfAll(IReadOnlyCollection<string> md5s) =>
        $"{Convert.ToHexStringLower(MD5.HashData(md5s.SelectMany(Convert.FromHexString).ToArray()))}-{md5s.Count}";
}
