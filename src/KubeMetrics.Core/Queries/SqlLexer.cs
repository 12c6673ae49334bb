using System.Globalization;
using System.Text;

namespace KubeMetrics.Queries;

/// <summary>
/// Cuts Spark SQL into its pieces. Comments and white space are left out; what follows other rules in some Spark version
/// (quotes doubled inside quotes, letters beyond ASCII outside of them) is refused rather than guessed.
/// </summary>
internal sealed class SqlLexer
{
    private static readonly string[] Symbols =
    [
        "/*+", "<=>", "||", "|>", "->", "=>", "::", "==", "<>", "!=", "<=", ">=", "!<", "!>", "<<", "*/",
        "=", "<", ">", "+", "-", "*", "/", "%", "~", "&", "|", "^", "!", ".", ",", "(", ")", "[", "]", ";", ":", "?", "@", "#", "$", "{", "}",
    ];

    private readonly string _sql;
    private readonly List<SqlToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private int _lineStart;

    private SqlLexer(string sql) => _sql = sql;

    /// <summary>The pieces of a text, the last of them <see cref="SqlTokenKind.End"/>.</summary>
    /// <exception cref="QueryRefusedException">Something in it is no piece of SQL.</exception>
    public static IReadOnlyList<SqlToken> Read(string sql)
    {
        var lexer = new SqlLexer(sql);
        while (lexer.Next())
        {
        }

        return lexer._tokens;
    }

    private int Column => _at - _lineStart + 1;

    private char Peek(int ahead = 0) => _at + ahead < _sql.Length ? _sql[_at + ahead] : '\0';

    private bool Starts(string with) => string.CompareOrdinal(_sql, _at, with, 0, with.Length) == 0;

    private void Step()
    {
        if (_sql[_at++] != '\n') return;
        _line++;
        _lineStart = _at;
    }

    private QueryRefusedException Refused(string what, string remedy) => new(what, _line, Column, remedy);

    private bool Next()
    {
        SkipBlanks();
        var (line, column) = (_line, Column);
        if (_at == _sql.Length)
        {
            _tokens.Add(new SqlToken(SqlTokenKind.End, "", line, column));
            return false;
        }

        var c = _sql[_at];
        var (kind, text) = c switch
        {
            '\'' or '"' => (SqlTokenKind.String, ReadString(c)),
            'r' or 'R' when Peek(1) is '\'' or '"' => (SqlTokenKind.String, ReadRawString()),
            '`' => (SqlTokenKind.Name, ReadName()),
            '.' when char.IsAsciiDigit(Peek(1)) => (SqlTokenKind.Number, ReadNumber()),
            _ when char.IsAsciiDigit(c) => (SqlTokenKind.Number, ReadNumber()),
            _ when IsWordPart(c) => (SqlTokenKind.Word, ReadWhile(IsWordPart)),
            _ => (SqlTokenKind.Symbol, ReadSymbol()),
        };

        // Texts that follow one another are one text.
        if (kind == SqlTokenKind.String && _tokens is [.., { Kind: SqlTokenKind.String } before]) _tokens[^1] = before with { Text = before.Text + text };
        else _tokens.Add(new SqlToken(kind, text, line, column));
        return true;
    }

    private void SkipBlanks()
    {
        while (_at < _sql.Length)
        {
            if (_sql[_at] is ' ' or '\t' or '\r' or '\n') Step();
            else if (Starts("--")) SkipLine();
            else if (Starts("/*") && Peek(2) != '+') SkipComment();
            else return;
        }
    }

    // A backslash before the line's end lets the comment go on, as in Spark's grammar.
    private void SkipLine()
    {
        while (_at < _sql.Length && _sql[_at] != '\n')
        {
            if (_sql[_at] == '\\' && Peek(1) == '\n') Step();
            Step();
        }
    }

    private void SkipComment()
    {
        var start = Refused("a comment that starts here never ends", "close it with */, once for each /* within it");
        var depth = 0;
        do
        {
            if (_at >= _sql.Length) throw start;
            if (Starts("/*"))
            {
                depth++;
                _at += 2;
            }
            else if (Starts("*/"))
            {
                depth--;
                _at += 2;
            }
            else
            {
                Step();
            }
        }
        while (depth > 0);
    }

    private string ReadString(char quote)
    {
        var start = Refused("a text that starts here never ends", $"close it with {quote}");
        var text = new StringBuilder();
        Step();
        while (true)
        {
            if (_at >= _sql.Length) throw start;
            if (_sql[_at] == quote) break;
            if (_sql[_at] == '\\')
            {
                if (_at + 1 >= _sql.Length) throw start;
                ReadEscape(text);
            }
            else
            {
                text.Append(_sql[_at]);
                Step();
            }
        }

        Step();
        NoQuoteFollows();
        return Checked(text.ToString());
    }

