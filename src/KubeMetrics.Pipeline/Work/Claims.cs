using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Stores;

namespace KubeMetrics.Pipeline.Work;

/// <summary>A claim as it was read.</summary>
/// <param name="Is">What it says; null where it is damaged: nobody's, and free to be taken over.</param>
/// <param name="ETag">The version that was read.</param>
/// <param name="Written">When it was written, by the store's clock.</param>
internal sealed record Claim<T>(T? Is, string ETag, DateTimeOffset Written)
    where T : class;

/// <summary>
/// Small objects that say whose a thing is: which work makes the report of a run, which work a repeated request's key stands
/// for. Taken and passed on by conditional puts, so that of several who want one thing exactly one gets it.
/// </summary>
internal sealed class Claims<T>(IObjectStore store, string folder, JsonTypeInfo<T> form)
    where T : class
{
    private const string Extension = ".json";

    internal async Task<Claim<T>?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (await store.GetBytesAsync(KeyOf(name), cancellationToken: cancellationToken) is not var (content, info)) return null;
        try
        {
            return new Claim<T>(JsonSerializer.Deserialize(content, form), info.ETag, info.LastModified);
        }
        catch (JsonException)
        {
            return new Claim<T>(null, info.ETag, info.LastModified);
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

    /// <summary>Deletes what was last written before a time, but for some names. At worst something is done twice for want of it.</summary>
    internal Task SweepAsync(DateTimeOffset before, IReadOnlySet<string> keep, CancellationToken cancellationToken) =>
        store.DeleteAllAsync(folder, entry => entry.LastModified < before && !keep.Contains(NameOf(entry.Key)), cancellationToken);

    private string KeyOf(string name) => $"{ObjectKey.AsPrefix(folder)}{name}{Extension}";

    private string NameOf(string key) => key.EndsWith(Extension, StringComparison.Ordinal) ? key[ObjectKey.AsPrefix(folder).Length..^Extension.Length] : "";
}

/// <summary>The claims that all work has in common.</summary>
internal static class Claims
{
    /// <summary>What nobody has to do with after so long was left behind; younger, it may be on its way from one process to another.</summary>
    internal static readonly TimeSpan LeftBehind = TimeSpan.FromHours(1);

    /// <summary>Which work a repeated request's key stands for.</summary>
    internal static Claims<KeyUse> Keys(StorePlace state) => new(state.Store, ObjectKey.AsPrefix(state.Prefix) + "keys", ClaimJson.Default.KeyUse);

    /// <summary>Which work does, or did, each thing of a kind that one alone does.</summary>
    /// <param name="state">The state.</param>
    /// <param name="folder">The kind's folder in it.</param>
    internal static Claims<RunOwner> Owners(StorePlace state, string folder) => new(state.Store, ObjectKey.AsPrefix(state.Prefix) + folder, ClaimJson.Default.RunOwner);

    /// <summary>A name for text of any length and alphabet.</summary>
    internal static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// Makes sure that a work is the one that does a thing: takes it where it is free; else names who has it. Its own it
    /// takes again: whoever found it without its work, just before that was added, must not take it over any more.
    /// </summary>
    internal static async Task<string?> OwnerOtherThanAsync(this Claims<RunOwner> claims, string name, string work, WorkStore works, CancellationToken cancellationToken)
    {
        while (true)
        {
            var claim = await claims.FindAsync(name, cancellationToken);
            if (claim?.Is?.Work is { } other && other != work && await works.FindAsync(other, cancellationToken) is { Record.IsOpen: true } open) return open.Record.Id;
            if (await claims.TryTakeAsync(name, RunOwner.Now(work), claim?.ETag, cancellationToken)) return null;
        }
    }
}

/// <summary>Which work does, or did, a thing that one alone does: the report of a run, the copies between two places.</summary>
/// <param name="Work">The work.</param>
/// <param name="Taking">Names this one taking of it. Ceph's versions are digests of contents: without it one that was taken again would look as before.</param>
internal sealed record RunOwner(string Work, string? Taking = null)
{
    internal static RunOwner Now(string work) => new(work, Guid.NewGuid().ToString("N"));
}

/// <summary>What a key of a repeated request stands for.</summary>
internal sealed record KeyUse(string Request, string Work);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RunOwner))]
[JsonSerializable(typeof(KeyUse))]
internal sealed partial class ClaimJson : JsonSerializerContext;
