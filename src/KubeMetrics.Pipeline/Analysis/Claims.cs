using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>
/// Small objects that say whose a thing is: which work makes the report of a run, which work a repeated request's key stands
/// for. Taken and passed on by conditional puts, so that of several who want one thing exactly one gets it.
/// </summary>
internal sealed class Claims<T>(IObjectStore store, string folder, JsonTypeInfo<T> form)
    where T : class
{
    internal async Task<(T Claim, string ETag)?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (await store.GetBytesAsync(KeyOf(name), cancellationToken: cancellationToken) is not var (content, info)) return null;
        try
        {
            return JsonSerializer.Deserialize(content, form) is { } claim ? (claim, info.ETag) : null;
        }
        catch (JsonException)
        {
            // Damaged: nobody's. It goes, so that the next can take it.
            await store.DeleteAsync(KeyOf(name), cancellationToken);
            return null;
        }
    }

    /// <summary>Takes it over the version that was read, or where there was none; false where somebody else was faster.</summary>
    internal async Task<bool> TryTakeAsync(string name, T claim, string? etag, CancellationToken cancellationToken)
    {
        var condition = etag is null ? new PutOptions { IfAbsent = true } : new PutOptions { IfMatch = etag };
        try
        {
            await store.PutBytesAsync(KeyOf(name), JsonSerializer.SerializeToUtf8Bytes(claim, form), condition with { ContentType = "application/json" }, cancellationToken);
            return true;
        }
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.PreconditionFailed or ObjectStoreError.NotFound)
        {
            return false;
        }
    }

    /// <summary>Deletes what was last written before a time. At worst something is done twice for want of it.</summary>
    internal async Task SweepAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var old = new List<string>();
        await foreach (var entry in store.ListAsync(folder, cancellationToken))
            if (entry.LastModified < before)
                old.Add(entry.Key);
        foreach (var key in old) await store.DeleteAsync(key, cancellationToken);
    }

    /// <summary>A name for text of any length and alphabet.</summary>
    internal static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private string KeyOf(string name) => $"{ObjectKey.AsPrefix(folder)}{name}.json";
}