    // As Spark's ParserUtils.unescapeSQLString reads them.
    private void ReadEscape(StringBuilder text)
    {
        Step();
        var c = _sql[_at];
        if (c == 'u' && Hex(4) is { } unit)
        {
            text.Append((char)unit);
            _at += 5;
        }
        else if (c == 'U' && Hex(8) is { } point)
        {
            if (point is > 0x10FFFF or (>= 0xD800 and <= 0xDFFF)) throw Refused("a \\U escape here names no character", @"write \U followed by eight hexadecimal digits up to 0010ffff");
            text.Append(char.ConvertFromUtf32((int)point));
            _at += 9;
        }
        else if (c is '0' or '1' && Peek(1) is >= '0' and <= '7' && Peek(2) is >= '0' and <= '7')
        {
            text.Append((char)(((c - '0') << 6) + ((Peek(1) - '0') << 3) + (Peek(2) - '0')));
            _at += 3;
        }
        else
        {
            _ = c switch
            {
                '0' => text.Append('\0'),
                'b' => text.Append('\b'),
                'n' => text.Append('\n'),
                'r' => text.Append('\r'),
                't' => text.Append('\t'),
                'Z' => text.Append('\u001a'),
                '%' or '_' => text.Append('\\').Append(c), // they stay escaped, for LIKE
                _ => text.Append(c),
            };
            Step();
        }
    }

    private uint? Hex(int digits) =>
        _at + digits < _sql.Length && uint.TryParse(_sql.AsSpan(_at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;

    private string ReadRawString()
    {
        var start = Refused("a text that starts here never ends", "close it with the quote it starts with");
        _at++;
        var quote = _sql[_at];
        var from = ++_at;
        while (_at < _sql.Length && _sql[_at] != quote) Step();
        if (_at >= _sql.Length) throw start;
        var text = _sql[from.._at];
        Step();
        NoQuoteFollows();
        return Checked(text);
    }

    private void NoQuoteFollows()
    {
        // One character in Spark 4, the end of one text and the start of the next in Spark 3.
        if (Peek() is '\'' or '"') throw Refused("two quotes stand beside one another, which Spark versions read differently", @"write \' or \"" for a quote within a text");
    }

    private string Checked(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0') throw Refused("a text here holds a NUL character", "leave it out; no label has one");
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) i++;
            else throw Refused("a text here holds half a surrogate pair, which is no character", "leave it out");
        }

        return text;
    }

    private string ReadName()
    {
        var start = (Line: _line, Column);
        var name = new StringBuilder();
        Step();
        while (true)
        {
            if (_at >= _sql.Length) throw new QueryRefusedException("a name in backticks that starts here never ends", start.Line, start.Column, "close it with `");
            if (_sql[_at] == '`')
            {
                if (Peek(1) != '`') break;
                _at++;
            }

            name.Append(_sql[_at]);
            Step();
        }

        Step();
        return SqlText.WhyNotName(name.ToString()) is { } why
            ? throw new QueryRefusedException($"a name in backticks {why}", start.Line, start.Column, "use another name")
            : name.ToString();
    }

    private string ReadNumber()
    {
        var from = _at;
        ReadWhile(char.IsAsciiDigit);
        if (Peek() == '.')
        {
            _at++;
            ReadWhile(char.IsAsciiDigit);
        }

        if (Peek() is 'e' or 'E' && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2)))))
        {
            _at += 2;
            ReadWhile(char.IsAsciiDigit);
        }

        if (Peek() is 'b' or 'B' && Peek(1) is 'd' or 'D') _at += 2;
        else if (char.ToUpperInvariant(Peek()) is 'L' or 'S' or 'Y' or 'F' or 'D') _at++;
        if (IsWordPart(Peek()) || Peek() == '.') throw Refused("a number is followed by what belongs to none", "put a space after it, or a name that starts with a digit in backticks");
        return _sql[from.._at];
    }

    private string ReadSymbol()
    {
        foreach (var symbol in Symbols)
        {
            if (!Starts(symbol)) continue;
            _at += symbol.Length;
            return symbol;
        }

        var rune = Rune.TryGetRuneAt(_sql, _at, out var whole) ? whole.Value : _sql[_at];
        throw Refused($"the character U+{rune:X4} can't stand outside of quotes", "write plain ASCII, and names with other letters in backticks");
    }

    private string ReadWhile(Func<char, bool> belongs)
    {
        var from = _at;
        while (_at < _sql.Length && belongs(_sql[_at])) _at++;
        return _sql[from.._at];
    }

    private static bool IsWordPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
