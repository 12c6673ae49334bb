using System.Text;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Spark.Scripts;
using KubeMetrics.Spark.Storage;

namespace KubeMetrics.Pipeline.Orchestration;

/// <summary>Where jobs keep their scripts, and what scripts leave: <c>jobs/&lt;id&gt;/attempt-2/job.sql</c>, <c>…/facts/</c>, <c>…/preview/</c> of the state.</summary>
/// <param name="stores">Opens places.</param>
/// <param name="storage">How buckets are reached.</param>
/// <param name="state">Where the state is.</param>
/// <param name="place">The state.</param>
/// <param name="options">The cluster.</param>
public sealed class JobPlaces(StoreAccess stores, StorageOptions storage, StoreUri state, StorePlace place, SparkOptions options)
{
    private const string Script = "job.sql";
    private readonly string _jobs = ObjectKey.AsPrefix(place.Prefix) + "jobs/";

    internal Claims<KeyUse> Keys { get; } = Claims.Keys(place);

    /// <summary>Why a cluster can't open what the state holds; null where it can.</summary>
    internal string? WhyNotShared => state.Kind == StoreKind.S3 ? null : $"The State is a folder ({state}), where the cluster can't read a job's script.";

    internal string All => _jobs.TrimEnd('/');

    /// <summary>Where a script of an attempt leaves what is read of it.</summary>
    internal ScriptPlaces Of(string id, int attempt) => new(Uri($"{Folder(id, attempt)}facts"), Uri($"{Folder(id, attempt)}preview"));

    /// <summary>The script as the cluster opens it.</summary>
    internal string ScriptOf(string id, int attempt) => S3A.Uri(Uri(Folder(id, attempt) + Script));

    internal Task PutScriptAsync(string id, int attempt, string text, CancellationToken cancellationToken) =>
        place.Store.PutBytesAsync(Folder(id, attempt) + Script, Encoding.UTF8.GetBytes(text), new PutOptions { ContentType = "application/sql" }, cancellationToken);

    /// <summary>Takes the script of an attempt away: a driver that has not read it by then ends by itself.</summary>
    internal Task DeleteScriptAsync(string id, int attempt, CancellationToken cancellationToken) => place.Store.DeleteAsync(Folder(id, attempt) + Script, cancellationToken);

    /// <summary>The script of an attempt, for people; null where it was taken away.</summary>
    internal async Task<string?> FindScriptAsync(string id, int attempt, CancellationToken cancellationToken) =>
        await place.Store.GetBytesAsync(Folder(id, attempt) + Script, cancellationToken: cancellationToken) is { } found ? Encoding.UTF8.GetString(found.Content) : null;

    /// <summary>Lines of small JSON that a script left, at most so many.</summary>
    internal async Task<IReadOnlyList<string>> LinesAsync(StoreUri folder, int most, CancellationToken cancellationToken)
    {
        const int Largest = 16 << 20;
        var lines = new List<string>();
        await foreach (var entry in place.Store.ListAsync(folder.Key, cancellationToken))
        {
            if (entry.Key.Split('/')[^1].StartsWith('_') || await place.Store.GetBytesAsync(entry.Key, Largest, cancellationToken) is not { } found) continue;
            lines.AddRange(Encoding.UTF8.GetString(found.Content).Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(most - lines.Count));
            if (lines.Count >= most) break;
        }

        return lines;
    }

    /// <summary>The store that an output goes to, and the prefix in it.</summary>
    internal StorePlace Output(JobOutput output) => stores.At(StoreUri.Parse(output.Location), PlaceUse.Copies);

    /// <summary>Deletes all that is kept of a job but its record.</summary>
    internal Task DeleteAsync(string id, CancellationToken cancellationToken) => place.Store.DeleteAllAsync($"{_jobs}{id}", _ => true, cancellationToken);

    /// <summary>Deletes what is kept of jobs that have no record any more.</summary>
    internal Task SweepAsync(DateTimeOffset before, IReadOnlySet<string> ids, CancellationToken cancellationToken) =>
        place.Store.DeleteAllAsync(All, entry => entry.LastModified < before && !ids.Contains(entry.Key[_jobs.Length..].Split('/')[0]), cancellationToken);

    /// <summary>How the cluster reaches the buckets of a job.</summary>
    /// <exception cref="ObjectStoreException">Nothing says how one is reached.</exception>
    /// <exception cref="BucketKeysException">The cluster has no keys for one.</exception>
    internal IReadOnlyDictionary<string, string> PropertiesOf(Job job)
    {
        var buckets = new Dictionary<string, S3Connection>(StringComparer.Ordinal);
        foreach (var uri in job.Inputs.Select(input => input.Location).Append(job.Output?.Location).OfType<string>().Select(StoreUri.Parse).Append(state))
            if (uri.Kind == StoreKind.S3)
                buckets[uri.Bucket] = storage.For(uri.Bucket);
        return S3ASettings.For(buckets, new ClusterKeys(storage.Find(options.KeysOf ?? state.Bucket), options.CredentialProvider));
    }

    private StoreUri Uri(string key) => state with { Key = key };

    private string Folder(string id, int attempt) => $"{_jobs}{id}/attempt-{attempt}/";
}
