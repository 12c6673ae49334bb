using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeMetrics.ObjectStorage.Folder;

/// <summary>
/// What a file can't keep itself: content type and metadata, in a file beside, named by the key and the ETag of the
/// version it belongs to. It is written before its version becomes visible and deleted after its version is gone, so a
/// reader never sees one version's content with another's metadata.
/// </summary>
internal sealed record FolderMetadata(string Key, string? ContentType, IReadOnlyDictionary<string, string> Metadata)
{
    internal static void Write(FolderLayout layout, string key, string etag, UploadOptions options)
    {
        if (options.Metadata.Count == 0 && (options.ContentType is null || options.ContentType == ContentTypes.Of(key))) return;
        var path = layout.MetadataOf(key, etag);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var json = JsonSerializer.SerializeToUtf8Bytes(new FolderMetadata(key, options.ContentType, options.Metadata), FolderJson.Default.FolderMetadata);
        File.WriteAllBytes(path, json);
    }

    internal static FolderMetadata? Read(FolderLayout layout, string key, string etag)
    {
        var path = layout.MetadataOf(key, etag);
        if (!File.Exists(path)) return null; // what most objects have; an exception for each would cost more than the reading
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), FolderJson.Default.FolderMetadata);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null; // none was given, the version is gone, or power failed while it was written: the object stands without
        }
    }

    internal static void Delete(FolderLayout layout, string key, string etag)
    {
        try
        {
            File.Delete(layout.MetadataOf(key, etag));
        }
        catch (DirectoryNotFoundException)
        {
            // no object of this folder ever had metadata
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FolderMetadata))]
[JsonSerializable(typeof(FolderUpload))]
internal sealed partial class FolderJson : JsonSerializerContext;
