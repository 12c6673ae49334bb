using System.Text;

namespace KubeMetrics.ObjectStorage;

/// <summary>
/// The rules for metadata that every store keeps as it is given, since it travels in HTTP headers: names of lower-case
/// ASCII letters, digits, <c>-</c>, <c>.</c> and <c>_</c>; values of text (in headers its UTF-8) without control characters and without blanks
/// at the ends; together at most 2 KiB (S3's limit).
/// </summary>
public static class ObjectMetadata
{
    /// <summary>The most bytes of all names and values together.</summary>
    public const int MaxBytes = 2048;

    /// <summary>No metadata.</summary>
    public static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    /// <summary>Refuses what breaks the rules.</summary>
    /// <exception cref="ObjectStoreException"><see cref="ObjectStoreError.InvalidMetadata"/></exception>
    public static void Check(string key, UploadOptions options)
    {
        var bytes = 0;
        foreach (var (name, value) in options.Metadata)
        {
            bytes += name.Length + Encoding.UTF8.GetByteCount(value);
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.' or '_'))
                throw Invalid(key, $"the name '{name}' may hold only a-z, 0-9, '-', '.' and '_'");
            // What stands for bytes that are no UTF-8 would be stored in their place.
            if (value.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar || Rune.IsControl(rune)) || value.AsSpan().Trim().Length != value.Length)
                throw Invalid(key, $"the value of '{name}' holds control characters, bytes that are no UTF-8, or blanks at its ends; encode it first");
        }

        if (bytes > MaxBytes) throw Invalid(key, $"it has {bytes} bytes, {MaxBytes} are the most");
        if (options.ContentType is { } type && !type.All(c => c is >= ' ' and <= '~'))
            throw Invalid(key, "the content type may hold only printable ASCII");
    }

    /// <summary>Whether a value is more than ASCII, which S3 has as UTF-8 where it has it at all.</summary>
    internal static bool IsBeyondAscii(UploadOptions options) => options.Metadata.Values.Any(value => !Ascii.IsValid(value));

    internal static ObjectStoreException Invalid(string key, string why) =>
        new(ObjectStoreError.InvalidMetadata, $"The metadata of '{key}' can't be stored: {why}.");
}
