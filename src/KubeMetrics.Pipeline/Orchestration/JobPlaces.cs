using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Orchestration.InProcess;
using KubeMetrics.Pipeline.Orchestration.Summaries;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Spark.Scripts;
using KubeMetrics.Spark.Storage;
using KubeMetrics.Spark.Summaries;

namespace KubeMetrics.Pipeline.Orchestration;

/// <summary>Where jobs keep their scripts, and what scripts leave: <c>jobs/&lt;id&gt;/attempt-2/job.sql</c>, <c>…/facts/</c>, <c>…/preview/</c> of the state.</summary>
/// <param name="stores">Opens places.</param>
/// <param name="storage">How buckets are reached.</param>
/// <param name="state">Where the state is.</param>
/// <param name="place">The state.</param>
/// <param name="options">The cluster.</param>
/// <param name="datasets">Whose places are known.</param>
public sealed class JobPlaces(StoreAccess stores, StorageOptions storage, StoreUri state, StorePlace place, SparkOptions options, DatasetCatalog datasets)
{
    private const string Script = "job.sql", Success = "_SUCCESS";
    private readonly string _jobs = ObjectKey.AsPrefix(place.Prefix) + "jobs/";

    internal Claims<KeyUse> Keys { get; } = Claims.Keys(place);

    /// <summary>Why a cluster can't open what the state holds; null where it can.</summary>
    internal string? WhyNotShared => state.Kind == StoreKind.S3 ? null : $"The State is a folder ({state}), where the cluster can't read a job's script.";

    internal string All => _jobs.TrimEnd('/');

    /// <summary>Where a script of an attempt leaves what is read of it.</summary>
    internal ScriptPlaces Of(string id, int attempt) => new(Uri($"{Folder(id, attempt)}facts"), Uri($"{Folder(id, attempt)}preview"));

    /// <summary>Where the series of an input are turned into lines.</summary>
    internal StoreUri Turned(string id, string input) => Uri($"{_jobs}{id}/inputs/{input}");

    /// <summary>Where the scripts of a summary leave what the next one reads.</summary>
    internal SummaryPlaces SummaryOf(string id) => new(Uri($"{_jobs}{id}/summary"));

    /// <summary>Keeps a summary.</summary>
    internal Task PutSummaryAsync(string id, KeptSummary summary, CancellationToken cancellationToken) => PutStateAsync(Uri(SummaryKey(id)), summary.Write(), cancellationToken);

    /// <summary>A summary; null where it is gone.</summary>
    internal async Task<KeptSummary?> FindSummaryAsync(string id, CancellationToken cancellationToken) =>
        await place.Store.GetBytesAsync(SummaryKey(id), int.MaxValue, cancellationToken) is { } found ? KeptSummary.Read(found.Content) : null;

    /// <summary>Deletes what a summary was made of.</summary>
    internal Task DeleteSummaryPartsAsync(string id, CancellationToken cancellationToken) => place.Store.DeleteAllAsync($"{_jobs}{id}/summary", _ => true, cancellationToken);

    /// <summary>Writes into the state.</summary>
    internal Task PutStateAsync(StoreUri uri, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        place.Store.PutBytesAsync(uri.Key, content, new PutOptions { ContentType = "application/x-ndjson" }, cancellationToken);

    /// <summary>A place in the state.</summary>
    internal StorePlace State(StoreUri uri) => place with { Prefix = uri.Key };

    /// <summary>Deletes what inputs were turned into.</summary>
    internal Task DeleteTurnedAsync(string id, CancellationToken cancellationToken) => place.Store.DeleteAllAsync($"{_jobs}{id}/inputs", _ => true, cancellationToken);

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
        var lines = new List<string>();
        await foreach (var entry in place.Store.ListAsync(folder.Key, cancellationToken))
        {
            if (entry.Key.Split('/')[^1].StartsWith('_')) continue;
            await using var stored = await place.Store.GetAsync(entry.Key, cancellationToken: cancellationToken);
            if (stored is null) continue;
            using var reader = new StreamReader(stored.Content, Encoding.UTF8);
            while (lines.Count < most && await reader.ReadLineAsync(cancellationToken) is { } line)
                if (line.Length > 0)
                    lines.Add(line);
            if (lines.Count >= most) break;
        }

        return lines;
    }

    /// <summary>A job as it is written: of one that replaces others, to a folder of its own.</summary>
    internal static Job AsWritten(WorkRecord record)
    {
        var job = record.JobInput();
        return job.Output is { Replace: true } output ? job with { Output = output with { Location = Outputs.Of(StoreUri.Parse(output.Location), record.Id).ToString() } } : job;
    }

