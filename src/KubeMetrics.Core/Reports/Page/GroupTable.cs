using KubeMetrics.Statistics;

namespace KubeMetrics.Reports.Page;

/// <summary>The table of all groups: one unit a column, sorted by median, and by anything else where scripts run.</summary>
internal static class GroupTable
{
    private static readonly (string Title, string Meaning, Func<Description, double> Number)[] Columns =
    [
        ("median", "Median", values => values.Median),
        ("p90", "Quantile .90", values => values.P90),
        ("p99", "Quantile .99", values => values.P99),
        ("mean", "Arithmetic mean", values => values.Mean),
        ("sd", "Population standard deviation", values => values.StandardDeviation),
        ("MAD", "Median absolute deviation from the median", values => values.MedianAbsoluteDeviation),
    ];

    public static Html Table(this Html html, PageContext page)
    {
        var noun = Wording.Noun(page.Report.Run.Options.GroupBy);
        html.Raw("<section id=\"groups\" aria-labelledby=\"groups-title\"><div class=\"bar\"><h2 id=\"groups-title\">")
            .Add($"{Wording.Count(page.Groups.Count, noun)}</h2>")
            .Add($"<label class=\"filter\" hidden>Filter <input type=\"search\" placeholder=\"{noun}\" autocomplete=\"off\" spellcheck=\"false\"></label></div>");
        if (page.Groups.Count == 0) return html.Raw("<p>No series matched, so there is no group.</p></section>");

        if (page.Sections.Count < page.Groups.Count)
        {
            html.Add($"<p class=\"note\">Charts and sections are of {page.Sections.Count} of the {Wording.Count(page.Groups.Count, noun)}: those with the weightiest findings, ")
                .Add($"then those with the largest medians. The others stand in this table and in <a href=\"{ReportFiles.Document}\">report.json</a>.</p>");
        }

        var scale = CommonScale.Of(page.Groups, values => Columns.Select(column => column.Number(values)));
        html.Raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of groups\"><table class=\"groups\"><caption class=\"hidden\">")
            .Raw("Statistics of every group, largest median first</caption><thead><tr>")
            .Add($"<th scope=\"col\" data-sort=\"text\">{noun}</th><th scope=\"col\" class=\"number\" data-sort=\"number\" title=\"Samples that the statistics are of\">n</th>");
        for (var i = 0; i < Columns.Length; i++)
        {
            var first = i == 0 ? " aria-sort=\"descending\"" : "";
            html.Raw("<th scope=\"col\" class=\"number\" data-sort=\"number\"").Raw(first).Add($" title=\"{Columns[i].Meaning}\">{Columns[i].Title}");
            if (scale is { Suffix.Length: > 0 } one) html.Add($"<small>{one.Suffix}</small>");
            html.Raw("</th>");
        }

        html.Raw("<th scope=\"col\" class=\"number\" data-sort=\"number\" title=\"Skewness g1\">skew</th>")
            .Raw("<th scope=\"col\" data-sort=\"number\" title=\"Theil–Sen slope; p by Mann–Kendall, corrected for autocorrelation and ")
            .Raw("adjusted over all groups; sudden changes. Sorted by size times certainty.\">trend</th>")
            .Raw("<th scope=\"col\">over time</th></tr></thead><tbody>");
        foreach (var group in page.Groups) Row(html, page, group, scale);
        return html.Raw("</tbody></table></div><p class=\"none faint\" hidden>No group's name holds that text.</p></section>");
    }

    private static void Row(Html html, PageContext page, GroupSummary group, HumanScale? scale)
    {
        if (page.Sections.Contains(group.Name))
            html.Add($"<tr data-name=\"{group.Name}\"><th scope=\"row\"><a href=\"#{Parts.Anchor(group.Name)}\">").Name(group.Name).Raw("</a></th>");
        else
            html.Add($"<tr data-name=\"{group.Name}\" id=\"{Parts.Anchor(group.Name)}\"><th scope=\"row\">").Name(group.Name).Raw("</th>");
        html.Add($"<td class=\"number\" data-value=\"{group.Counts.Kept}\">{HumanNumber.Count(group.Counts.Kept)}");
        foreach (var warning in DroppedWords.Short(group.Counts)) html.Add($"<small class=\"warn\">{Parts.Unbroken(warning)}</small>");
        html.Raw("</td>");
        foreach (var column in Columns)
        {
            if (group.Values is not { } values) html.Raw("<td class=\"number faint\">–</td>");
            else Number(html, column.Number(values), group.Unit, scale);
        }

        if (group.Values?.Skewness is { } skew) html.Add($"<td class=\"number\" data-value=\"{skew}\" title=\"{skew}\">{HumanNumber.Number(skew)}</td>");
        else html.Raw("<td class=\"number faint\">–</td>");
        Trend(html, group);
        html.Raw("<td class=\"spark\">");
        if (page.ChartsOf(group) is { } charts) html.Raw(charts.Sparkline.Svg);
        html.Raw("</td></tr>");
    }

    private static void Number(Html html, double number, Unit unit, HumanScale? scale)
    {
        var shown = scale is { } one ? one.Number(number) : HumanNumber.Format(number, unit);
        // The raw number is in the metric's unit, so that sorting across units needs the base unit.
        html.Add($"<td class=\"number\" data-value=\"{number * unit.ToBase}\" title=\"{HumanNumber.Format(number, unit)} ({number})\">{shown}</td>");
    }

    private static void Trend(Html html, GroupSummary group)
    {
        var trend = TrendCell.Of(group);
        html.Raw(trend.Moves ? "<td class=\"trend moves\"" : "<td class=\"trend\"");
        html.Add($" data-value=\"{Movement.Weigh(group)}\"><span class=\"arrow\" aria-hidden=\"true\">{trend.Arrow}</span> ");
        for (var i = 0; i < trend.Lines.Count; i++)
            html.Raw(i == 0 ? "<span>" : "<small>").Add($"{trend.Lines[i]}").Raw(i == 0 ? "</span>" : "</small>");
        html.Raw("</td>");
    }
}
