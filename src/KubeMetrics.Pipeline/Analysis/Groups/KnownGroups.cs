using KubeMetrics.Pipeline.Analysis.Columns;
using KubeMetrics.Prometheus;
using KubeMetrics.Statistics;

namespace KubeMetrics.Pipeline.Analysis.Groups;

/// <summary>What is known of an analysis's groups before their samples are looked at.</summary>
internal sealed class KnownGroups
{
    /// <summary>Nothing is.</summary>
    internal static readonly KnownGroups None = new([], new Dictionary<string, GroupSummary>(), null);

    private KnownGroups(IReadOnlyList<PlannedGroup> planned, IReadOnlyDictionary<string, GroupSummary> summaries, long? newest)
    {
        (Summaries, Newest) = (summaries, newest);
        Digests = planned.Where(group => group.Digest is not null).ToDictionary(group => group.Name, group => group.Digest!, StringComparer.Ordinal);
        Series = planned.Where(group => summaries.ContainsKey(group.Name)).SelectMany(group => group.Series).ToHashSet();
    }

    /// <summary>What each group is made of, by its name; groups of which that is not certain are not among them.</summary>
    internal IReadOnlyDictionary<string, string> Digests { get; }

    /// <summary>The summaries of those that are made of the same as when they were kept, by their names.</summary>
    internal IReadOnlyDictionary<string, GroupSummary> Summaries { get; }

    /// <summary>The series of those, whose samples nobody needs.</summary>
    internal IReadOnlySet<Labels> Series { get; }

    /// <summary>When the newest sample of all was taken, theirs included; null where nothing is known.</summary>
    internal long? Newest { get; }

    internal static KnownGroups Of(IReadOnlyList<SeriesOutline> outlines, AnalysisOptions options, KeptGroups kept)
    {
        try
        {
            var planned = GroupPlan.Of(outlines, options);
            var summaries = planned.AsParallel().Select(group => (Group: group, Summary: kept.Find(group.Digest))).Where(one => one.Summary is not null && IsOf(one.Group, one.Summary))
                .ToDictionary(one => one.Group.Name, one => one.Summary!, StringComparer.Ordinal);
            return new KnownGroups(planned, summaries, GroupPlan.NewestOf(outlines));
        }
        catch (UnknownLabelException)
        {
            return None; // said when the series are there
        }
    }

    // Half a surrogate pair, which a dump's labels may hold, does not outlive being written.
    private static bool IsOf(PlannedGroup group, GroupSummary summary) =>
        group.Name == summary.Name && group.Series.SequenceEqual(summary.Series.Select(series => series.Labels));
}
