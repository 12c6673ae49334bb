using System.Globalization;
using System.Text;

namespace KubeMetrics.Charts;

/// <summary>
/// Writes figures as SVG: real text, one document that serves light and dark, small. Colours are presentation attributes (for viewers without
/// CSS) under classes whose colours are CSS variables with fallbacks; there are no style attributes, so a strict content policy lets it be.
/// </summary>
public sealed class SvgCanvas : ICanvas
{
    /// <summary>The sans-serif that a system has; DejaVu Sans, whose widths the layout is made for, before an unknown one.</summary>
    private const string Fonts = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans','Noto Sans',sans-serif";

    private readonly StringBuilder _body = new(16 * 1024);
    private readonly string _id;
    private int _ids;

    // Marks of one kind that follow each other become one element.
    private RunKind _run;
    private Stroke _runStroke;
    private Fill _runFill;
    private TextStyle _runText;
    private long _penX, _penY;
    private char _command;

    private SvgCanvas(string id) => _id = id;

    private enum RunKind
    {
        None,
        Lines,
        Areas,
        Texts,
    }

    /// <summary>
    /// The style rules of figures. A page that inlines figures holds them once; it chooses the colours by the variables of
    /// <see cref="Palette.Variable"/>, else they follow <c>prefers-color-scheme</c>. Words are in the page's <c>currentColor</c>.
    /// </summary>
    public static string StyleSheet { get; } = MakeStyleSheet();

    /// <summary>A figure as SVG.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="inline">
    /// True for an element to put into a page that holds <see cref="StyleSheet"/>; false for a document that stands alone, with its own ground.
    /// </param>
    public static string Render(Figure figure, bool inline = false) => Document(figure, Body(figure), inline);

    /// <summary>Both at once, drawn once, in UTF-8.</summary>
    internal static (byte[] Alone, byte[] Inline) RenderBoth(Figure figure)
    {
        var body = Body(figure);
        return (Encoding.UTF8.GetBytes(Document(figure, body, inline: false)), Encoding.UTF8.GetBytes(Document(figure, body, inline: true)));
    }

    private static StringBuilder Body(Figure figure)
    {
        var canvas = new SvgCanvas(figure.Id);
        figure.Draw(canvas);
        canvas.EndRun();
        return canvas._body;
    }

    private static string Document(Figure figure, StringBuilder body, bool inline)
    {
        var svg = new StringBuilder(body.Length + 4096);
        svg.Append("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"km\" viewBox=\"0 0 ");
        Append(svg, Tenths(figure.Width));
        svg.Append(' ');
        Append(svg, Tenths(figure.Height));
        svg.Append("\" role=\"img\" aria-labelledby=\"").Append(figure.Id).Append("_t ").Append(figure.Id).Append("_d\" font-family=\"")
            .Append(Fonts).Append("\" fill=\"none\"");
        if (!inline) svg.Append(" color=\"").Append(Palette.Light(Ink.Text)).Append('"');
        svg.Append("><title id=\"").Append(figure.Id).Append("_t\">");
        SafeText.Escape(svg, figure.Title);
        svg.Append("</title><desc id=\"").Append(figure.Id).Append("_d\">");
        SafeText.Escape(svg, figure.Description);
        svg.Append("</desc>");
        if (!inline)
        {
            svg.Append("<style>").Append(StyleSheet).Append(OwnGround).Append("</style>");
            svg.Append("<path class=\"km-f-ground\" fill=\"").Append(Palette.Light(Ink.Ground)).Append("\" d=\"M0 0h");
            Append(svg, Tenths(figure.Width));
            svg.Append('v');
            Append(svg, Tenths(figure.Height));
            svg.Append("H0z\"/>");
        }
        return svg.Append(body).Append("</svg>").ToString();
    }

    private static string OwnGround { get; } = string.Create(CultureInfo.InvariantCulture,
        $".km{{color:{Palette.Light(Ink.Text)}}}@media(prefers-color-scheme:dark){{.km{{color:{Palette.Dark(Ink.Text)}}}}}");

    /// <inheritdoc/>
    public void Line(double x1, double y1, double x2, double y2, Stroke stroke)
    {
        BeginLines(stroke);
        Move(x1, y1);
        LineTo(x2, y2);
    }

    /// <inheritdoc/>
    public void Rectangle(Rect rect, Fill fill)
    {
        BeginAreas(fill);
        Move(rect.Left, rect.Top);
        LineTo(rect.Right, rect.Top);
        LineTo(rect.Right, rect.Bottom);
        LineTo(rect.Left, rect.Bottom);
        Close(rect.Left, rect.Top);
    }

    /// <inheritdoc/>
    public void Stroke(Outline path, Stroke stroke)
    {
        if (path.IsEmpty) return;
        BeginLines(stroke);
        Write(path);
    }

