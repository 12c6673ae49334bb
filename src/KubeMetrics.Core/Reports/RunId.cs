using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace KubeMetrics.Reports;

/// <summary>
/// The name of a run: the same inputs, options, engine and algorithms give the same name, whatever the order in which
/// inputs or matchers come, so that the same work is recognised and not done twice.
/// </summary>
public static class RunId
{
    // Crockford's base 32 in lower case: no letter is mistaken for a digit, and any file system keeps it as it is.
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>How long an id is: 20 characters of 5 bits, so that two among a billion reports meet once in 10¹² worlds.</summary>
    public const int Length = 20;

    /// <summary>Whether a text can be an id.</summary>
    public static bool IsOne(string text) => text.Length == Length && text.All(Alphabet.Contains);

    /// <summary>Computes the id: the first 100 bits of SHA-256 over everything the result depends on.</summary>
    /// <param name="inputs">Key and ETag (null where the store has none) of every input.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="engine">What computes it.</param>
    /// <param name="algorithms">The algorithms' version.</param>
    public static string Of(IEnumerable<(string Key, string? ETag)> inputs, ReportOptions options, string engine, string algorithms)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, engine);
        Add(hash, algorithms);
        Add(hash, options.GroupBy);
        Add(hash, Instant(options.From));
        Add(hash, Instant(options.To));
        Add(hash, options.Window);
        Add(hash, options.Unit);
        Add(hash, options.Raw ? "raw" : null);
        AddAll(hash, options.Where.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        foreach (var (key, etag) in inputs.OrderBy(i => i.Key, StringComparer.Ordinal).ThenBy(i => i.ETag, StringComparer.Ordinal))
        {
            Add(hash, key);
            Add(hash, etag);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return Encode(digest);
    }

    private static string? Instant(DateTimeOffset? at) =>
        at is null ? null : at.Value.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void AddAll(IncrementalHash hash, IEnumerable<string> texts)
    {
        var list = texts.ToList();
        Length32(hash, list.Count);
        foreach (var text in list) Add(hash, text);
    }

    /// <summary>Each text goes in behind its length, so that no two lists of texts run together into the same bytes.</summary>
    private static void Add(IncrementalHash hash, string? text)
    {
        if (text is null)
        {
            Length32(hash, -1);
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        Length32(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Length32(IncrementalHash hash, int length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        hash.AppendData(bytes);
    }

    private static string Encode(ReadOnlySpan<byte> digest)
    {
        Span<char> text = stackalloc char[Length];
        for (var i = 0; i < Length; i++)
        {
            // Five bits from bit 5i on; they may straddle two bytes.
            var bit = 5 * i;
            var pair = digest[bit / 8] << 8 | digest[bit / 8 + 1];
            text[i] = Alphabet[pair >> (16 - bit % 8 - 5) & 31];
        }

        return new string(text);
    }
}
