using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Stores;

namespace KubeMetrics.Pipeline.Refresh;

/// <summary>Whether a dataset holds what its last report does not tell.</summary>
public sealed class News(AnalysisPlaces analyses, JobService jobs, StoreAccess stores)
{
    /// <summary>Names what a dataset holds now; null where it holds nothing.</summary>
    internal async Task<string?> NameAsync(Dataset dataset, CancellationToken cancellationToken)
    {
        // Of a dataset with a job what has arrived counts until the job has made something of it, then what that made.
        if (dataset.Job is { } job && await jobs.ReadsAsync(job, cancellationToken) is var reads && reads != (await InForceAsync(dataset, cancellationToken))?.Inputs) return reads;
        var inputs = await analyses.InputsAsync(dataset, cancellationToken);
        return inputs.Count == 0 ? null : Analyzer.RunIdOf(inputs, dataset.Options);
    }

    /// <summary>Whether what is named so is in the last report.</summary>
    internal async Task<bool> IsToldAsync(Dataset dataset, string? name, CancellationToken cancellationToken) =>
        (await analyses.Reports(dataset).LatestAsync(cancellationToken))?.RunId == name;

    /// <summary>Whether a dataset's job has made something of all that is there.</summary>
    /// <exception cref="RefusedException">There is nothing.</exception>
    internal async Task<bool> IsMadeAsync(Dataset dataset, CancellationToken cancellationToken)
    {
        var reads = await jobs.ReadsAsync(dataset.Job!, cancellationToken)
            ?? throw new RefusedException(Refusal.Nothing, $"There is nothing in {dataset.Location}.", $"Put dumps there, or correct Datasets:{dataset.Name}:Location.");
        return (await InForceAsync(dataset, cancellationToken))?.Inputs == reads;
    }

    private async Task<OutputPointer?> InForceAsync(Dataset dataset, CancellationToken cancellationToken) =>
        (await Outputs.FindAsync(stores.At(dataset.Dumps, PlaceUse.Copies), cancellationToken))?.Pointer;
}
