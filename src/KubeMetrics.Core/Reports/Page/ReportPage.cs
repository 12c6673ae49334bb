using System.Buffers;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KubeMetrics.Charts;

namespace KubeMetrics.Reports.Page;

/// <summary>
/// The report as one HTML page. It asks for nothing from anywhere: style, script and drawings are in it, and a content
/// policy with their hashes allows nothing else, whatever the data hold.
/// </summary>
internal static class ReportPage
{
    private static readonly string Style = Resource("page.css") + SvgCanvas.StyleSheet;
    private static readonly string Script = Resource("page.js");

    // frame-ancestors and sandbox can't stand in a page; a server sets them where it wants them.
    private static readonly string Policy =
        $"default-src 'none'; style-src '{Hash(Style)}'; script-src '{Hash(Script)}'; img-src data:; base-uri 'none'; form-action 'none'";

    /// <summary>Writes the page.</summary>
    /// <param name="report">The report.</param>
    /// <param name="figures">Which charts it has.</param>
    /// <param name="overviews">Those of all groups, drawn.</param>
    /// <param name="charts">Each group's, drawn, by its name.</param>
    /// <param name="pngs">Whether there are PNG files to link to.</param>
    /// <returns>The page in UTF-8.</returns>
    public static ReadOnlyMemory<byte> Write(Report report, ReportFigures figures, IReadOnlyList<DrawnChart> overviews, IReadOnlyDictionary<string, GroupCharts> charts, bool pngs)
    {
        var page = new PageContext(report, figures, overviews, charts, pngs);
        var bytes = new ArrayBufferWriter<byte>(LengthOf(overviews, charts));
        var html = new Html(bytes)
            .Raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Add($"<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy}\">")
            .Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">")
            .Raw("<meta name=\"referrer\" content=\"no-referrer\">")
            .Add($"<meta name=\"description\" content=\"{report.Findings[0].Text}\"><title>{report.Run.Name} – KubeMetrics report</title>")
            .Raw("<style>").Raw(Style).Raw("</style></head><body>")
            .Raw("<a class=\"skip\" href=\"#findings\">Skip to the findings</a>");
        Navigation(html, page);
        html.Raw("<main>").Opened(page).Overview(page).Table(page).Sections(page).Run(page).Raw("</main>")
            .Add($"<footer><p><a href=\"{ReportFiles.Document}\">report.json</a> holds every number of this page, and more.</p></footer>");
        html.Raw("<script type=\"application/json\" id=\"hover\">{");
        Hover(html, page.Shown);
        html.Raw("}</script><script>").Raw(Script).Raw("</script></body></html>\n").Flush();
        return bytes.WrittenMemory;
    }

    private static void Navigation(Html html, PageContext page)
    {
        html.Raw("<nav class=\"contents\" aria-label=\"Contents\"><div class=\"links\"><a href=\"#findings\">Findings</a>");
        if (page.Overviews.Count > 0) html.Raw("<a href=\"#overview\">Overview</a>");
        html.Raw("<a href=\"#groups\">Table</a><a href=\"#method\">Data and method</a></div><ul>");
        foreach (var group in page.Groups)
            html.Add($"<li data-name=\"{group.Name}\"><a href=\"#{Parts.Anchor(group.Name)}\">").Name(group.Name).Raw("</a></li>");
        html.Raw("</ul><button type=\"button\" class=\"theme\" hidden>Theme: system</button></nav>");
    }

    private static void Hover(Html html, IEnumerable<DrawnChart> charts)
    {
        var separator = "";
        foreach (var chart in charts.Where(chart => !chart.Hover.IsEmpty))
        {
            html.Raw($"{separator}\"{JsonEncodedText.Encode(chart.Id)}\":").Raw(chart.Hover);
            separator = ",";
        }
    }

    // Rather more than it will be, so that it is not moved while it grows.
    private static int LengthOf(IReadOnlyList<DrawnChart> overviews, IReadOnlyDictionary<string, GroupCharts> charts)
    {
        const int Frame = 1 << 17, Section = 1 << 14;
        return Frame + Section * charts.Count + overviews.Concat(charts.Values.SelectMany(group => group.Files.Append(group.Sparkline))).Sum(chart => chart.Svg.Length + chart.Hover.Length);
    }

    private static string Hash(string inline) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(inline)));

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"KubeMetrics.Reports.Page.{name}")
            ?? throw new InvalidOperationException($"The resource {name} is not in the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);

        // A parser of HTML turns CR LF into LF before it hashes.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
