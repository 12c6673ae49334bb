namespace KubeMetrics.ObjectStorage.S3;

/// <summary>In which parts a store copies an object that it does not copy at once: none larger than may be, no more than may be.</summary>
internal static class CopyRanges
{
    /// <summary>The most that S3 copies in one go: 5 GiB.</summary>
    internal const long AtOnce = 5L << 30;

    /// <summary>First and last byte of each part: whole MiB, but for the last.</summary>
    internal static IReadOnlyList<(long First, long Last)> Of(long size, long part)
    {
        part = UploadPart.SizeFor(size, part);
        var ranges = new List<(long First, long Last)>();
        for (long first = 0; first < size; first += part) ranges.Add((first, Math.Min(first + part, size) - 1));
        return ranges;
    }
}
