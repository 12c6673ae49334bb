using System.Text.Json;
using System.Text.Json.Serialization;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Stores;

namespace KubeMetrics.Pipeline.Orchestration;

/// <summary>What is in force at a place where results take each other's place.</summary>
/// <param name="SchemaVersion">The version of this form.</param>
/// <param name="Job">The job that made it. Of two the one with the greater id was asked for later.</param>
/// <param name="Folder">Where its objects are, below the place.</param>
/// <param name="Inputs">Names what the job has read and how: the same again would bring nothing new. Null where that is not known.</param>
/// <param name="Before">The folder that was in force before: whoever reads it may go on.</param>
internal sealed record OutputPointer(int SchemaVersion, string Job, string Folder, string? Inputs, string? Before);

/// <summary>
/// Places where a job's result takes that of an earlier one's place. Each result lies in a folder of its own, <c>_job-&lt;id&gt;</c>, which
/// nobody takes for data who does not look for it; when it is complete, <c>_latest.json</c> names it, written on the condition that it is what
/// was read. So readers get one result or another whole, never both, and never none.
/// </summary>
public static class Outputs
{
    /// <summary>The pointer's name.</summary>
    public const string Latest = "_latest.json";

    private const string Folder = "_job-";
    private const int CurrentSchema = 1;

    /// <summary>Where a job writes.</summary>
    internal static StoreUri Of(StoreUri place, string job) => place.Below(Folder + job);

    /// <summary>What is in force; null where nothing is, so that a place is read as it lies.</summary>
    /// <exception cref="IOException">The pointer can't be read, or is none.</exception>
    internal static async Task<(OutputPointer Pointer, string ETag)?> FindAsync(StorePlace place, CancellationToken cancellationToken)
    {
        if (await place.Store.GetBytesAsync(KeyOf(place), cancellationToken: cancellationToken) is not { } found) return null;
        try
        {
            if (JsonSerializer.Deserialize(found.Content, OutputJson.Default.OutputPointer) is { SchemaVersion: CurrentSchema } pointer && pointer.Folder.StartsWith(Folder, StringComparison.Ordinal) && !pointer.Folder.Contains('/'))
                return (pointer, found.Info.ETag);
        }
        catch (JsonException)
        {
            // told below
        }

        throw new InvalidDataException($"{place.Store.Name}/{KeyOf(place)} should name what is in force there, and does not; delete it, and have the job write again.");
    }

    /// <summary>Whether an object, by its path below a place, is the pointer or of a result.</summary>
    internal static bool IsOwn(string path) => path == Latest || path.StartsWith(Folder, StringComparison.Ordinal);

    /// <summary>Whether an object of a place is its pointer.</summary>
    internal static bool IsPointer(StorePlace place, ObjectEntry entry) => entry.Key.EndsWith(Latest, StringComparison.Ordinal) && entry.Key == KeyOf(place);

    /// <summary>A place as it is read: where something is in force, that.</summary>
    /// <param name="place">The place.</param>
    /// <param name="cancellationToken">Ends the looking.</param>
    /// <exception cref="IOException">The pointer can't be read, or is none.</exception>
    public static async Task<StorePlace> InForceAsync(StorePlace place, CancellationToken cancellationToken) =>
        await FindAsync(place, cancellationToken) is { } found ? place with { Prefix = ObjectKey.AsPrefix(place.Prefix) + found.Pointer.Folder } : place;

    /// <summary>Puts a job's result in force, unless a later one's is, and deletes what is older than the last before it.</summary>
    internal static async Task PutInForceAsync(StorePlace place, string job, string? inputs, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await FindAsync(place, cancellationToken);
            if (found is { } there && string.CompareOrdinal(there.Pointer.Job, job) >= 0) return;
            var pointer = new OutputPointer(CurrentSchema, job, Folder + job, inputs, found?.Pointer.Folder);
            try
            {
                await place.Store.PutBytesAsync(KeyOf(place), JsonSerializer.SerializeToUtf8Bytes(pointer, OutputJson.Default.OutputPointer),
                    new PutOptions { ContentType = "application/json", IfMatch = found?.ETag, IfAbsent = found is null }, cancellationToken);
            }
            catch (ObjectStoreException e) when (e.Error == ObjectStoreError.PreconditionFailed)
            {
                continue; // another job's was faster
            }

            await DeleteOldAsync(place, pointer, cancellationToken);
            return;
        }
    }

    /// <summary>Those of earlier jobs. What a later one writes at this moment stays.</summary>
    private static async Task DeleteOldAsync(StorePlace place, OutputPointer pointer, CancellationToken cancellationToken)
    {
        var prefix = ObjectKey.AsPrefix(place.Prefix);
        await place.Store.DeleteAllAsync(place.Prefix, entry =>
            entry.Key[prefix.Length..].Split('/')[0] is var folder && folder.StartsWith(Folder, StringComparison.Ordinal) && folder != pointer.Before && string.CompareOrdinal(folder, pointer.Folder) < 0, cancellationToken);
    }

    private static string KeyOf(StorePlace place) => ObjectKey.AsPrefix(place.Prefix) + Latest;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(OutputPointer))]
internal sealed partial class OutputJson : JsonSerializerContext;
