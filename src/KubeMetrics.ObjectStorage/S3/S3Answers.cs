using System.Net;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>What stands in an answer, as it is meant.</summary>
internal static class S3Answers
{
    /// <summary>An ETag without its quotes; empty where there is none.</summary>
    internal static string Bare(string? etag) => etag?.Trim('"') ?? "";

    /// <summary>A key of a listing, which the SDK leaves as it was encoded for the answer.</summary>
    internal static string Decoded(string key) => WebUtility.UrlDecode(key);

    /// <summary>A time; the earliest there is where none is told.</summary>
    internal static DateTimeOffset Utc(DateTime? time) => time is { } at ? new DateTimeOffset(at.ToUniversalTime()) : DateTimeOffset.MinValue;
}