    /// <inheritdoc/>
    public void Fill(Outline path, Fill fill)
    {
        if (path.IsEmpty) return;
        BeginAreas(fill);
        Write(path);
    }

    /// <inheritdoc/>
    public void Circles(IReadOnlyList<Point> centres, double radius, Stroke stroke)
    {
        EndRun();
        if (centres.Count == 0) return;
        var r = radius.ToString("0.#", CultureInfo.InvariantCulture);
        if (centres.Count == 1)
        {
            _body.Append("<circle r=\"").Append(r).Append("\" cx=\"");
            Append(_body, Tenths(centres[0].X));
            _body.Append("\" cy=\"");
            Append(_body, Tenths(centres[0].Y));
            _body.Append('"');
            StrokeAttributes(stroke);
            _body.Append("/>");
            return;
        }
        // A marker at each point of an unseen line takes a few bytes a circle, where an element each would take fifty.
        var marker = NextId();
        _body.Append("<marker id=\"").Append(marker).Append("\" markerUnits=\"userSpaceOnUse\" overflow=\"visible\"><circle r=\"").Append(r).Append('"');
        StrokeAttributes(stroke);
        _body.Append("/></marker><path marker-start=\"url(#").Append(marker).Append(")\" marker-mid=\"url(#").Append(marker)
            .Append(")\" marker-end=\"url(#").Append(marker).Append(")\" d=\"");
        Move(centres[0].X, centres[0].Y);
        for (var i = 1; i < centres.Count; i++) LineTo(centres[i].X, centres[i].Y);
        _body.Append("\"/>");
    }

    /// <inheritdoc/>
    public void Text(double x, double y, string text, TextStyle style, string? full = null)
    {
        if (_run != RunKind.Texts || _runText != style)
        {
            EndRun();
            _run = RunKind.Texts;
            _runText = style;
            _body.Append("<g class=\"km-f-").Append(Name(style.Ink));
            if (style.Halo) _body.Append(" km-halo");
            _body.Append("\" fill=\"").Append(Fallback(style.Ink)).Append("\" font-size=\"");
            Append(_body, Tenths(style.Size));
            _body.Append('"');
            if (style.Anchor != Anchor.Start) _body.Append(style.Anchor == Anchor.Middle ? " text-anchor=\"middle\"" : " text-anchor=\"end\"");
            if (style.Bold) _body.Append(" font-weight=\"600\"");
            if (style.Halo)
                _body.Append(" stroke=\"").Append(Fallback(Ink.Ground)).Append("\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\"");
            _body.Append('>');
        }
        _body.Append("<text x=\"");
        Append(_body, Tenths(x));
        _body.Append("\" y=\"");
        Append(_body, Tenths(y));
        _body.Append("\">");
        if (full is not null)
        {
            _body.Append("<title>");
            SafeText.Escape(_body, full);
            _body.Append("</title>");
        }
        SafeText.Escape(_body, text);
        _body.Append("</text>");
    }

    /// <inheritdoc/>
    public void BeginClip(Rect rect)
    {
        EndRun();
        var clip = NextId();
        _body.Append("<clipPath id=\"").Append(clip).Append("\"><path d=\"");
        Write(new Outline().Rectangle(rect.Left, rect.Top, rect.Right, rect.Bottom));
        _body.Append("\"/></clipPath><g clip-path=\"url(#").Append(clip).Append(")\">");
    }

    /// <inheritdoc/>
    public void EndClip()
    {
        EndRun();
        _body.Append("</g>");
    }

    private string NextId() => string.Create(CultureInfo.InvariantCulture, $"{_id}_{++_ids}");

    private void BeginLines(Stroke stroke)
    {
        if (_run == RunKind.Lines && _runStroke == stroke) return;
        EndRun();
        _run = RunKind.Lines;
        _runStroke = stroke;
        _body.Append("<path");
        StrokeAttributes(stroke);
        _body.Append(" d=\"");
    }

    private void BeginAreas(Fill fill)
    {
        if (_run == RunKind.Areas && _runFill == fill) return;
        EndRun();
        _run = RunKind.Areas;
        _runFill = fill;
        _body.Append("<path class=\"km-f-").Append(Name(fill.Ink)).Append("\" fill=\"").Append(Fallback(fill.Ink)).Append('"');
        if (fill.Opacity < 1) _body.Append(" fill-opacity=\"").Append(fill.Opacity.ToString("0.##", CultureInfo.InvariantCulture)).Append('"');
        _body.Append(" d=\"");
    }

    private void EndRun()
    {
        if (_run is RunKind.Lines or RunKind.Areas) _body.Append("\"/>");
        else if (_run == RunKind.Texts) _body.Append("</g>");
        _run = RunKind.None;
    }

