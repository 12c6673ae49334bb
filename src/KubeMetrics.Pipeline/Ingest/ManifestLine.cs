using System.Text.Json.Serialization;
using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>What became of an object.</summary>
internal enum Fate
{
    /// <summary>It was copied.</summary>
    Copied,

    /// <summary>It was there already.</summary>
    Same,

    /// <summary>It can't be copied.</summary>
    Failed,

    /// <summary>It was deleted from the source before it was its turn.</summary>
    Gone,
}

/// <summary>What the manifest tells of an object.</summary>
/// <param name="Key">The key below source and destination.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Source">The source's ETag.</param>
/// <param name="ETag">The destination's ETag; null where it has none.</param>
/// <param name="Fate">What became of it.</param>
internal sealed record Copied(string Key, long Size, string Source, string? ETag, Fate Fate)
{
    /// <summary>The MD5 of what was copied, as the destination's ETag would be made of it; null where nothing was read.</summary>
    public string? Md5 { get; init; }

    /// <summary>Our own SHA-256 (of parts: of their SHA-256s, and their count) where nothing else vouches for it.</summary>
    public string? Sha256 { get; init; }

    /// <summary>What was read has the checksum that the source's ETag is.</summary>
    public bool Verified { get; init; }

    /// <summary>Why it could not be copied.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether it tells of this version of an object.</summary>
    internal bool Of(ObjectEntry source) => ETag is not null && Source == source.ETag && Size == source.Size;
}

/// <summary>An upload in parts was started.</summary>
/// <param name="Key">The object's key below source and destination.</param>
/// <param name="Size">The source's size.</param>
/// <param name="Source">The source's ETag.</param>
/// <param name="Upload">Names the upload.</param>
/// <param name="PartSize">How large its parts are.</param>
/// <param name="Doubted">What was read before had this checksum, which is not the source's: read twice alike, the source tells none.</param>
internal sealed record Begun(string Key, long Size, string Source, string Upload, long PartSize, string? Doubted = null);

/// <summary>A part was stored.</summary>
/// <param name="Key">The object's key below source and destination.</param>
/// <param name="Upload">The upload.</param>
/// <param name="Number">From 1 on.</param>
/// <param name="ETag">The destination's ETag of it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Md5">Of what was sent.</param>
internal sealed record PartDone(string Key, string Upload, int Number, string ETag, long Size, string Md5)
{
    public string? Sha256 { get; init; }

    /// <summary>The checksums of everything up to and with this part, to be gone on with.</summary>
    public IReadOnlyList<string>? Chains { get; init; }
}

/// <summary>One line of the manifest or of the journal: one of these.</summary>
internal sealed record ManifestLine(Copied? Copied = null, Begun? Begun = null, PartDone? Part = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(ManifestLine))]
internal sealed partial class ManifestJson : JsonSerializerContext;
