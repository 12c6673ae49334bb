using System.Security.Cryptography;

namespace KubeMetrics.Pipeline.Work;

/// <summary>
/// Names of work: 16 characters of Crockford's base 32 in lower case, the first ten the time in milliseconds, the rest by
/// chance. So they sort by when they were made, are never used again, and fit a URL, a file name and a line.
/// </summary>
public static class WorkId
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int TimeCharacters = 10, Characters = 16;

    /// <summary>A new name.</summary>
    public static string New(DateTimeOffset now)
    {
        Span<char> id = stackalloc char[Characters];
        var time = now.ToUnixTimeMilliseconds();
        for (var i = TimeCharacters - 1; i >= 0; i--, time >>= 5) id[i] = Alphabet[(int)(time & 31)];
        Span<byte> chance = stackalloc byte[Characters - TimeCharacters];
        RandomNumberGenerator.Fill(chance);
        for (var i = 0; i < chance.Length; i++) id[TimeCharacters + i] = Alphabet[chance[i] & 31];
        return new string(id);
    }

    /// <summary>Whether a text can be such a name; what can't is never looked up.</summary>
    public static bool IsOne(string text) => text.Length == Characters && text.All(Alphabet.Contains);
}
