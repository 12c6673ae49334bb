using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>Ingests as work: see <see cref="IngestSteps"/> for what is done.</summary>
public sealed class IngestWork(IngestPlaces places, WorkStore works, IngestLimits limits, TimeProvider time) : IWorkKind
{
    internal const string KindName = "ingest";

    /// <inheritdoc/>
    public string Name => KindName;

    /// <summary>One: it fills the line by itself.</summary>
    public int Concurrency => 1;

    /// <inheritdoc/>
    public Task<StepOutcome> StepAsync(WorkContext context, CancellationToken cancellationToken) =>
        new IngestSteps(places, works, limits, time, context, cancellationToken).NextAsync();

    /// <summary>
    /// Gives up the uploads of ingests that were cancelled, deletes old records and what belongs to none. What a failed one left half
    /// done stays for the next between the same places.
    /// </summary>
    public async Task TidyAsync(IReadOnlySet<string>? only, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var records = (await works.ListAsync(cancellationToken)).Select(work => work.Record).Where(record => record.IsIngest()).OrderByDescending(record => record.Id, StringComparer.Ordinal).ToList();
        IOException? failure = null;
        var ended = 0;
        foreach (var record in records.Where(record => !record.IsOpen).ToList())
        {
            var isOld = ended++ >= limits.Keep || record.Finished < now - limits.KeepFor;
            var isNew = record.Finished >= now - Claims.LeftBehind;
            try
            {
                if (!record.IngestInput().DryRun && (isOld || (record.State == WorkState.Cancelled && (isNew || only is null)))) await GiveUpAsync(record, cancellationToken);
                if (!isOld) continue;
                await works.DeleteAsync(record.Id, cancellationToken);
                records.Remove(record);
            }
            catch (IOException e)
            {
                failure ??= e; // a destination that can't be reached keeps nobody else's from being tidied
            }
        }

        if (only is null) await SweepAsync([.. records.Select(record => record.IngestInput().Pair)], now, cancellationToken);
        if (failure is not null) throw failure;
    }

    private async Task GiveUpAsync(WorkRecord record, CancellationToken cancellationToken)
    {
        var folder = places.FolderOf(record.IngestInput().Pair);
        var uploads = await Journal.UploadsAsync(places.State, folder, record.Id, cancellationToken);
        if (uploads.Count > 0)
        {
            var route = places.Open(record.IngestInput());
            foreach (var upload in uploads) await route.Destination.Store.AbortUploadAsync(route.DestinationKey(upload.Key), upload.Upload, cancellationToken);
        }

        await Journal.DeleteAsync(places.State, folder, record.Id, cancellationToken);
    }

    /// <summary>Deletes what is known of places that nobody has copied between for long: at worst something is copied twice for want of it.</summary>
    private async Task SweepAsync(HashSet<string> pairs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var length = places.All.Length + 1;
        await places.State.DeleteAllAsync(places.All, entry => entry.LastModified < now - limits.KeepFor && !pairs.Contains(entry.Key[length..].Split('/')[0]), cancellationToken);
        await places.Owners.SweepAsync(now - Claims.LeftBehind, pairs, cancellationToken);
    }
}
