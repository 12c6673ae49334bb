using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>One series, as far as it is known without its samples.</summary>
/// <param name="Labels">Which it is.</param>
/// <param name="Parts">What it is put together of.</param>
internal sealed record SeriesOutline(Labels Labels, IReadOnlyList<SeriesPartOutline> Parts);

/// <summary>What one input holds of a series.</summary>
/// <param name="Input">The input's name.</param>
/// <param name="ETag">Its version.</param>
/// <param name="Whole">False where the input could not be read to its end: read again, it may hold something else.</param>
/// <param name="Times">From the first sample to the last; null where it has none.</param>
internal readonly record struct SeriesPartOutline(string Input, string ETag, bool Whole, TimeSpread? Times);
