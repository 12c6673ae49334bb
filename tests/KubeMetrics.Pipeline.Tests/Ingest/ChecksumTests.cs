using System.Security.Cryptography;
using CsCheck;
using KubeMetrics.Pipeline.Ingest;

namespace KubeMetrics.Pipeline.Tests.Ingest;

public sealed class ChecksumTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void Our_MD5_is_the_platforms_however_it_is_fed_and_written_down_on_the_way() =>
        Gen.Select(Gen.Byte.Array[0, 400], Gen.Int[0, 400], Gen.Int[0, 400]).Sample((bytes, first, second) =>
        {
            (first, second) = (Math.Min(first, bytes.Length), Math.Min(second, bytes.Length));
            if (first > second) (first, second) = (second, first);
            var md5 = new Md5State();
            md5.Append(bytes.AsSpan(0, first));
            md5 = Md5State.Import(md5.Export());
            md5.Append(bytes.AsSpan(first, second - first));
            md5 = Md5State.Import(md5.Export());
            md5.Append(bytes.AsSpan(second));
            Assert.Equal(MD5.HashData(bytes), md5.Finish());
        });

    [Fact]
    public void A_chain_makes_the_ETag_of_any_part_size_from_pieces_of_any_other() =>
        Gen.Select(Gen.Byte.Array[1, 300], Gen.Int[1, 100], Gen.Int[1, 100], Gen.Bool).Sample((bytes, partSize, piece, whole) =>
        {
            var chain = new ETagChain(whole ? null : partSize);
            foreach (var one in bytes.Chunk(piece))
            {
                chain.Append(one);
                chain = ETagChain.Import(chain.Export());
            }

            var expected = whole ? Convert.ToHexStringLower(MD5.HashData(bytes)) : Checksum.OfParts([.. bytes.Chunk(partSize).Select(part => Convert.ToHexStringLower(MD5.HashData(part)))]);
            Assert.Equal(expected, chain.Finish());
        });

    [Fact]
    public void Every_part_size_that_is_guessed_gives_that_many_parts() =>
        Gen.Select(Gen.Long[1, 1L << 42], Gen.Int[1, 10_000]).Sample((size, parts) =>
        {
            foreach (var one in Checksum.PartSizes(size, parts, 1)) Assert.Equal(parts, parts == 1 ? 1 : (size + one - 1) / one);
        });

    [Theory]
    [InlineData(8)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(16)]
    [InlineData(100)]
    [InlineData(128)]
    public void The_usual_part_sizes_are_found_and_of_many_parts_at_once(int mebibytes)
    {
        foreach (var parts in (int[])[2, 3, 7, 20, 300])
        {
            var size = (parts - 1) * mebibytes * MiB + 1234567;
            var guesses = Checksum.PartSizes(size, parts, 5 * MiB);
            Assert.Contains(mebibytes * MiB, guesses);
            if (parts == 300) Assert.Equal(mebibytes * MiB, guesses[0]);
        }
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef", true, null)]
    [InlineData("0123456789abcdef0123456789abcdef-12", true, 12)]
    [InlineData("0123456789abcdef0123456789abcdef-0", false, null)]
    [InlineData("0123456789abcdef0123456789abcdef-", false, null)]
    [InlineData("0123456789ABCDEF0123456789ABCDEF", false, null)]
    [InlineData("8df4b7dda6f400c-6bc", false, null)]
    [InlineData("", false, null)]
    public void Which_ETags_are_checksums(string etag, bool isOne, int? parts)
    {
        Assert.Equal(isOne, Checksum.IsOne(etag));
        Assert.Equal(parts, Checksum.PartsOf(etag));
    }
}
