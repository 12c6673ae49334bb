using CsCheck;
using KubeMetrics.Pipeline.Ingest;

namespace KubeMetrics.Pipeline.Tests.Ingest;

/// <summary>ETags that are checksums. Expected values are hashlib's (Python 3.11): <c>md5(content)</c>, and <c>md5(md5(part 1) + …)-n</c>.</summary>
public sealed class ChecksumTests
{
    private const int MiB = 1 << 20;

    // 12 MiB of bytes(i * 7 % 251 for i in range(251)) again and again.
    private static readonly byte[] Content = [.. Enumerable.Range(0, 12 * MiB).Select(i => (byte)(i % 251 * 7 % 251))];

    [Theory]
    [InlineData(null, "e117fbdf97cd9cc057d1c50e1182b5a6")]
    [InlineData(5L * MiB, "6b027f552d6bb2a4953d46dfe580da11-3")]
    [InlineData(8L * MiB, "75f89d71fadc031a2e5388c3c5841da2-2")]
    public void A_chain_makes_the_etag_whatever_pieces_the_content_comes_in(long? partSize, string etag) =>
        Gen.Int[1, 3 * MiB].Array[1, 12].Sample(pieces =>
        {
            var chain = new ETagChain(partSize);
            var at = 0;
            foreach (var piece in pieces)
            {
                var some = Math.Min(piece, Content.Length - at);
                chain.Append(Content.AsSpan(at, some));
                chain = ETagChain.Import(chain.Export()); // as another process goes on with it
                at += some;
            }

            chain.Append(Content.AsSpan(at));
            Assert.Equal(etag, chain.Finish());
        }, iter: 20);

    // RFC 1321, A.5
    [Theory]
    [InlineData("", "d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("a", "0cc175b9c0f1b6a831c399e269772661")]
    [InlineData("message digest", "f96b697d7cb7938d525a2f31aaf161d0")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a")]
    public void Md5_is_as_in_its_RFC(string text, string digest)
    {
        var md5 = new Md5State();
        md5.Append(System.Text.Encoding.ASCII.GetBytes(text));
        Assert.Equal(digest, Convert.ToHexStringLower(md5.Finish()));
    }

    [Fact]
    public void Md5_is_the_platforms_wherever_it_was_written_down_on_the_way() => Gen.Select(Gen.Byte.Array[0, 400], Gen.Int[0, 400]).Sample((content, cut) =>
    {
        cut = Math.Min(cut, content.Length);
        var first = new Md5State();
        first.Append(content.AsSpan(0, cut));
        var second = Md5State.Import(first.Export());
        second.Append(content.AsSpan(cut));
        Assert.Equal(System.Security.Cryptography.MD5.HashData(content), second.Finish());
    });

    [Theory]
    [InlineData("5d41402abc4b2a76b9719d911017c592", true, null)]
    [InlineData("5d41402abc4b2a76b9719d911017c592-12", true, 12)]
    [InlineData("5d41402abc4b2a76b9719d911017c592-0", false, null)]
    [InlineData("5d41402abc4b2a76b9719d911017c592-", false, null)]
    [InlineData("5D41402ABC4B2A76B9719D911017C592", false, null)]
    [InlineData("5d41402abc4b2a76b9719d911017c59", false, null)]
    [InlineData("8df4b7dda6f400c-6bc", false, null)] // a folder's
    [InlineData("", false, null)]
    public void Checksums_are_told_from_other_etags(string etag, bool isOne, int? parts) => Assert.Equal((isOne, parts), (Checksum.IsOne(etag), Checksum.PartsOf(etag)));

    [Theory]
    [InlineData(100L * MiB, 13, 8L * MiB)] // aws, boto3
    [InlineData(100L * MiB, 20, 5L * MiB)] // rclone
    [InlineData(1L << 30, 16, 64L * MiB)] // Hadoop's S3A
    [InlineData(12L * MiB, 1, 12L * MiB)]
    public void The_size_of_parts_is_found_that_programs_usually_take(long size, int parts, long first) => Assert.Equal(first, Checksum.PartSizes(size, parts, 5 * MiB)[0]);

    [Fact]
    public void Sizes_of_parts_give_the_count_they_were_found_for() => Gen.Select(Gen.Long[1, 1L << 40], Gen.Int[1, 10_000]).Sample((size, parts) =>
        Assert.All(Checksum.PartSizes(size, parts, 1), one => Assert.Equal(parts, (size + one - 1) / one)));

    [Theory]
    [InlineData(8)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(16)]
    [InlineData(100)]
    [InlineData(128)]
    public void Usual_sizes_of_parts_are_among_those_tried_and_of_many_parts_the_first(int mebibytes)
    {
        foreach (var parts in (int[])[2, 3, 7, 20, 300])
        {
            var sizes = Checksum.PartSizes((parts - 1L) * mebibytes * MiB + 1234567, parts, 5 * MiB);
            Assert.Contains((long)mebibytes * MiB, sizes);
            if (parts == 300) Assert.Equal((long)mebibytes * MiB, sizes[0]);
        }
    }
}
