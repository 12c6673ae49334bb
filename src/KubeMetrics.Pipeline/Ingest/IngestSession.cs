using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>What the steps of a copy leave each other in memory; a process that goes on after another makes it anew of what is in the store.</summary>
internal sealed class IngestSession
{
    private IngestSession(CopyRoute route, Manifest manifest, Journal journal, CopyEngine engine) =>
        (Route, Manifest, Journal, Engine) = (route, manifest, journal, engine);

    internal CopyRoute Route { get; }

    internal Manifest Manifest { get; }

    internal Journal Journal { get; }

    internal CopyEngine Engine { get; }

    internal SideBySide? Sides { get; set; }

    /// <summary>What is being copied; null between two batches.</summary>
    internal IngestBatch? Batch { get; set; }

    internal static async Task<IngestSession> OpenAsync(IngestPlaces places, IngestInput input, string work, DateTimeOffset created, IngestLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        var route = places.Open(input);
        var journal = await Journal.OpenAsync(places.State, places.FolderOf(input.Pair), work, time, cancellationToken);
        var known = journal.Uploads.Select(upload => upload.Upload).ToHashSet(StringComparer.Ordinal);
        var strays = (await BegunAsync(route, created, cancellationToken)).Where(upload => !known.Contains(upload.Id));
        return new IngestSession(route, places.Manifest(input.Pair), journal, new CopyEngine(route, limits, journal, strays.ToLookup(upload => upload.Key, upload => upload.Id), time));
    }

    /// <summary>Uploads to the destination that are under way and were begun since the ingest was asked for: its own, since it alone writes there.</summary>
    internal static async Task<IReadOnlyList<Upload>> BegunAsync(CopyRoute route, DateTimeOffset created, CancellationToken cancellationToken)
    {
        var begun = new List<Upload>();
        try
        {
            await foreach (var upload in route.Destination.Store.ListUploadsAsync(route.DestinationKey(""), cancellationToken))
                if (upload.Started >= created)
                    begun.Add(upload);
        }
        catch (ObjectStoreException e) when (e.Error == ObjectStoreError.AccessDenied)
        {
            // what a killed process began just before it died stays until somebody sweeps the bucket
        }

        return begun;
    }
}
