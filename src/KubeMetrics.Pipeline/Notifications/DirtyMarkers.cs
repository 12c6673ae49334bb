using System.Text.Json;
using System.Text.Json.Serialization;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Notifications;

/// <summary>A marker that says: this dataset has to be looked at again.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Written">When it was written (UTC).</param>
/// <param name="Count">How many arrivals it was written for. It stands for what came just after it as well.</param>
/// <param name="Arrivals">The first of them.</param>
internal sealed record DirtyMarker(string Dataset, DateTimeOffset Written, int Count, IReadOnlyList<Arrival> Arrivals);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DirtyMarker))]
internal sealed partial class DirtyMarkerJson : JsonSerializerContext;

/// <summary>
/// Markers under <c>dirty/&lt;dataset&gt;/</c> of the state prefix. They are only ever added and deleted, never changed: who
/// deletes those that it listed, and has announced between listing them and reading the data that it will (<see cref="Readings"/>), loses
/// nothing. What comes while one is being written shares the next, and what comes just after it shares it, unless a reading
/// was announced since: a thousand arrivals a second need ten markers a second. Of many
/// that a process wrote, the first and the last stay, however long nobody reads the data: who has listed the last has listed
/// after all of them. A power failure may take some: what they stand for is found when the dataset is reconciled.
/// </summary>
public sealed class DirtyMarkers(StorePlace state, TimeProvider time)
{
    private const int ArrivalsKept = 20;

    /// <summary>For how long a marker is shared by what comes after it. A dataset is quiet when its newest marker is old, so this is short.</summary>
    internal static readonly TimeSpan Shared = TimeSpan.FromMilliseconds(100);

    /// <summary>So many of a process stay, and as many as come while others are deleted.</summary>
    internal const int Kept = 64;

    private readonly string _prefix = ObjectKey.AsPrefix(state.Prefix) + "dirty/";
    private readonly Dictionary<string, Queue> _queues = new(StringComparer.Ordinal);
    private readonly Readings _readings = new(state, time);

    /// <summary>Marks a dataset. When this returns, a marker is in the store that nobody deletes who has begun to read the data before.</summary>
    /// <exception cref="IOException">The store did not take it within two seconds.</exception>
    public Task AddAsync(string dataset, IReadOnlyList<Arrival> arrivals)
    {
        lock (_queues)
        {
            if (!_queues.TryGetValue(dataset, out var queue)) _queues[dataset] = queue = new Queue();
            var batch = queue.Next ??= new Batch();
            batch.Count += Math.Max(1, arrivals.Count);
            batch.Arrivals.AddRange(arrivals.Take(ArrivalsKept - batch.Arrivals.Count));
            if (!queue.IsWriting)
            {
                queue.IsWriting = true;
                _ = Task.Run(() => WriteAllAsync(dataset, queue));
            }

            return batch.Written.Task;
        }
    }

    /// <summary>All markers there are: of each its dataset, key and when the store says that it was written.</summary>
    public async Task<ILookup<string, ObjectEntry>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<ObjectEntry>();
        await foreach (var entry in state.Store.ListAsync(_prefix, cancellationToken)) found.Add(entry);
        return found.Where(entry => entry.Key[_prefix.Length..].Contains('/'))
            .ToLookup(entry => entry.Key[_prefix.Length..].Split('/')[0], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The keys of a dataset's markers.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="most">No more than so many.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async Task<IReadOnlyList<string>> KeysAsync(string dataset, int most, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        await foreach (var entry in state.Store.ListAsync(_prefix + dataset, cancellationToken))
        {
            keys.Add(entry.Key);
            if (keys.Count == most) break;
        }

        return keys;
    }

    /// <summary>Announces that a dataset's data are about to be read: after the markers are listed that will be deleted for it, and before the data are.</summary>
    /// <exception cref="IOException">The store did not take it.</exception>
    public Task AnnounceAsync(string dataset, CancellationToken cancellationToken) => _readings.AnnounceAsync(dataset, cancellationToken);

    /// <summary>Deletes markers, and no others than these. Those of a dataset that is read: see <see cref="AnnounceAsync"/>.</summary>
    public Task DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken }, async (key, token) => await state.Store.DeleteAsync(key, token));

    /// <summary>Ends when none is being deleted that others stand for.</summary>
    internal Task FoldedAsync(string dataset)
    {
        lock (_queues) return _queues.TryGetValue(dataset, out var queue) ? queue.Folded : Task.CompletedTask;
    }

    private async Task WriteAllAsync(string dataset, Queue queue)
    {
        while (true)
        {
            await Task.Yield(); // whoever is about to say something says it first
            Batch batch;
            lock (_queues)
            {
                if (queue.Next is null)
                {
                    queue.IsWriting = false;
                    return;
                }

                (batch, queue.Next) = (queue.Next, null);
            }

            try
            {
                // Where little comes nobody looks: an older name is as good, since none ever comes again.
                var isYoung = queue.Written is { } written && time.GetElapsedTime(written) < Shared;
                var reading = isYoung ? await ReadingAsync(dataset) : queue.Reading;
                // The last marker stands for this too, where nobody was about to read the data since before it was written.
                if (!isYoung || reading is null || reading != queue.Reading)
                {
                    queue.Keys.Add(await WriteAsync(dataset, batch));
                    (queue.Written, queue.Reading) = (time.GetTimestamp(), reading);
                    if (queue.Keys.Count >= Kept && queue.Folded.IsCompleted) queue.Folded = FoldAsync(queue.Keys);
                }

                batch.Written.SetResult();
            }
            catch (Exception e)
            {
                batch.Written.SetException(e);
            }
        }
    }

    /// <summary>The reading that was announced last; null where that can't be seen.</summary>
    private async Task<string?> ReadingAsync(string dataset)
    {
        using var enough = new CancellationTokenSource(Enduring.Patience, time);
        try
        {
            return await _readings.LatestAsync(dataset, enough.Token).WaitAsync(enough.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Deletes what others stand for: the last was written after all before it, and of the first is told how long somebody waits.</summary>
    private async Task FoldAsync(List<string> keys)
    {
        var between = keys[1..^1];
        keys.RemoveRange(1, between.Count);
        try
        {
            await DeleteAsync(between, CancellationToken.None);
        }
        catch (IOException)
        {
            // then the next refresh deletes them
        }
    }

    private async Task<string> WriteAsync(string dataset, Batch batch)
    {
        var now = time.GetUtcNow();
        var marker = new DirtyMarker(dataset, now, batch.Count, batch.Arrivals);
        var key = $"{_prefix}{dataset}/{WorkId.New(now)}.json";
        var content = JsonSerializer.SerializeToUtf8Bytes(marker, DirtyMarkerJson.Default.DirtyMarker);
        await Enduring.PutAsync(state.Store, key, content, mayBeLostWithPower: true, time);
        return key;
    }

    private sealed class Queue
    {
        public Batch? Next { get; set; }

        public bool IsWriting { get; set; }

        /// <summary>When the last marker was written, by the monotonic clock.</summary>
        public long? Written { get; set; }

        /// <summary>The last reading that was announced, as seen before the last marker was written; null: it was not looked for.</summary>
        public string? Reading { get; set; }

        /// <summary>The markers that were written, in order.</summary>
        public List<string> Keys { get; } = [];

        /// <summary>The deleting of those in between.</summary>
        public Task Folded { get; set; } = Task.CompletedTask;
    }

    private sealed class Batch
    {
        public int Count { get; set; }

        public List<Arrival> Arrivals { get; } = [];

        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
