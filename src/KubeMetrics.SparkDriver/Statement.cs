using System.Text.RegularExpressions;

namespace KubeMetrics.SparkDriver;

/// <summary>One statement of a script.</summary>
/// <param name="Line">Where it starts: its line in the script, from 1.</param>
/// <param name="Text">The statement, without what stands before it and without its semicolon.</param>
internal sealed partial record Statement(int Line, string Text)
{
    private const int Longest = 72;

    /// <summary>Its first words, on one line.</summary>
    internal string Start
    {
        get
        {
            var words = Blanks().Replace(Text.Length > 4 * Longest ? Text[..(4 * Longest)] : Text, " ");
            return words.Length > Longest ? words[..Longest] + "…" : words;
        }
    }

    /// <summary>
    /// Cuts a script at its semicolons, as Spark's grammar reads it: not within quotes, backticks and comments. Nothing else is
    /// taken out of it or made of it: what is no SQL is for Spark to refuse.
    /// </summary>
    /// <exception cref="FormatException">A quote, a backtick or a comment that is never closed: where one statement ends can't be told.</exception>
    internal static IReadOnlyList<Statement> Of(string script)
    {
        var statements = new List<Statement>();
        var (at, line, from, fromLine) = (0, 1, -1, 0);
        while (at < script.Length)
        {
            var c = script[at];
            var isComment = IsAt(script, at, "--") || (IsAt(script, at, "/*") && !IsAt(script, at, "/*+"));
            var end = c switch
            {
                '\'' or '"' => EndOfText(script, at, line),
                '`' => EndOfName(script, at, line),
                _ when isComment => c == '-' ? EndOfLine(script, at) : EndOfComment(script, at, line),
                _ => at + 1,
            };
            if (c == ';' && from >= 0)
            {
                statements.Add(new Statement(fromLine, script[from..at].TrimEnd()));
                from = -1;
            }
            else if (from < 0 && c != ';' && !isComment && !char.IsWhiteSpace(c))
            {
                (from, fromLine) = (at, line);
            }

            line += script.AsSpan(at, end - at).Count('\n');
            at = end;
        }

        if (from >= 0) statements.Add(new Statement(fromLine, script[from..].TrimEnd()));
        return statements;
    }

    private static bool IsAt(string script, int at, string what) => string.CompareOrdinal(script, at, what, 0, what.Length) == 0;

    // Raw texts (r'…') know no backslash; the r is one's own only where it is not a name's last letter.
    private static int EndOfText(string script, int at, int line)
    {
        var quote = script[at];
        var isRaw = at > 0 && script[at - 1] is 'r' or 'R' && (at == 1 || !(char.IsAsciiLetterOrDigit(script[at - 2]) || script[at - 2] == '_'));
        for (var i = at + 1; i < script.Length; i++)
        {
            if (script[i] == quote) return i + 1;
            if (script[i] == '\\' && !isRaw) i++;
        }

        throw Open("A text in quotes", line);
    }

    // A backslash before the line's end lets the comment go on.
    private static int EndOfLine(string script, int at)
    {
        while (at < script.Length && script[at] is not ('\n' or '\r')) at += IsAt(script, at, "\\\n") ? 2 : 1;
        return at;
    }

    // Comments stand in comments; a hint within one is none.
    private static int EndOfComment(string script, int at, int line)
    {
        var depth = 0;
        for (var i = at; i < script.Length - 1; i++)
        {
            if (IsAt(script, i, "/*") && !IsAt(script, i, "/*+")) depth++;
            else if (IsAt(script, i, "*/")) depth--;
            else continue;
            if (depth == 0) return i + 2;
            i++;
        }

        throw Open("A comment", line);
    }

    // A backtick within one is written twice, which reads as two names: it ends where the last one does.
    private static int EndOfName(string script, int at, int line) =>
        script.IndexOf('`', at + 1) is >= 0 and var end ? end + 1 : throw Open("A name in backticks", line);

    private static FormatException Open(string what, int line) => new($"{what} that starts on line {line} of the script is never closed.");

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
