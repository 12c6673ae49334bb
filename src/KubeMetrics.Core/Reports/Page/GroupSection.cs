using KubeMetrics.Prometheus;
using KubeMetrics.Statistics;

namespace KubeMetrics.Reports.Page;

/// <summary>What there is of one group: over time, its distribution, its numbers, its series.</summary>
internal static class GroupSection
{
    private const int SeriesShown = 50;

    public static Html Sections(this Html html, PageContext page)
    {
        foreach (var group in page.Figures.Shown) Section(html, page, group);
        return html;
    }

    private static void Section(Html html, PageContext page, GroupSummary group)
    {
        var anchor = Parts.Anchor(group.Name);
        html.Add($"<section class=\"group\" id=\"{anchor}\" data-name=\"{group.Name}\" aria-labelledby=\"{anchor}_title\">")
            .Add($"<div class=\"bar\"><h2 id=\"{anchor}_title\"><a href=\"#{anchor}\">").Name(group.Name)
            .Raw("</a></h2><a class=\"faint up\" href=\"#groups\">all groups</a></div>");
        Facts(html, group);
        foreach (var finding in page.Report.Findings.Where(finding => finding.Kind != FindingKind.Steady && finding.Groups.Contains(group.Name)))
            html.Raw("<p class=\"found\">").Sentence(finding, page.GroupNames).Raw("</p>");

        if (page.ChartsOf(group) is not { } figures)
        {
            html.Raw("<p class=\"empty\">There is no sample to describe or to draw.</p></section>");
            return;
        }

        html.Chart(page.Show(figures.Time), TimeMethod(group));
        if (figures.Series is not null) html.Chart(page.Show(figures.Series), "The same axes in every panel.");
        html.Raw("<div class=\"pair\">");
        html.Chart(page.Show(figures.Histogram), HistogramMethod(page, group));
        if (figures.LogHistogram is not null) html.Chart(page.Show(figures.LogHistogram), LogMethod(page, group));
        if (figures.Quantiles is not null) html.Chart(page.Show(figures.Quantiles), QuantilesMethod(group.LogNormal!));
        Numbers(html, group);
        html.Raw("</div>");
        Series(html, group);
        html.Raw("</section>");
    }

    private static void Facts(Html html, GroupSummary group)
    {
        html.Raw("<p class=\"facts\">");
        if (group.Metric.Length > 0) html.Raw("<span>").Name(group.Metric).Raw("</span> ");
        var kind = group switch
        {
            { Quantile: { } quantile } => $"distribution over time of the {quantile} quantile",
            { Kind: MetricKind.Counter, Raw: false } => "rate of a counter, per second",
            { Kind: MetricKind.Counter } => "counter, as it stands",
            _ => "",
        };
        if (kind.Length > 0) html.Add($"<span>{kind}</span> ");
        html.Add($"<span>{Wording.Count(group.Counts.Kept, "sample")} in {Wording.Count(group.Series.Count, "series")}</span> ");
        foreach (var warning in DroppedWords.Warnings(group.Counts)) html.Add($"<span class=\"warn\">{Parts.Unbroken(warning)}</span> ");
        html.Raw("</p>");
    }

    private static string TimeMethod(GroupSummary group) =>
        (group.Trend.Whole is null ? "" : "Theil–Sen line: solid where its trend is significant, else dotted. ") +
        (group.Trend.Changes.Count > 0 ? "Dashed upright: change point." : "");

    private static string HistogramMethod(PageContext page, GroupSummary group) =>
        $"n = {HumanNumber.Count(group.Counts.Kept)}. Bins: Freedman–Diaconis, at most 50; curve: Gaussian kernel density, robust normal-reference bandwidth." +
        Range(page, page.Figures.CommonRange);

    private static string LogMethod(PageContext page, GroupSummary group)
    {
        var left = group.Counts.NotPositive;
        var positive = left == 0 ? "" : $" ({HumanNumber.Count(left)} zero or negative, without a log)";
        return $"n = {HumanNumber.Count(group.Counts.Kept - left)}{positive}. The same of natural logs, with the fitted log-normal." + Range(page, page.Figures.CommonLogRange);
    }

    private static string Range(PageContext page, bool common) =>
        page.Groups.Count < 2 ? "" : common ? " Same axis in all groups." : " Axis of its own, not that of other groups.";

    private static string QuantilesMethod(LogNormalFit fit)
    {
        var error = fit.KolmogorovSmirnovError > 0 ? $" ± {HumanNumber.Number(fit.KolmogorovSmirnovError)}" : "";
        return $"Quantiles against those of the fitted log-normal, μ = {HumanNumber.Number(fit.Mu)}, σ = {HumanNumber.Number(fit.Sigma)}. " +
            $"Kolmogorov–Smirnov distance {HumanNumber.Number(fit.KolmogorovSmirnov)}{error}: {fit.Verdict.TrimEnd('.')}.";
    }

