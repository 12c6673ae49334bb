using System.Globalization;
using System.Security.Cryptography;
using KubeMetrics.Pipeline.Analysis.Columns;
using KubeMetrics.Prometheus;
using KubeMetrics.Statistics;

namespace KubeMetrics.Pipeline.Analysis.Groups;

/// <summary>A group before its samples are there.</summary>
/// <param name="Name">What it will be called.</param>
/// <param name="Digest">Names what it is made of, so that an equal digest means equal numbers; null where that is not certain.</param>
/// <param name="Series">Its series.</param>
internal sealed record PlannedGroup(string Name, string? Digest, IReadOnlyList<Labels> Series);

/// <summary>
/// Which groups there will be, and what each is made of: this program, how it was grouped, and of each series which inputs hold some of it, in
/// which version and read under which conditions.
/// <code>
/// some input that holds some of it could not be read to its end   no digest: the next reading may find more
/// a window, and some series begins before it                      digest with the window's start: samples are cut off
/// a window, and all series begin within it                        digest without: wherever the window starts, nothing is
/// no window                                                       digest without
/// </code>
/// A group of a digest is the same group with the same samples: overlaps, duplicates and what was left out follow from the inputs.
/// </summary>
internal static class GroupPlan
{
    /// <summary>Plans. The groups come in the order, and are called, as they will be when their samples are there.</summary>
    /// <param name="outlines">All series.</param>
    /// <param name="options">How to group and cut.</param>
    /// <exception cref="UnknownLabelException">No series has the label to group by.</exception>
    internal static IReadOnlyList<PlannedGroup> Of(IReadOnlyList<SeriesOutline> outlines, AnalysisOptions options)
    {
        var parts = outlines.ToDictionary(outline => outline.Labels, outline => outline.Parts);
        var start = options.Window is { } window && NewestOf(outlines) is { } newest ? TimeWindow.StartOf(window, newest) : (long?)null;
        using var bytes = new ByteWriter();
        return [.. Grouping.Group([.. outlines.Select(outline => Empty(outline.Labels))], options.Grouping).Select(group =>
            new PlannedGroup(group.Name, DigestOf(group), [.. group.Series.Select(series => series.Labels)]))];

        string? DigestOf(SeriesGroup group)
        {
            var all = group.Series.SelectMany(series => parts[series.Labels]).ToList();
            if (all.Exists(part => !part.Whole)) return null;
            bytes.Clear();
            bytes.Text(ThisProgram.Name);
            bytes.Text(Analyzer.Algorithms);
            bytes.Text(ColumnPlace.ReadingOf(options.Where));
            bytes.Text(group.Name);
            bytes.Text(group.Key);
            bytes.Text(group.Metric);
            bytes.Text(group.Kind.ToString());
            bytes.Text(group.Raw.ToString());
            bytes.Text(group.Quantile);
            Pairs(group.SplitBy);
            bytes.Text(group.Unit.Dimension.ToString());
            bytes.Fixed(BitConverter.DoubleToUInt64Bits(group.Unit.ToBase));
            bytes.Text(group.Unit.PerSecond.ToString());
            bytes.Text(start is { } from && all.Exists(part => part.Times?.First < from) ? from.ToString(CultureInfo.InvariantCulture) : null);
            foreach (var series in group.Series)
            {
                Pairs(series.Labels);
                bytes.Unsigned((ulong)parts[series.Labels].Count);
                foreach (var part in parts[series.Labels].OrderBy(part => part.Input, StringComparer.Ordinal).ThenBy(part => part.ETag, StringComparer.Ordinal))
                {
                    bytes.Text(part.Input);
                    bytes.Text(part.ETag);
                }
            }

            return Convert.ToHexStringLower(SHA256.HashData(bytes.Written.Span)[..20]);
        }

        void Pairs(IReadOnlyList<KeyValuePair<string, string>> pairs)
        {
            bytes.Unsigned((ulong)pairs.Count);
            foreach (var (name, value) in pairs)
            {
                bytes.Text(name);
                bytes.Text(value);
            }
        }
    }

    /// <summary>When the newest sample of all was taken; null where there is none.</summary>
    internal static long? NewestOf(IReadOnlyList<SeriesOutline> outlines) => outlines.SelectMany(outline => outline.Parts).Max(part => part.Times?.Last);

    /// <summary>A series without its samples, for where they are not needed.</summary>
    internal static Series Empty(Labels labels) => new(labels, new SampleColumns(), default);
}
