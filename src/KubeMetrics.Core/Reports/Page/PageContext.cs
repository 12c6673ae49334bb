using KubeMetrics.Statistics;

namespace KubeMetrics.Reports.Page;

/// <summary>A chart as the page shows it: drawn, with links to its files.</summary>
internal sealed record PageFigure(DrawnChart Chart, string SvgFile, string? PngFile);

/// <summary>What the sections of a page are written from.</summary>
internal sealed class PageContext
{
    private readonly IReadOnlyDictionary<string, GroupCharts> _charts;
    private readonly bool _pngs;

    public PageContext(Report report, ReportFigures figures, IReadOnlyList<DrawnChart> overviews, IReadOnlyDictionary<string, GroupCharts> charts, bool pngs)
    {
        Report = report;
        Figures = figures;
        Overviews = overviews;
        _charts = charts;
        _pngs = pngs;
        Sections = figures.Shown.Select(group => group.Name).ToHashSet(StringComparer.Ordinal);
        GroupNames = report.Groups.Select(group => group.Name).ToHashSet(StringComparer.Ordinal);
    }

    public Report Report { get; }

    public ReportFigures Figures { get; }

    public IReadOnlyList<DrawnChart> Overviews { get; }

    public IReadOnlySet<string> GroupNames { get; }

    /// <summary>The names of the groups that have a section; of the others the row in the table is what links lead to.</summary>
    public IReadOnlySet<string> Sections { get; }

    public IReadOnlyList<GroupSummary> Groups => Report.Groups;

    /// <summary>Charts that the page holds, in order, for its script.</summary>
    public List<DrawnChart> Shown { get; } = [];

    public PageFigure Show(DrawnChart chart)
    {
        Shown.Add(chart);
        return new PageFigure(chart, ReportFiles.Svg(chart.Id), _pngs ? ReportFiles.Png(chart.Id) : null);
    }

    /// <summary>The charts of a group; null where it has no sample to draw, or no section.</summary>
    public GroupCharts? ChartsOf(GroupSummary group) => _charts.GetValueOrDefault(group.Name);
}
