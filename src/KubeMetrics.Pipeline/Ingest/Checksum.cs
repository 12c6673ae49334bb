namespace KubeMetrics.Pipeline.Ingest;

/// <summary>
/// ETags that are checksums: the MD5 of what was put at once; of what was put in parts the MD5 of the parts' MD5s, and
/// <c>-</c> and their count. How large the parts were stands nowhere, but few sizes give that count.
/// </summary>
internal static class Checksum
{
    private const int Digits = 32;
    private const long MiB = 1 << 20;

    // What programs take for parts unless told otherwise, most usual first: aws and boto3, rclone and the SDKs, Hadoop, mc, s3cmd, ….
    private static readonly long[] Usual = [.. ((int[])[8, 5, 64, 16, 100, 15, 10, 128, 32, 50, 25, 20, 256, 512, 1024]).Select(size => size * MiB)];

    /// <summary>Whether an ETag looks like an MD5 of the whole content.</summary>
    internal static bool IsPlain(string etag) => etag.Length == Digits && etag.All(char.IsAsciiHexDigitLower);

    /// <summary>Whether an ETag looks like a checksum of either kind: two of them that are equal name equal contents.</summary>
    internal static bool IsOne(string etag) => IsPlain(etag) || PartsOf(etag) is not null;

    /// <summary>Of how many parts an ETag is; null where it is not of parts.</summary>
    internal static int? PartsOf(string etag) =>
        etag.Length > Digits + 1 && etag[Digits] == '-' && IsPlain(etag[..Digits]) && int.TryParse(etag.AsSpan(Digits + 1), System.Globalization.NumberStyles.None, null, out var parts) && parts > 0 ? parts : null;

    /// <summary>The sizes that parts may have had, most likely first, no more than a few; none where no size gives that count.</summary>
    internal static IReadOnlyList<long> PartSizes(long size, int parts, long smallest)
    {
        if (size <= 0) return [];
        if (parts == 1) return [size];
        // All parts but the last have one size, the last has the rest, which is not nothing and no more than that.
        var (least, most) = (Math.Max(smallest, (size + parts - 1) / parts), (size - 1) / (parts - 1));
        if (least > most) return [];
        var sizes = Usual.Where(IsIn).ToList();
        var isUsual = sizes.Count > 0;
        // Else whole MiB, as nearly all programs have them, the roundest first; else what a program made by dividing evenly. Each costs a hash
        // of the whole, so the last is no guess where a usual size fits.
        for (long step = 64; step >= 1 && sizes.Count < Few; step /= 2)
        {
            var first = (least + step * MiB - 1) / (step * MiB) * step * MiB;
            for (var one = first; one <= most && sizes.Count < Few; one += step * MiB)
                if (!sizes.Contains(one))
                    sizes.Add(one);
        }

        if (!isUsual && sizes.Count < Few && !sizes.Contains(least)) sizes.Add(least);
        return [.. sizes.Take(Few)];

        bool IsIn(long one) => one >= least && one <= most;
    }

    private const int Few = 4;
}
