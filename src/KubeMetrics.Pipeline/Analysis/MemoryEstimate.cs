using KubeMetrics.Pipeline.Work;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>
/// How much memory an analysis will need. First a bound from the inputs' sizes alone; where that is too much, the samples
/// are counted, which reads everything once and keeps nothing.
/// </summary>
internal static class MemoryEstimate
{
    // What the host has by itself, with a report's charts in the making.
    private const long Base = 256L << 20;

    // Columns (a time and a value), their copies while series are merged and sorted, logs, time buckets: up to 45 measured
    // (docs/operations.md), and a quarter more to be safe.
    internal const long BytesPerSample = 60;

    // The shortest sample that Prometheus' JSON can hold is about [1517443200,"1"], with its comma.
    private const long LeastTextPerSample = 17;

    // How many times longer the text is than what is stored: the most that dumps compress, not the usual (about 8). Many series
    // of one dump that are constant and scraped at the same times come to 150 and 440.
    private static readonly (string Extension, long Factor)[] Compressions = [(".gz", 256), (".bz2", 512)];

    /// <summary>More than any analysis of these inputs, and of samples beside them that are known already, can need.</summary>
    internal static long Bound(IReadOnlyList<InputObject> inputs, long known = 0) =>
        Of(known + inputs.Sum(input => input.Length * Compressions.FirstOrDefault(c => input.Name.EndsWith(c.Extension, StringComparison.OrdinalIgnoreCase), (Extension: "", Factor: 1)).Factor) / LeastTextPerSample);

    /// <summary>What an analysis of so many samples needs.</summary>
    internal static long Of(long samples) => Base + samples * BytesPerSample;

    /// <summary>Makes sure that an analysis fits into the memory that it may have.</summary>
    /// <param name="inputs">What is to be read.</param>
    /// <param name="known">How many samples there are besides.</param>
    /// <param name="read">What of the inputs is wanted.</param>
    /// <param name="limit">How much it may have.</param>
    /// <param name="parallelism">How many threads count, where that has to be done.</param>
    /// <param name="onBytes">Told how many bytes are counted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="WorkFailedException">It does not.</exception>
    internal static async Task EnsureFitsAsync(
        IReadOnlyList<InputObject> inputs, long known, ReadOptions read, long limit, int parallelism, Action<long>? onBytes, CancellationToken cancellationToken)
    {
        if (Bound(inputs, known) <= limit) return;
        var samples = known + await CountAsync(inputs, read, parallelism, onBytes, cancellationToken);
        var need = Of(samples);
        if (need <= limit) return;
        var unit = new Unit(Dimension.Bytes);
        throw new WorkFailedException(
            $"It would need about {HumanNumber.Format(need, unit)} of memory for {HumanNumber.Count(samples)} samples, and an analysis may take {HumanNumber.Format(limit, unit)} of this host's.",
            "Take fewer samples (where, from, to), raise Analysis:Memory if the machine has more, or have a cluster do it (Datasets:<name>:Engine: spark).");
    }

    /// <summary>How many samples of the inputs are wanted.</summary>
    internal static async Task<long> CountAsync(IReadOnlyList<InputObject> inputs, ReadOptions read, int parallelism, Action<long>? onBytes, CancellationToken cancellationToken)
    {
        var files = await SeriesLoader.ReadAsync(inputs, read, parallelism, () => _ => true, onBytes, cancellationToken);
        return files.Sum(file => file.Samples);
    }
}