    /// <summary>Puts in force what a job has written, where it replaces others.</summary>
    internal Task PutInForceAsync(Job job, string id, string? inputs, CancellationToken cancellationToken) =>
        job.Output is { Replace: true } output ? Outputs.PutInForceAsync(Output(output), id, inputs, cancellationToken) : Task.CompletedTask;

    /// <summary>Where an input lies at this moment: where results replace each other, the one in force.</summary>
    internal async Task<string> InForceAsync(JobInput input, CancellationToken cancellationToken)
    {
        var uri = StoreUri.Parse(input.Location);
        return await Outputs.FindAsync(Read(input.Location), cancellationToken) is { } found ? uri.Below(found.Pointer.Folder).ToString() : input.Location;
    }

    /// <summary>The store that an output goes to, and the prefix in it.</summary>
    internal StorePlace Output(JobOutput output) => stores.At(StoreUri.Parse(output.Location), PlaceUse.Copies);

    /// <summary>Makes sure that nothing is where a job is to write.</summary>
    /// <exception cref="WorkFailedException">Something is.</exception>
    internal async Task EnsureEmptyAsync(JobOutput output, CancellationToken cancellationToken)
    {
        var (store, prefix) = Output(output);
        var length = ObjectKey.AsPrefix(prefix).Length;
        await foreach (var entry in store.ListAsync(prefix, cancellationToken))
        {
            if (output.Replace && Outputs.IsOwn(entry.Key[length..])) continue;
            throw new WorkFailedException($"There is something in {output.Location} already: {entry.Key}. A job's result is never mixed with what was there.",
                output.Replace ? "Name a prefix that holds nothing but results that take each other's place, or take away what else is there." : "Name a prefix that holds nothing, or take away what is there.");
        }
    }

    /// <summary>Deletes what a job has written where nothing was before it.</summary>
    internal Task DeleteOutputAsync(JobOutput output, CancellationToken cancellationToken)
    {
        var (store, prefix) = Output(output);
        return store.DeleteAllAsync(prefix, _ => true, cancellationToken);
    }

    /// <summary>Whether an output is complete.</summary>
    internal async Task<bool> IsCompleteAsync(JobOutput output, CancellationToken cancellationToken)
    {
        var (store, prefix) = Output(output);
        return await store.HeadAsync(ObjectKey.AsPrefix(prefix) + Success, cancellationToken) is not null;
    }

    /// <summary>Says that an output is complete, as Spark says it.</summary>
    internal Task CompleteAsync(JobOutput output, CancellationToken cancellationToken)
    {
        var (store, prefix) = Output(output);
        return store.PutBytesAsync(ObjectKey.AsPrefix(prefix) + Success, ReadOnlyMemory<byte>.Empty, cancellationToken: cancellationToken);
    }

    /// <summary>What a job reads, as Spark finds it: all below a prefix that no other program keeps for itself, or one object; empty ones hold nothing.</summary>
    /// <exception cref="WorkFailedException">There is nothing.</exception>
    /// <param name="input">The input.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <param name="dumps">Whether only names count that end as dumps' do: of a summary that a dataset's analysis is made of.</param>
    internal async Task<(IObjectStore Store, string Folder, IReadOnlyList<ObjectEntry> Entries)> EntriesAsync(JobInput input, CancellationToken cancellationToken, bool dumps = false)
    {
        var at = Read(input.Location);
        var (store, prefix) = at;
        var folder = ObjectKey.AsPrefix(prefix);
        var (entries, any) = (new List<ObjectEntry>(), false);
        await foreach (var entry in store.ListAsync(prefix, cancellationToken))
        {
            if (Outputs.IsPointer(at, entry)) return await EntriesAsync(input with { Location = await InForceAsync(input, cancellationToken) }, cancellationToken, dumps);
            any = true;
            if (entry.Size > 0 && (!dumps || DumpNames.IsDump(entry.Key)) && !entry.Key[folder.Length..].Split('/').Any(segment => DumpNames.IsHidden(segment))) entries.Add(entry);
        }

        if (!any && prefix.Length > 0 && await store.HeadAsync(prefix, cancellationToken) is { } one) return (store, folder, [new ObjectEntry(prefix, one.Size, one.ETag, one.LastModified)]);
        return any ? (store, folder, entries) : throw new WorkFailedException($"There is nothing in {input.Location}.", "Correct the input's location: what is read are the objects below a prefix, or one object.");
    }

    /// <summary>The same as files to be opened.</summary>
    /// <exception cref="WorkFailedException">There is nothing.</exception>
    internal async Task<IReadOnlyList<InputObject>> FilesAsync(JobInput input, CancellationToken cancellationToken, bool dumps = false)
    {
        var (store, _, entries) = await EntriesAsync(input, cancellationToken, dumps);
        return [.. entries.Select(entry => StoreInputs.Of(store, entry))];
    }

