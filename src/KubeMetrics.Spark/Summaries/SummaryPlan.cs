using System.Text.Json;
using KubeMetrics.Prometheus;
using KubeMetrics.Statistics;

namespace KubeMetrics.Spark.Summaries;

/// <summary>
/// What follows from the results of the first script: which groups there are, and what they are counted by. The same results make the same plan, so
/// that it need not be kept.
/// </summary>
public sealed class SummaryPlan
{
    private SummaryPlan(IReadOnlyList<FileReport> files, IReadOnlyList<PlannedGroup> groups) => (Files, Groups) = (files, groups);

    /// <summary>What was found in each file that has anything; its name is the place of the file, <c>s3://bucket/key</c>.</summary>
    public IReadOnlyList<FileReport> Files { get; }

    /// <summary>How many groups there are.</summary>
    public int Count => Groups.Count;

    internal IReadOnlyList<PlannedGroup> Groups { get; }

    /// <summary>Makes the plan.</summary>
    /// <param name="options">Those that the first script was written with.</param>
    /// <param name="files">The lines below <see cref="SummaryPlaces.Files"/>.</param>
    /// <param name="series">The lines below <see cref="SummaryPlaces.Series"/>.</param>
    /// <param name="orders">The lines below <see cref="SummaryPlaces.Orders"/>.</param>
    /// <exception cref="UnknownLabelException">No series has the label that is grouped by.</exception>
    /// <exception cref="InvalidDataException">Two series were taken for one.</exception>
    public static SummaryPlan Of(SummaryOptions options, IEnumerable<string> files, IEnumerable<string> series, IEnumerable<string> orders)
    {
        var known = SummaryLines.Read(series, SummaryLines.Default.SeriesLine).ToDictionary(line => LabelsOf(line.Labels));
        var statistics = SummaryLines.Read(orders, SummaryLines.Default.OrdersLine).ToDictionary(line => line.Id, line => new OrderStatistics(line.Count, line.NotPositive, line.Orders));
        var groups = Grouping.Group([.. known.Select(pair => WithoutSamples(pair.Key, pair.Value))], options.Grouping);
        if (known.Values.Any(line => line.Labels != line.Other) || groups.Any(group => group.Series.Select(one => known[one.Labels].Grp).Distinct().Skip(1).Any()) ||
            groups.Select(group => known[group.Series[0].Labels].Grp).Distinct().Count() < groups.Count)
            throw new InvalidDataException("Two series or groups were given one number, which chance does once in billions of times; submit the job anew.");
        return new SummaryPlan(
            [.. SummaryLines.Read(files, SummaryLines.Default.FileLine).Select(SummaryFiles.Report).OrderBy(file => file.Name, StringComparer.Ordinal)],
            [.. groups.Select(group => Planned(group, [.. group.Series.Select(one => known[one.Labels])], statistics))]);
    }

    /// <summary>The plan as lines of JSON: what stands below <see cref="SummaryPlaces.Plan"/> when the second script runs.</summary>
    public IEnumerable<string> Lines() => Groups.SelectMany(group => group.Lines()).Select(line => JsonSerializer.Serialize(line, SummaryLines.Default.PlanLine));

    private static Labels LabelsOf(string json) =>
        Labels.Create(JsonSerializer.Deserialize(json, SummaryLines.Default.IReadOnlyListLabelLine)!.Select(label => KeyValuePair.Create(label.Key, label.Value)));

    private static Series WithoutSamples(Labels labels, SeriesLine line) => new(
        labels,
        new SampleColumns(),
        new DropCounts
        {
            NaN = line.Nan,
            Infinite = line.Infinite,
            Malformed = line.Malformed,
            Duplicate = line.Duplicate,
            Conflicting = line.Conflicting,
            OutsideWindow = line.Outside + line.Old,
        },
        line.Repeated);

    private static PlannedGroup Planned(SeriesGroup group, IReadOnlyList<SeriesLine> lines, Dictionary<long, OrderStatistics> statistics)
    {
        var series = lines.Select(line => new PlannedPart(line.Series, statistics.GetValueOrDefault(line.Series), line.First, line.Last) { Resets = group.IsRate ? line.Resets : 0 }).ToArray();
        var whole = new PlannedPart(lines[0].Grp, statistics.GetValueOrDefault(lines[0].Grp), series.Min(one => one.First), series.Max(one => one.Last));
        whole = whole with { Width = whole.WidthFor(series.Count(one => one.Values is not null), TimeBucketing.MostPoints, 0) };
        var points = Summarizer.PointsOfEach(series.Length);
        return new PlannedGroup(group, whole, [.. series.Select(one => one with { Width = points == 0 ? null : one.WidthFor(1, points, whole.Width ?? 0) })]);
    }
}
