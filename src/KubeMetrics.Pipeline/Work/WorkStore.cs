using System.Collections.Concurrent;
using System.Text.Json;
using KubeMetrics.ObjectStorage;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Pipeline.Work;

/// <summary>A record as it was read or written.</summary>
/// <param name="Record">The record.</param>
/// <param name="ETag">Its version: what a change to it is made conditional on.</param>
public sealed record StoredWork(WorkRecord Record, string ETag);

/// <summary>
/// Work records under <c>work/&lt;id&gt;.json</c> of the state prefix. Writes are conditional, so that of several who change
/// one record exactly one wins; what this process has read stays in memory by its ETag, so that a listing fetches only what
/// changed.
/// </summary>
/// <param name="store">The state's store.</param>
/// <param name="prefix">The state's prefix.</param>
/// <param name="feed">Is told of what is written and found changed.</param>
/// <param name="log">The log.</param>
/// <param name="ending">Done before a record says that its work has ended, which then may not come about: somebody else may be faster. Null for nothing.</param>
public sealed partial class WorkStore(IObjectStore store, string prefix, WorkFeed feed, ILogger<WorkStore> log, Func<WorkRecord, CancellationToken, Task>? ending = null)
{
    private const string Extension = ".json";
    private const int FetchedAtOnce = 16;
    private const int LargestRecord = 4 << 20;
    private readonly string _work = ObjectKey.AsPrefix(prefix) + "work/";
    private readonly string _aside = ObjectKey.AsPrefix(prefix) + "dead-letter/work/";
    private readonly ConcurrentDictionary<string, StoredWork> _known = new(StringComparer.Ordinal);
    private readonly Lock _telling = new();

    /// <summary>Adds new work.</summary>
    public async Task<StoredWork> AddAsync(WorkRecord record, CancellationToken cancellationToken)
    {
        if (!record.IsOpen && ending is not null) await ending(record, cancellationToken);
        var etag = await store.PutBytesAsync(KeyOf(record.Id), Bytes(record), Json with { IfAbsent = true }, cancellationToken);
        return Known(new StoredWork(record, etag));
    }

    /// <summary>One record; null where there is none (any more).</summary>
    public async Task<StoredWork?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (!WorkId.IsOne(id)) return null;
        (byte[] Content, ObjectInfo Info)? found;
        try
        {
            found = await store.GetBytesAsync(KeyOf(id), LargestRecord, cancellationToken);
        }
        catch (ObjectStoreException e) when (e.Error == ObjectStoreError.WrongLength)
        {
            return await SetAsideAsync(id, e.Message, cancellationToken);
        }