    private void StrokeAttributes(Stroke stroke)
    {
        _body.Append(" class=\"km-s-").Append(Name(stroke.Ink)).Append("\" stroke=\"").Append(Fallback(stroke.Ink)).Append('"');
        if (stroke.Width != 1) _body.Append(" stroke-width=\"").Append(stroke.Width.ToString("0.##", CultureInfo.InvariantCulture)).Append('"');
        if (stroke.Width > 1) _body.Append(" stroke-linejoin=\"round\"");
        if (stroke.Dash == Dash.Dashed) _body.Append(" stroke-dasharray=\"5 4\"");
        if (stroke.Dash == Dash.Dotted) _body.Append(" stroke-dasharray=\"1 3\"");
        if (stroke.Opacity < 1) _body.Append(" stroke-opacity=\"").Append(stroke.Opacity.ToString("0.##", CultureInfo.InvariantCulture)).Append('"');
    }

    private void Write(Outline path)
    {
        for (var i = 0; i < path.Pieces; i++)
        {
            var points = path.Piece(i, out var closed);
            Move(points[0].X, points[0].Y);
            foreach (var point in points[1..]) LineTo(point.X, point.Y);
            if (closed) Close(points[0].X, points[0].Y);
        }
    }

    private void Move(double x, double y)
    {
        var (toX, toY) = (Tenths(x), Tenths(y));
        // The first of a path from the origin, the others from where the pen is: shorter numbers.
        var first = _body[^1] == '"';
        var (dx, dy) = first ? (toX, toY) : (toX - _penX, toY - _penY);
        (_penX, _penY) = (toX, toY);
        _command = first ? 'M' : 'm';
        _body.Append(_command);
        Append(_body, dx);
        if (dy >= 0) _body.Append(' ');
        Append(_body, dy);
    }

    // Relative to where the pen really is after rounding, so that errors don't add up.
    private void LineTo(double x, double y)
    {
        var (toX, toY) = (Tenths(x), Tenths(y));
        var (dx, dy) = (toX - _penX, toY - _penY);
        (_penX, _penY) = (toX, toY);
        if (dx == 0 && dy == 0) return;
        if (dy == 0) Command('h', dx);
        else if (dx == 0) Command('v', dy);
        else
        {
            Command('l', dx);
            if (dy > 0) _body.Append(' ');
            Append(_body, dy);
        }
    }

    // A command that is the same as the one before need not be named again.
    private void Command(char command, long first)
    {
        if (command != _command) _body.Append(command);
        else if (first >= 0) _body.Append(' ');
        _command = command;
        Append(_body, first);
    }

    private void Close(double x, double y)
    {
        (_penX, _penY) = (Tenths(x), Tenths(y));
        _command = 'z';
        _body.Append('z');
    }

    private static long Tenths(double value) => double.IsFinite(value) ? (long)Math.Round(Math.Clamp(value, -1e6, 1e6) * 10) : 0;

    // 12.5, .5, -3: no digit that isn't needed.
    private static void Append(StringBuilder to, long tenths)
    {
        if (tenths < 0) to.Append('-');
        var (whole, tenth) = Math.DivRem(Math.Abs(tenths), 10);
        if (whole != 0 || tenth == 0) to.Append(CultureInfo.InvariantCulture, $"{whole}");
        if (tenth != 0) to.Append('.').Append((char)('0' + tenth));
    }

    private static string Name(Ink ink) => ink switch
    {
        Ink.Text => "text",
        Ink.Muted => "muted",
        Ink.Grid => "grid",
        Ink.Accent => "accent",
        Ink.Second => "second",
        _ => "ground",
    };

    private static string Fallback(Ink ink) => ink == Ink.Text ? "currentColor" : Palette.Light(ink);

    private static string MakeStyleSheet()
    {
        var css = new StringBuilder(".km-f-text{fill:currentColor}.km-s-text{stroke:currentColor}.km text{font-variant-numeric:tabular-nums}");
        Ink[] inks = [Ink.Muted, Ink.Grid, Ink.Accent, Ink.Second, Ink.Ground];
        foreach (var ink in inks) Rules(ink, Palette.Light(ink));
        css.Append("@media(prefers-color-scheme:dark){");
        foreach (var ink in inks) Rules(ink, Palette.Dark(ink));
        return css.Append('}').ToString();

        void Rules(Ink ink, string colour)
        {
            var name = Name(ink);
            css.Append(CultureInfo.InvariantCulture, $".km-f-{name}{{fill:var({Palette.Variable(ink)},{colour})}}.km-s-{name}");
            if (ink == Ink.Ground) css.Append(",.km-halo");
            css.Append(CultureInfo.InvariantCulture, $"{{stroke:var({Palette.Variable(ink)},{colour})}}");
        }
    }
}
