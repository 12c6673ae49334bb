using System.Globalization;
using System.Text;

namespace KubeMetrics.Queries;

/// <summary>
/// Writes texts and names into Spark SQL so that nothing in them can leave its place: neither for Spark's parser nor for the
/// SQL driver, which cuts a script into statements before that, by rules of its own.
/// </summary>
public static class SqlText
{
    /// <summary>
    /// A text as a literal, in ASCII: the script reads the same whatever encoding the driver's machine has. <c>${</c> is
    /// written <c>$\{</c>, which means the same and is no variable, even where substitution is switched on.
    /// </summary>
    /// <param name="text">Any text without NUL and without half surrogates.</param>
    /// <exception cref="ArgumentException">It has one of those.</exception>
    public static string String(string text)
    {
        var literal = new StringBuilder(text.Length + 2).Append('\'');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            switch (c)
            {
                case '\0':
                    throw new ArgumentException("A text for SQL holds a NUL character, which no label or path has.", nameof(text));
                case '\'':
                    literal.Append("\\'");
                    break;
                case '\\':
                    literal.Append(@"\\");
                    break;
                case '\n':
                    literal.Append("\\n");
                    break;
                case '\r':
                    literal.Append("\\r");
                    break;
                case '\t':
                    literal.Append("\\t");
                    break;
                case '{' when i > 0 && text[i - 1] == '$':
                    literal.Append("\\{");
                    break;
                case >= ' ' and <= '~':
                    literal.Append(c);
                    break;
                default:
                    if (char.IsSurrogate(c) && !IsPaired(text, i)) throw new ArgumentException("A text for SQL holds half a surrogate pair, which is no character.", nameof(text));
                    literal.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
            }
        }

        return literal.Append('\'').ToString();
    }

    /// <summary>A name in backticks.</summary>
    /// <param name="name">
    /// The name: not empty, and without quotes, backslashes, semicolons, comment signs and invisible characters. The SQL
    /// driver knows no backticks when it looks for the end of a statement: such characters would mislead it.
    /// </param>
    /// <exception cref="ArgumentException">It has one of those.</exception>
    public static string Name(string name) =>
        WhyNotName(name) is { } why ? throw new ArgumentException($"A name in SQL {why}.", nameof(name)) : $"`{name.Replace("`", "``")}`";

    /// <summary>What a name has that it may not have, as the end of a sentence; null where it is a good one.</summary>
    public static string? WhyNotName(string name)
    {
        if (name.Length == 0) return "is empty";
        if (name.Contains("${", StringComparison.Ordinal)) return "holds '${', which Spark may take for a variable";
        if (name.Contains("--", StringComparison.Ordinal) || name.Contains("/*", StringComparison.Ordinal) || name.Contains("*/", StringComparison.Ordinal)) return "holds a comment sign, which misleads Spark's driver";
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] is '\'' or '"' or '\\' or ';') return $"holds {name[i]}, which misleads Spark's driver";
            if (char.IsSurrogate(name[i]) ? !IsPaired(name, i) : IsInvisible(name[i])) return "holds an invisible character";
        }

        return null;
    }

    private static bool IsPaired(string text, int i) =>
        char.IsHighSurrogate(text[i]) ? i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) : i > 0 && char.IsHighSurrogate(text[i - 1]);

    private static bool IsInvisible(char c) =>
        c != ' ' && char.GetUnicodeCategory(c) is (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator);
}
