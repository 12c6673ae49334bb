namespace KubeMetrics.Reports.Page;

/// <summary>The top of the page: what it is of, whether it is all of it, and what was found.</summary>
internal static class Opening
{
    public static Html Opened(this Html html, PageContext page)
    {
        var report = page.Report;
        html.Raw("<header class=\"top\"><div><p class=\"brand\">KubeMetrics report</p><h1>").Name(report.Run.Name).Raw("</h1>");
        Facts(html, report);
        html.Raw("</div></header>");
        if (report.Partial) Banner(html, "partial", "This report is partial.", report.PartialReasons);
        if (report.Warnings.Count > 0) Banner(html, "warning", "Please note.", report.Warnings);
        return Findings(html, page);
    }

    private static void Facts(Html html, Report report)
    {
        var totals = report.Totals;
        html.Raw("<p class=\"facts\">");
        if (report.Period is { } period)
        {
            html.Add($"<span><time datetime=\"{Instants.Iso(period.From)}\">{Instants.Minute(period.From)}</time> – ")
                .Add($"<time datetime=\"{Instants.Iso(period.To)}\">{Instants.Minute(period.To)}</time> UTC</span> ");
        }

        html.Add($"<span>{Wording.Count(totals.Samples, "sample")} in {Wording.Count(totals.Series, "series")} from {Wording.Count(totals.Inputs, "file")}</span> ")
            .Add($"<span>{report.Run.Engine} engine</span> ")
            .Add($"<span>made <time datetime=\"{Instants.Iso(report.Run.Generated)}\">{Instants.Minute(report.Run.Generated)}</time> UTC</span> ")
            .Raw("<span>run ").Copyable(report.Run.RunId).Raw("</span></p>");
    }

    private static void Banner(Html html, string kind, string title, IReadOnlyList<string> sentences)
    {
        const int shown = 10;
        html.Add($"<aside class=\"banner {kind}\" aria-label=\"{title}\"><strong>{title}</strong><ul>");
        foreach (var sentence in sentences.Take(shown)) html.Add($"<li>{sentence}</li>");
        if (sentences.Count > shown) html.Add($"<li>and {HumanNumber.Count(sentences.Count - shown)} more, in <a href=\"{ReportFiles.Document}\">report.json</a></li>");
        html.Raw("</ul></aside>");
    }

    private static Html Findings(Html html, PageContext page)
    {
        var findings = page.Report.Findings;
        var headline = Finding.Headline(findings);
        html.Raw("<section id=\"findings\" aria-labelledby=\"findings-title\"><h2 id=\"findings-title\" class=\"label\">Findings</h2><p class=\"lead\">")
            .Sentence(headline[0], page.GroupNames)
            .Raw("</p>");
        if (headline.Count > 1)
        {
            html.Raw("<ul class=\"findings\">");
            foreach (var finding in headline.Skip(1)) html.Raw("<li>").Sentence(finding, page.GroupNames).Raw("</li>");
            html.Raw("</ul>");
        }

        var rest = findings.Count - headline.Count;
        if (rest > 0) html.Add($"<p class=\"faint\">{HumanNumber.Count(rest)} more: see the <a href=\"#groups\">table</a> and the sections.</p>");
        foreach (var note in page.Report.Notes) html.Add($"<p class=\"note\">{note}</p>");
        return html.Raw("</section>");
    }

    public static Html Overview(this Html html, PageContext page)
    {
        if (page.Overviews.Count == 0) return html;
        html.Raw("<section id=\"overview\" aria-labelledby=\"overview-title\"><h2 id=\"overview-title\">Overview</h2>");
        foreach (var figure in page.Overviews)
        {
            html.Chart(
                page.Show(figure),
                "Logs of the positive values, on an axis in their unit. Box: quartiles; line: median; whiskers: the furthest value within 1.5 " +
                "interquartile ranges (Tukey); circles: values beyond.");
        }

        return html.Raw("</section>");
    }
}
