using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using KubeMetrics.Charts;

namespace KubeMetrics.Reports.Page;

/// <summary>
/// HTML while it is written. What stands in the program's own text is markup; whatever is put into a hole of it is text
/// and is escaped, so nothing out of the data can become markup by being forgotten.
/// </summary>
/// <param name="to">Takes it, in UTF-8; all of it once <see cref="Flush"/> was called.</param>
internal sealed class Html(IBufferWriter<byte> to)
{
    // What stands between two drawings.
    private readonly StringBuilder _text = new(16 * 1024);

    /// <summary>Appends markup whose holes are escaped.</summary>
    public Html Add([InterpolatedStringHandlerArgument("")] ref Holes markup) => this;

    /// <summary>Appends markup that is known to be safe: the program's own.</summary>
    public Html Raw(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <summary>The same, of what is UTF-8 already: drawings are nearly all of a page, and are not turned around for it.</summary>
    public Html Raw(ReadOnlyMemory<byte> markup)
    {
        Flush();
        to.Write(markup.Span);
        return this;
    }

    /// <summary>Hands on what was written so far.</summary>
    public void Flush()
    {
        // As one text: a pair of surrogates may lie across two chunks.
        Encoding.UTF8.GetBytes(_text.ToString(), to);
        _text.Clear();
    }

    /// <summary>Takes an interpolated string apart: its own text goes in as it is, its holes escaped.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Holes
    {
        private readonly Html _html;

        public Holes(int literalLength, int formattedCount, Html html) => _html = html;

        public void AppendLiteral(string markup) => _html._text.Append(markup);

        public void AppendFormatted(string? text) => SafeText.Escape(_html._text, text ?? "");

        public void AppendFormatted(long number) => _html._text.Append(CultureInfo.InvariantCulture, $"{number}");

        public void AppendFormatted(double number) => _html._text.Append(CultureInfo.InvariantCulture, $"{number:R}");
    }
}
