using System.Globalization;
using KubeMetrics.Charts;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.Reports;

namespace KubeMetrics.Cli.Commands;

/// <summary>A report as a terminal shows it: what it is of, what was found, the groups.</summary>
internal static class Summary
{
    // What goes first where the line is narrow: the standard deviation, then the mean, then p99.
    private static readonly string[] ByImportance = ["p99", "mean", "sd"];

    public static void Write(Screen screen, Report report)
    {
        var output = screen.Output;
        output.WriteLine(screen.Bold(SafeText.Line(report.Run.Name)));
        output.WriteLine(Facts(report));
        if (report.Findings.Count + report.Notes.Count > 0) output.WriteLine();
        foreach (var finding in Finding.Headline(report.Findings)) output.WriteLine(Wrap(SafeText.Line(finding.Text), screen.Width));
        foreach (var note in report.Notes) output.WriteLine(Wrap(SafeText.Line(note), screen.Width));
        output.WriteLine();

        var summary = ReportText.Summary(report);
        var table = new TerminalTable([.. summary.Columns.Select(c => new TerminalColumn(c.Title, c.Right, Array.IndexOf(ByImportance, c.Title) + 1))]);
        if (summary.Unit.Length > 0) output.WriteLine($"median to sd in {summary.Unit}");
        foreach (var row in summary.Rows) table.Add([.. row]);
        table.Write(output, screen.Width, screen.Bold);
    }

    private static string Facts(Report report)
    {
        var totals = report.Totals;
        var period = report.Period is { } p ? string.Create(CultureInfo.InvariantCulture, $", {p.From:yyyy-MM-dd HH:mm} to {p.To:yyyy-MM-dd HH:mm} UTC") : "";
        return $"{Many(totals.Samples, "sample", "samples")} in {Many(totals.Series, "series", "series")}, {Many(totals.Groups, "group", "groups")}, from {Many(totals.Inputs, "file", "files")}{period}";
    }

    private static string Many(long count, string one, string many) => $"{HumanNumber.Count(count)} {(count == 1 ? one : many)}";

    // Findings are sentences: on a terminal they are broken between words, the lines after the first indented.
    private static string Wrap(string sentence, int width)
    {
        const string bullet = "- ", indent = "  ";
        if (width == int.MaxValue) return bullet + sentence;
        var lines = new List<string>();
        var line = bullet;
        foreach (var word in sentence.Split(' '))
        {
            if (line.Length > indent.Length && line.Length + 1 + word.Length > width)
            {
                lines.Add(line);
                line = indent;
            }

            line += line.Length > indent.Length ? " " + word : word;
        }

        lines.Add(line);
        return string.Join(Environment.NewLine, lines);
    }
}
