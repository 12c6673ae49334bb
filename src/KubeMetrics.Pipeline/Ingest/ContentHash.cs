using System.Security.Cryptography;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>Hashes of what is in memory, in lower-case hexadecimal.</summary>
internal static class ContentHash
{
    internal static string Md5(Blocks blocks) => Hash(blocks, HashAlgorithmName.MD5);

    internal static string Sha256(Blocks blocks) => Hash(blocks, HashAlgorithmName.SHA256);

    private static string Hash(Blocks blocks, HashAlgorithmName algorithm)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        foreach (var block in blocks.Memory) hash.AppendData(block.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Of parts: the hash of their hashes, and their count.</summary>
    internal static string Sha256Of(IReadOnlyList<PartDone> parts) =>
        $"{Convert.ToHexStringLower(SHA256.HashData(parts.SelectMany(part => Convert.FromHexString(part.Sha256!)).ToArray()))}-{parts.Count}";
}
