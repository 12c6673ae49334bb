using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Spark.Summaries;

/// <summary>
/// Where the scripts of a summary leave what the next one, or the program, reads: folders below one of the job's own. Parquet holds what is as large
/// as the data, and can be deleted once the summary is made; all else are JSON lines.
/// </summary>
/// <param name="Folder">The folder; it lies outside every input.</param>
public sealed record SummaryPlaces(StoreUri Folder)
{
    /// <summary>First script, Parquet: what stands in the dumps, a row a sample.</summary>
    public StoreUri Read => Folder.Below("read");

    /// <summary>First script, Parquet: the samples of each series, merged; of counters the rates.</summary>
    public StoreUri Samples => Folder.Below("samples");

    /// <summary>First script, Parquet: the different values of each group and series, with their ranks.</summary>
    public StoreUri Ranked => Folder.Below("ranked");

    /// <summary>First script: what was found in each file.</summary>
    public StoreUri Files => Folder.Below("files");

    /// <summary>First script: the series.</summary>
    public StoreUri Series => Folder.Below("series");

    /// <summary>First script: order statistics of each group and series.</summary>
    public StoreUri Orders => Folder.Below("orders");

    /// <summary>The program: what the second script has to know, one file.</summary>
    public StoreUri Plan => Folder.Below("plan");

    /// <summary>Second script: sums of powers of each group and series.</summary>
    public StoreUri Sums => Folder.Below("sums");

    /// <summary>Second script: deviations from the median of each group and series.</summary>
    public StoreUri Deviations => Folder.Below("deviations");

    /// <summary>Second script: how many values of each group lie below the edges of its grids.</summary>
    public StoreUri Edges => Folder.Below("edges");

    /// <summary>Second script: whiskers and outliers of each group.</summary>
    public StoreUri Boxes => Folder.Below("boxes");

    /// <summary>Second script: each group and series over time.</summary>
    public StoreUri Buckets => Folder.Below("buckets");
}