        if (found is not var (content, info)) return Gone(id);
        return _known.TryGetValue(id, out var known) && known.ETag == info.ETag ? known : await ReadAsync(id, content, info.ETag, cancellationToken);
    }

    /// <summary>Replaces the version that was read; null where somebody else was faster.</summary>
    public async Task<StoredWork?> TryReplaceAsync(StoredWork before, WorkRecord record, CancellationToken cancellationToken)
    {
        if (before.Record.IsOpen && !record.IsOpen && ending is not null) await ending(record, cancellationToken);
        record = record with { Version = before.Record.Version + 1, Write = Guid.NewGuid().ToString("N") };
        try
        {
            var etag = await store.PutBytesAsync(KeyOf(record.Id), Bytes(record), Json with { IfMatch = before.ETag }, cancellationToken);
            return Known(new StoredWork(record, etag));
        }
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.PreconditionFailed or ObjectStoreError.NotFound)
        {
            return null;
        }
    }

    /// <summary>Changes a record, whoever else does at the same time; null where there is none. What <paramref name="change"/> returns unchanged is not written.</summary>
    public async Task<StoredWork?> ChangeAsync(string id, Func<WorkRecord, WorkRecord> change, CancellationToken cancellationToken)
    {
        while (await FindAsync(id, cancellationToken) is { } found)
        {
            var changed = change(found.Record);
            if (ReferenceEquals(changed, found.Record)) return found;
            if (await TryReplaceAsync(found, changed, cancellationToken) is { } written) return written;
        }

        return null;
    }

    /// <summary>Asks for work to be given up: what waits is cancelled at once, what is under way soon.</summary>
    /// <param name="id">The work.</param>
    /// <param name="what">What a person calls it.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <exception cref="RefusedException">It has ended.</exception>
    /// <returns>Null where there is none.</returns>
    internal async Task<WorkRecord?> CancelAsync(string id, string what, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var changed = await ChangeAsync(id, record => record switch
        {
            { State: WorkState.Queued } => record with { State = WorkState.Cancelled, CancelRequested = true, Finished = now, Due = null, WaitsFor = null, Progress = null },
            { State: WorkState.Running, CancelRequested: false } => record with { CancelRequested = true },
            _ => record,
        }, cancellationToken);
        if (changed?.Record.State is WorkState.Succeeded or WorkState.Failed or WorkState.Replaced)
            throw new RefusedException(Refusal.WrongState, $"The {what} {id} has ended: {changed.Record.State.ToString().ToLowerInvariant()}.", "There is nothing left to cancel.");
        return changed?.Record;
    }

    /// <summary>Every record, oldest first. One that is damaged is set aside under <c>dead-letter/work/</c> and never keeps others from being done.</summary>
    public async Task<IReadOnlyList<StoredWork>> ListAsync(CancellationToken cancellationToken)
    {
        var entries = new List<(string Id, string ETag)>();
        await foreach (var entry in store.ListAsync(_work, cancellationToken))
            if (entry.Key.EndsWith(Extension, StringComparison.Ordinal))
                entries.Add((entry.Key[_work.Length..^Extension.Length], entry.ETag));

        var listed = entries.Select(entry => entry.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var id in _known.Keys)
            if (!listed.Contains(id))
                await FindAsync(id, cancellationToken); // added since the listing began, or gone

        var changed = entries.Where(entry => !_known.TryGetValue(entry.Id, out var known) || known.ETag != entry.ETag);
        await Parallel.ForEachAsync(changed, new ParallelOptions { MaxDegreeOfParallelism = FetchedAtOnce, CancellationToken = cancellationToken },
            async (entry, token) =>
            {
                try
                {
                    await FindAsync(entry.Id, token);
                }
                catch (ObjectStoreException e) when (e.Error is ObjectStoreError.AccessDenied or ObjectStoreError.InvalidKey)
                {
                    LogUnreadable(KeyOf(entry.Id), e.Message); // one record that can't be opened keeps no other from being done
                }
            });
        return [.. _known.Values.OrderBy(work => work.Record.Id, StringComparer.Ordinal)];
    }

    /// <summary>Deletes damaged records that were set aside before a time.</summary>
    public Task SweepAsideAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        store.DeleteAllAsync(_aside, entry => entry.LastModified < before, cancellationToken);

    /// <summary>Deletes a record. Its name is never used again, so nothing that is written later can be lost with it.</summary>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        await store.DeleteAsync(KeyOf(id), cancellationToken);
        Gone(id);
    }

    private static PutOptions Json { get; } = new() { ContentType = "application/json" };

    private static byte[] Bytes(WorkRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, WorkJson.Default.WorkRecord);

    private string KeyOf(string id) => $"{_work}{id}{Extension}";

    private async Task<StoredWork?> ReadAsync(string id, byte[] content, string etag, CancellationToken cancellationToken)
    {
        try
        {
            var record = JsonSerializer.Deserialize(content, WorkJson.Default.WorkRecord);
            if (record?.SchemaVersion > WorkRecord.CurrentSchema) return null; // a later version's, which will do it
            if (record is null || record.Id != id) throw new JsonException("It is not the record of this name.");
            return Known(new StoredWork(record, etag));
        }
        catch (JsonException) when (IsOfLaterVersion(content))
        {
            return null; // its form has changed so much that it can't be read here
        }
        catch (JsonException e)
        {
            return await SetAsideAsync(id, e.Message, cancellationToken);
        }
    }

    private async Task<StoredWork?> SetAsideAsync(string id, string reason, CancellationToken cancellationToken)
    {
        LogDamaged(KeyOf(id), reason, _aside);
        try
        {
            await store.CopyAsync(KeyOf(id), $"{_aside}{id}{Extension}", cancellationToken: cancellationToken);
            await DeleteAsync(id, cancellationToken);
        }
        catch (ObjectStoreException e) when (e.Error == ObjectStoreError.NotFound)
        {
            // another process was faster
        }

        return Gone(id);
    }

    private static bool IsOfLaterVersion(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("schemaVersion", out var version) &&
                version.TryGetInt32(out var number) && number > WorkRecord.CurrentSchema;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private StoredWork Known(StoredWork work)
    {
        // One at a time: what was read may come in after what was written since.
        lock (_telling)
        {
            var before = _known.GetValueOrDefault(work.Record.Id);
            if (before?.ETag == work.ETag || before?.Record.Version > work.Record.Version) return work;
            _known[work.Record.Id] = work;
            feed.Publish(work.Record);
            return work;
        }
    }

    private StoredWork? Gone(string id)
    {
        _known.TryRemove(id, out _);
        return null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The work record {Key} can't be opened ({Reason}) and is left out; give this user the right to read it, or delete it.")]
    private partial void LogUnreadable(string key, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The work record {Key} is damaged ({Reason}) and was set aside under {Aside}; ask for its work again.")]
    private partial void LogDamaged(string key, string reason, string aside);
}
