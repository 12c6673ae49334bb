namespace KubeMetrics.Reports;

/// <summary>The names of a report's files, relative to its folder.</summary>
public static class ReportFiles
{
    /// <summary>The document.</summary>
    public const string Document = "report.json";

    /// <summary>The page.</summary>
    public const string Page = "index.html";

    /// <summary>Which report is the newest: lies beside the reports' folders.</summary>
    public const string Latest = "latest.json";

    /// <summary>A figure as SVG, by its id.</summary>
    public static string Svg(string figure) => $"charts/{figure}.svg";

    /// <summary>A figure as PNG, by its id.</summary>
    public static string Png(string figure) => $"charts/{figure}.png";
}
