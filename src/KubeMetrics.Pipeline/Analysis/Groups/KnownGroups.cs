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
            var summaries = planned.AsParallel().Select(group => kept.Find(group.Digest)).OfType<GroupSummary>().ToDictionary(summary => summary.Name, StringComparer.Ordinal);
            return new KnownGroups(planned, summaries, GroupPlan.NewestOf(outlines));
        }
        catch (UnknownLabelException)
        {
            return None; // said when the series are there
        }
    }
}
