using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>Where analyses find and leave things.</summary>
public sealed class AnalysisPlaces(StoreAccess stores, StorePlace state)
{
    private readonly string _prefix = ObjectKey.AsPrefix(state.Prefix);

    /// <summary>Which work a repeated request's key stands for.</summary>
    internal Claims<KeyUse> Keys { get; } = new(state.Store, ObjectKey.AsPrefix(state.Prefix) + "keys", AnalysisJson.Default.KeyUse);

    /// <summary>Which work makes the report of which run of a dataset.</summary>
    internal Claims<RunOwner> Runs(Dataset dataset) => new(state.Store, $"{_prefix}runs/{dataset.Name}", AnalysisJson.Default.RunOwner);

    /// <summary>The store and prefix of a dataset's reports.</summary>
    internal StorePlace ReportPlace(Dataset dataset) => stores.At(dataset.Reports, PlaceUse.Reports);

    /// <summary>A dataset's reports.</summary>
    public ReportFolder Reports(Dataset dataset)
    {
        var (store, prefix) = ReportPlace(dataset);
        return new ReportFolder(store, prefix);
    }

    /// <summary>A dataset's dumps, listed.</summary>
    /// <exception cref="ObjectStoreException">The location can't be listed.</exception>
    public Task<IReadOnlyList<InputObject>> InputsAsync(Dataset dataset, CancellationToken cancellationToken)
    {
        var (store, prefix) = stores.At(dataset.Location, PlaceUse.Read);
        return StoreInputs.ListAsync(store, prefix, cancellationToken);
    }

    /// <summary>Keeps the document that one step made for the next.</summary>
    internal Task PutDocumentAsync(string dataset, string work, Report report, CancellationToken cancellationToken) =>
        state.Store.PutBytesAsync(DocumentKey(dataset, work), ReportJson.Write(report), new PutOptions { ContentType = ReportJson.ContentType }, cancellationToken);

    /// <summary>The document that the step before made; null where it is gone.</summary>
    internal async Task<Report?> FindDocumentAsync(string dataset, string work, CancellationToken cancellationToken) =>
        await state.Store.GetBytesAsync(DocumentKey(dataset, work), int.MaxValue, cancellationToken) is { } found ? ReportJson.Read(found.Content) : null;

    internal Task DeleteDocumentAsync(string dataset, string work, CancellationToken cancellationToken) => state.Store.DeleteAsync(DocumentKey(dataset, work), cancellationToken);

    internal async Task SweepDocumentsAsync(Dataset dataset, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var old = new List<string>();
        await foreach (var entry in state.Store.ListAsync($"{_prefix}documents/{dataset.Name}", cancellationToken))
            if (entry.LastModified < before)
                old.Add(entry.Key);
        foreach (var key in old) await state.Store.DeleteAsync(key, cancellationToken);
    }

    private string DocumentKey(string dataset, string work) => $"{_prefix}documents/{dataset}/{work}.json";
}
