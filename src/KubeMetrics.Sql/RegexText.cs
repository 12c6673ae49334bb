using System.Text;

namespace KubeMetrics.Sql;

/// <summary>Regular expressions in the part that Java (Spark) and RE2 (DuckDB) both have, written so that RE2 means what Java means.</summary>
internal static class RegexText
{
    private const string LineEnds = @"\n\r\x{85}\x{2028}\x{2029}";

    /// <summary>The expression for RE2; null where it has anything else.</summary>
    public static string? Translate(string java)
    {
        var re2 = new StringBuilder();
        var inClass = false;
        for (var i = 0; i < java.Length; i++)
        {
            var c = java[i];
            switch (c)
            {
                case '\\':
                    if (++i == java.Length || java[i] is not ('d' or 'w' or 's' or '.' or '-' or '/' or '\\' or '(' or ')' or '[' or ']' or '*' or '+' or '?' or '|' or '^' or '$' or '{' or '}')) return null;
                    re2.Append(java[i] is 's' ? (inClass ? @" \t\n\x{0b}\f\r" : @"[ \t\n\x{0b}\f\r]") : "\\" + java[i]);
                    break;
                case '[' when !inClass:
                    inClass = true;
                    re2.Append(c);
                    if (i + 1 < java.Length && java[i + 1] == '^') re2.Append(java[++i]);
                    if (i + 1 < java.Length && java[i + 1] == ']') return null;
                    break;
                case '[' or '&' or '^' when inClass:
                    return null;
                case ']':
                    if (!inClass) return null;
                    inClass = false;
                    re2.Append(c);
                    break;
                case '.' when !inClass:
                    re2.Append($"[^{LineEnds}]");
                    break;
                case '$' when !inClass:
                    if (i + 1 < java.Length && java[i + 1] is not (')' or '|')) return null;
                    re2.Append($@"(?:\r\n|[{LineEnds}])?\z");
                    break;
                case '(' when !inClass:
                    re2.Append(c);
                    if (i + 1 < java.Length && java[i + 1] == '?')
                    {
                        if (i + 2 >= java.Length || java[i + 2] != ':') return null;
                        re2.Append("?:");
                        i += 2;
                    }

                    break;
                case '+' when !inClass && i > 0 && java[i - 1] is ('+' or '*' or '?'): // possessive
                    return null;
                case '{' or '}' when !inClass:
                    return null;
                default:
                    re2.Append(c);
                    break;
            }
        }

        return inClass ? null : re2.ToString();
    }
}
