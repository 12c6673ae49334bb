using CsCheck;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>The limits are S3's: 10,000 parts, none but the last under 5 MiB, none over 5 GiB, an object of at most 5 TiB.</summary>
public sealed class CopyRangesTests
{
    private const long MiB = 1 << 20, GiB = 1L << 30, TiB = 1L << 40;

    [Theory]
    [InlineData(5 * GiB + 1, 11)] // ten of 512 MiB, and a byte
    [InlineData(6 * GiB, 12)]
    [InlineData(5 * TiB, 9987)] // of 525 MiB: 10,000 of 512 are too few
    public void An_object_is_copied_in_so_many_parts(long size, int parts) => Assert.Equal(parts, CopyRanges.Of(size, 512 * MiB).Count);

    [Fact]
    public void Parts_follow_each_other_to_the_last_byte_and_keep_the_limits() => Gen.Long[5 * GiB + 1, 5 * TiB].Sample(size =>
    {
        var ranges = CopyRanges.Of(size, 512 * MiB);
        Assert.Equal(0, ranges[0].First);
        Assert.Equal(size - 1, ranges[^1].Last);
        Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.Equal(pair.First.Last + 1, pair.Second.First));
        Assert.All(ranges.SkipLast(1), range => Assert.InRange(range.Last - range.First + 1, 5 * MiB, 5 * GiB));
        Assert.InRange(ranges[^1].Last - ranges[^1].First + 1, 1, 5 * GiB);
        Assert.InRange(ranges.Count, 1, 10_000);
    }, iter: 200);
}