    /// <summary>Names what a job that replaces others reads, and how: where that is what is in force was made of, it would bring nothing new. Null of other jobs.</summary>
    internal async Task<string?> ReadsAsync(Job job, CancellationToken cancellationToken)
    {
        if (job.Output is not { Replace: true }) return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(job with { Resources = null, TimeLimit = null }, JobJson.Default.Job));
        foreach (var input in job.Inputs) hash.AppendData(Encoding.UTF8.GetBytes(Conversion.NameOf(await FilesAsync(input, cancellationToken))));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // A file of this machine is an object of the folder that it lies in.
    private StorePlace Read(string location)
    {
        var uri = StoreUri.Parse(location);
        return uri.Kind == StoreKind.Folder && File.Exists(uri.Bucket)
            ? stores.At(StoreUri.Parse(Path.GetDirectoryName(uri.Bucket)!), PlaceUse.Read) with { Prefix = Path.GetFileName(uri.Bucket) }
            : stores.At(uri, PlaceUse.Read);
    }

    /// <summary>Deletes all that is kept of a job but its record.</summary>
    internal Task DeleteAsync(string id, CancellationToken cancellationToken) => place.Store.DeleteAllAsync($"{_jobs}{id}", _ => true, cancellationToken);

    /// <summary>Deletes what is kept of jobs that have no record any more.</summary>
    internal Task SweepAsync(DateTimeOffset before, IReadOnlySet<string> ids, CancellationToken cancellationToken) =>
        place.Store.DeleteAllAsync(All, entry => entry.LastModified < before && !ids.Contains(entry.Key[_jobs.Length..].Split('/')[0]), cancellationToken);

    /// <summary>Whether a job may read and write where it says.</summary>
    /// <param name="job">The job.</param>
    /// <param name="anyFolder">Whether folders of this machine may be named that no dataset has.</param>
    /// <exception cref="JobInvalidException">It may not.</exception>
    /// <exception cref="ObjectStoreException">Nothing says how a bucket is reached.</exception>
    /// <exception cref="BucketKeysException">The cluster has no keys for one.</exception>
    internal void Check(Job job, bool anyFolder)
    {
        for (var i = 0; i < job.Inputs.Count; i++) Check($"inputs[{i}].location", job.Inputs[i].Location, anyFolder, datasets.All.SelectMany(one => (StoreUri?[])[one.Source, one.Location]));
        if (job.Output is { } output)
        {
            var to = Check("output.location", output.Location, anyFolder, datasets.All.Select(one => one.Location));
            foreach (var (what, taken) in datasets.All.Select(one => ($"the reports of {one.Name}", one.Reports)).Append(("the state", state)))
                if (taken.Contains(to)) throw new JobInvalidException("output.location", $"{to} lies in {what} ({taken}); write to a place outside of it.");
        }

        if (job.Engine != JobEngine.InProcess) PropertiesOf(job);
    }

    private StoreUri Check(string field, string location, bool anyFolder, IEnumerable<StoreUri?> known)
    {
        var uri = StoreUri.Parse(location);
        if (uri.Kind == StoreKind.S3) storage.For(uri.Bucket);
        else if (!anyFolder && !known.Any(one => one?.Contains(uri) == true))
            throw new JobInvalidException(field, $"{uri} is a folder that no dataset names, and others of this machine's are not opened for who asks over HTTP; name a dataset's, or a bucket.");
        if (state.Contains(uri)) throw new JobInvalidException(field, $"{uri} lies in the state ({state}), which changes while it is read and means nothing elsewhere; name another place.");
        return uri;
    }

    /// <summary>How the cluster reaches the buckets of a job.</summary>
    /// <exception cref="ObjectStoreException">Nothing says how one is reached.</exception>
    /// <exception cref="BucketKeysException">The cluster has no keys for one.</exception>
    internal IReadOnlyDictionary<string, string> PropertiesOf(Job job)
    {
        var buckets = new Dictionary<string, S3Connection>(StringComparer.Ordinal);
        foreach (var uri in job.Inputs.Select(input => input.Location).Append(job.Output?.Location).OfType<string>().Select(StoreUri.Parse).Append(state).Concat(options.RunnerFiles))
            if (uri.Kind == StoreKind.S3)
                buckets[uri.Bucket] = storage.For(uri.Bucket);
        return S3ASettings.For(buckets, new ClusterKeys(storage.Find(options.KeysOf ?? state.Bucket), options.CredentialProvider));
    }

    private StoreUri Uri(string key) => state with { Key = key };

    private string SummaryKey(string id) => $"{_jobs}{id}/summary.json";

    private string Folder(string id, int attempt) => $"{_jobs}{id}/attempt-{attempt}/";
}