    private static void Numbers(Html html, GroupSummary group)
    {
        if (group.Values is not { } values) return;
        var logs = group.Logs;
        html.Raw("<div class=\"numbers\"><table><caption>In numbers</caption><thead><tr><td></td><th scope=\"col\" class=\"number\">values</th>")
            .Add($"<th scope=\"col\" class=\"number\">{(group.Unit.Dimension == Dimension.None ? "ln(value)" : $"ln(value / {HumanNumber.Format(1, group.Unit)})")}</th></tr></thead><tbody>");
        Row("n", HumanNumber.Count(values.Count), null, logs is null ? null : HumanNumber.Count(logs.Count), null);
        Measure("mean", d => d.Mean);
        Measure("standard deviation", d => d.StandardDeviation);
        Measure("of the sample (ddof 1)", d => d.SampleStandardDeviation);
        Row("variance", Squared(values, group.Unit), values.Variance, logs is null ? null : HumanNumber.Number(logs.Variance), logs?.Variance);
        Measure("median", d => d.Median);
        Measure("median abs. deviation", d => d.MedianAbsoluteDeviation);
        Measure("min", d => d.Min);
        Measure("p05", d => d.P05);
        Measure("p25", d => d.P25);
        Measure("p75", d => d.P75);
        Measure("p90", d => d.P90);
        Measure("p95", d => d.P95);
        Measure("p99", d => d.P99);
        Measure("max", d => d.Max);
        Bare("skewness", d => d.Skewness);
        Bare("excess kurtosis", d => d.ExcessKurtosis);
        Bare("coefficient of variation", d => d.CoefficientOfVariation);
        if (group.GeometricMean is { } mean) Row("geometric mean", HumanNumber.Format(mean, group.Unit), mean, null, null);
        html.Raw("</tbody></table></div>");

        void Measure(string name, Func<Description, double?> number) =>
            Both(name, number, value => HumanNumber.Format(value, group.Unit));

        void Bare(string name, Func<Description, double?> number) => Both(name, number, HumanNumber.Number);

        void Both(string name, Func<Description, double?> number, Func<double, string> format)
        {
            var (value, log) = (number(values), logs is null ? null : number(logs));
            Row(name, value is null ? null : format(value.Value), value, log is null ? null : HumanNumber.Number(log.Value), log);
        }

        void Row(string name, string? value, double? exact, string? log, double? exactLog)
        {
            html.Add($"<tr><th scope=\"row\">{name}</th>");
            Cell(value, exact);
            Cell(log, exactLog);
            html.Raw("</tr>");
        }

        void Cell(string? shown, double? exact)
        {
            if (shown is null) html.Raw("<td class=\"number faint\">–</td>");
            else if (exact is null) html.Add($"<td class=\"number\">{shown}</td>");
            else html.Add($"<td class=\"number\" title=\"{exact.Value}\">{shown}</td>");
        }
    }

    /// <summary>A variance in the square of the unit that its root is shown in.</summary>
    private static string Squared(Description values, Unit unit)
    {
        var scale = HumanNumber.Scale(values.StandardDeviation, values.StandardDeviation, unit);
        var sign = scale.Suffix switch
        {
            "" => "",
            _ when scale.Suffix.Contains('/') || scale.Suffix == "%" => $" ({scale.Suffix})²",
            _ => $" {scale.Suffix}²",
        };
        return HumanNumber.Number(values.Variance * scale.Factor * scale.Factor) + sign;
    }

    private static void Series(Html html, GroupSummary group)
    {
        if (group.Series.Count < 2) return;
        html.Add($"<details><summary>{Wording.Count(group.Series.Count, "series")}</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Series of {group.Name}\">")
            .Raw("<table><caption class=\"hidden\">Each series by itself</caption><thead><tr><th scope=\"col\">series</th><th scope=\"col\" class=\"number\">n</th>")
            .Raw("<th scope=\"col\" class=\"number\">median</th><th scope=\"col\" class=\"number\">p90</th><th scope=\"col\" class=\"number\">p99</th><th scope=\"col\">trend</th></tr></thead><tbody>");
        foreach (var series in group.Series.Take(SeriesShown))
        {
            html.Add($"<tr><th scope=\"row\" title=\"{series.Labels.ToString()}\">").Name(series.Name)
                .Add($"</th><td class=\"number\">{HumanNumber.Count(series.Counts.Kept)}");
            foreach (var warning in DroppedWords.Short(series.Counts)) html.Add($"<small class=\"warn\">{Parts.Unbroken(warning)}</small>");
            html.Raw("</td>");
            foreach (var number in series.Values is { } values ? [values.Median, values.P90, values.P99] : (double?[])[null, null, null])
            {
                if (number is null) html.Raw("<td class=\"number faint\">–</td>");
                else html.Add($"<td class=\"number\" title=\"{number.Value}\">{HumanNumber.Format(number.Value, group.Unit)}</td>");
            }

            html.Add($"<td class=\"trend\">{TrendCell.Of(series, group.Unit).Lines[0]}</td></tr>");
        }

        html.Raw("</tbody></table></div>");
        if (group.Series.Count > SeriesShown)
            html.Add($"<p class=\"faint\">{HumanNumber.Count(group.Series.Count - SeriesShown)} more, in <a href=\"{ReportFiles.Document}\">report.json</a>.</p>");
        html.Raw("</details>");
    }
}
