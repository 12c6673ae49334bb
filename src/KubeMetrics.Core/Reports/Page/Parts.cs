using System.Text;
using System.Text.RegularExpressions;
using KubeMetrics.Charts;

namespace KubeMetrics.Reports.Page;

/// <summary>Small pieces of the page that several sections use.</summary>
internal static partial class Parts
{
    private const int LongName = 80;
    private static readonly char[] Joints = ['_', '/', ':', '.'];

    /// <summary>The anchor of a group's section.</summary>
    public static string Anchor(string group) => "group-" + SafeText.Slug(group);

    /// <summary>A name out of the data: kept from turning the line's direction around, shortened in the middle where it is very long.</summary>
    public static Html Name(this Html html, string name, bool inSentence = false)
    {
        var shown = SafeText.Line(name);
        if (shown.Length == 0) return html.Raw("<span class=\"faint\">(empty)</span>");
        var shortened = Shorten(shown);
        if (shortened == shown) html.Raw("<bdi>");
        else html.Add($"<bdi title=\"{shown}\">");
        return (inSentence ? html.Add($"{shortened}") : html.Breakable(shortened)).Raw("</bdi>");
    }

    /// <summary>A sentence: names as names (and links, where they are groups of this report), the grounds set apart.</summary>
    public static Html Sentence(this Html html, Finding finding, IReadOnlySet<string> groups)
    {
        var end = finding.Runs[^1] is { Role: TextRole.Words, Text: "." };
        foreach (var run in finding.Runs.SkipLast(end && finding.Runs.Count > 1 ? 1 : 0))
        {
            switch (run.Role)
            {
                case TextRole.Name when groups.Contains(run.Text):
                    html.Add($"<a class=\"name\" href=\"#{Anchor(run.Text)}\">").Name(run.Text, inSentence: true).Raw("</a>");
                    break;
                case TextRole.Name:
                    html.Raw("<span class=\"name\">").Name(run.Text, inSentence: true).Raw("</span>");
                    break;
                case TextRole.Words:
                    html.Words(run.Text);
                    break;
            }
        }

        if (end) html.Raw(".");
        foreach (var run in finding.Runs.Where(run => run.Role == TextRole.Grounds))
            html.Raw(" <span class=\"grounds\">").Words(run.Text.Trim().TrimStart('(').TrimEnd(')')).Raw("</span>");
        return html;
    }

    /// <summary>A chart: the drawing in a box that scrolls where the screen is narrow, beneath it how it was made and its files.</summary>
    public static Html Chart(this Html html, PageFigure figure, string method)
    {
        var kind = figure.Chart.Wide ? "wide" : "half";
        return html
            .Add($"<figure class=\"{kind}\"><div class=\"chart\" tabindex=\"0\" role=\"group\" aria-label=\"{figure.Chart.Title}\">")
            .Raw(figure.Chart.Svg)
            .Add($"</div><figcaption>{Unbroken(method)} ")
            .Files(figure)
            .Raw("</figcaption></figure>");
    }

    /// <summary>Puts a number and its unit on one line.</summary>
    public static string Unbroken(string text)
    {
        var result = new StringBuilder(text);
        for (var i = 1; i + 1 < result.Length; i++)
            if (result[i] == ' ' && char.IsAsciiDigit(result[i - 1]) && (char.IsLetter(result[i + 1]) || result[i + 1] == '%'))
                result[i] = '\u00A0';
        return result.ToString();
    }

    /// <summary>A text that can be copied: the page's script adds the button.</summary>
    public static Html Copyable(this Html html, string text) => html.Add($"<code data-copy>{text}</code>");

    /// <summary>A name that may go on in the next line where it has joints: a narrow column would else break it anywhere.</summary>
    private static Html Breakable(this Html html, string name)
    {
        var at = 0;
        for (var joint = name.IndexOfAny(Joints); joint >= 0; joint = name.IndexOfAny(Joints, at))
        {
            html.Add($"{name[at..(joint + 1)]}").Raw("<wbr>");
            at = joint + 1;
        }

        return html.Add($"{name[at..]}");
    }

    /// <summary>Words with their points in time marked, which a line never breaks apart.</summary>
    private static Html Words(this Html html, string text)
    {
        var at = 0;
        foreach (var match in Moment().EnumerateMatches(text))
        {
            html.Add($"{Unbroken(text[at..match.Index])}<time>{text.Substring(match.Index, match.Length)}</time>");
            at = match.Index + match.Length;
        }

        return html.Add($"{Unbroken(text[at..])}");
    }

    [GeneratedRegex(@"\d{4}-\d{2}-\d{2}( \d{2}:\d{2})?( UTC)?", RegexOptions.CultureInvariant)]
    private static partial Regex Moment();

    private static Html Files(this Html html, PageFigure figure)
    {
        html.Add($"<span class=\"files\"><a href=\"{figure.SvgFile}\" aria-label=\"{figure.Chart.Title} as SVG\">SVG</a>");
        if (figure.PngFile is not null) html.Add($" <a href=\"{figure.PngFile}\" aria-label=\"{figure.Chart.Title} as PNG\">PNG</a>");
        return html.Raw("</span>");
    }

    private static string Shorten(string name)
    {
        if (name.Length <= LongName) return name;
        var head = char.IsHighSurrogate(name[LongName / 2 - 1]) ? LongName / 2 - 1 : LongName / 2;
        var tail = char.IsLowSurrogate(name[^(LongName / 4)]) ? LongName / 4 - 1 : LongName / 4;
        return name[..head] + "…" + name[^tail..];
    }
}
