using KubeMetrics.Pipeline.Datasets;

namespace KubeMetrics.Cli.Serve;

/// <summary>
/// Tries at the start whether every dataset's reports can be written, and says where they can't: nobody should learn it after
/// an hour of computing. The host serves all the same, since one dataset's trouble is not the others'.
/// </summary>
internal sealed class ReportPlaces(DatasetCatalog datasets, DatasetCheck check, HostLog log)
{
    /// <summary>Tries them all; throws nothing.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var dataset in datasets.All)
                if (await check.ReportsAsync(dataset, cancellationToken) is { Ok: false } found)
                    log.Warn(found.Sentence);
        }
        catch (OperationCanceledException)
        {
            // the host ends
        }
    }
}
