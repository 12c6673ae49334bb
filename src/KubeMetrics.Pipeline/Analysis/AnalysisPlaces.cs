using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis.Columns;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Reports;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>Where analyses find and leave things.</summary>
public sealed class AnalysisPlaces(StoreAccess stores, StorePlace state)
{
    private const string ColumnFolder = "columns/";
    private readonly string _prefix = ObjectKey.AsPrefix(state.Prefix);

    /// <summary>Which work a repeated request's key stands for.</summary>
    internal Claims<KeyUse> Keys { get; } = Claims.Keys(state);

    /// <summary>Which work makes the report of which run of a dataset.</summary>
    internal Claims<RunOwner> Runs(string dataset) => Claims.Owners(state, $"runs/{dataset}");

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
    public async Task<IReadOnlyList<InputObject>> InputsAsync(Dataset dataset, CancellationToken cancellationToken)
    {
        // Of a dataset with a job what that has made, which may be nothing yet.
        var place = stores.At(dataset.Dumps, dataset.Job is null ? PlaceUse.Read : PlaceUse.Copies);
        var pointed = false;
        var inputs = await StoreInputs.ListAsync(place.Store, place.Prefix, entry => pointed |= Outputs.IsPointer(place, entry), cancellationToken);
        // Where results replace each other, the one in force counts.
        if (!pointed) return dataset.Job is null ? inputs : [];
        place = await Outputs.InForceAsync(place, cancellationToken);
        return await StoreInputs.ListAsync(place.Store, place.Prefix, cancellationToken);
    }

    /// <summary>Where what was read of a dataset's dumps is kept.</summary>
    internal ColumnPlace Columns(string dataset, long limit, TimeProvider time, ILogger? log) => new(state.Store, _prefix + ColumnFolder + dataset, dataset, limit, time, log);

    /// <summary>Deletes what is kept of datasets whose names a condition holds for.</summary>
    internal Task SweepColumnsAsync(Func<string, ObjectEntry, bool> condition, CancellationToken cancellationToken) =>
        state.Store.DeleteAllAsync(_prefix + ColumnFolder.TrimEnd('/'), entry => condition(entry.Key[(_prefix.Length + ColumnFolder.Length)..].Split('/')[0], entry), cancellationToken);

    /// <summary>Keeps the document that one step made for the next.</summary>
    internal Task PutDocumentAsync(string dataset, string work, ReadOnlyMemory<byte> document, CancellationToken cancellationToken) =>
        state.Store.PutBytesAsync(DocumentKey(dataset, work), document, new PutOptions { ContentType = ReportJson.ContentType, MayBeLostWithPower = true }, cancellationToken);

    /// <summary>The document that the step before made; null where it is gone, or damaged.</summary>
    internal async Task<Report?> FindDocumentAsync(string dataset, string work, CancellationToken cancellationToken)
    {
        if (await state.Store.GetBytesAsync(DocumentKey(dataset, work), int.MaxValue, cancellationToken) is not { } found) return null;
        try
        {
            return ReportJson.Read(found.Content);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    internal Task DeleteDocumentAsync(string dataset, string work, CancellationToken cancellationToken) => state.Store.DeleteAsync(DocumentKey(dataset, work), cancellationToken);

    internal Task SweepDocumentsAsync(string dataset, DateTimeOffset before, IReadOnlySet<string> open, CancellationToken cancellationToken)
    {
        var keep = open.Select(work => DocumentKey(dataset, work)).ToHashSet(StringComparer.Ordinal);
        return state.Store.DeleteAllAsync($"{_prefix}documents/{dataset}", entry => entry.LastModified < before && !keep.Contains(entry.Key), cancellationToken);
    }

    private string DocumentKey(string dataset, string work) => $"{_prefix}documents/{dataset}/{work}.json";
}
