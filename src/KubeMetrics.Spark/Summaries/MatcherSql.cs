using System.Text;
using KubeMetrics.Prometheus;
using KubeMetrics.Queries;

namespace KubeMetrics.Spark.Summaries;

/// <summary>Label matchers as conditions of Spark SQL that hold for the same series.</summary>
internal static class MatcherSql
{
    // What these mean in .NET, where matchers are read: a dot is any character, $ stands before the last line feed alone, \d and \w are of any script.
    private const string Flags = "(?sdU)";

    /// <summary>The condition.</summary>
    /// <param name="matcher">The matcher.</param>
    /// <param name="labels">A map of labels, none of them empty.</param>
    /// <exception cref="FormatException">Its expression says something that Java's can't.</exception>
    internal static string Condition(LabelMatcher matcher, string labels)
    {
        var label = $"coalesce({labels}[{SqlText.String(matcher.Label)}], '')";
        return matcher.Operator switch
        {
            MatchOperator.Equal => $"{label} = {SqlText.String(matcher.Value)}",
            MatchOperator.NotEqual => $"{label} <> {SqlText.String(matcher.Value)}",
            MatchOperator.Regex => $"{label} RLIKE {Expression(matcher)}",
            _ => $"NOT {label} RLIKE {Expression(matcher)}",
        };
    }

    private static string Expression(LabelMatcher matcher) => SqlText.String($"{Flags}^(?:{InJava(matcher)})\\z");

    /// <summary>Within brackets Java takes <c>[</c> and <c>&amp;&amp;</c> for sets of sets, which they are nowhere else.</summary>
    private static string InJava(LabelMatcher matcher)
    {
        var java = new StringBuilder(matcher.Value.Length);
        var (text, inClass, first) = (matcher.Value, false, 0);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && i + 1 < text.Length)
            {
                java.Append(c).Append(text[++i]);
                continue;
            }

            if (!inClass)
            {
                java.Append(c);
                if (c != '[') continue;
                inClass = true;
                first = i + 1;
                if (first < text.Length && text[first] == '^')
                {
                    java.Append('^');
                    i = first++;
                }

                continue;
            }

            if (c == '[' && text[i - 1] == '-' && i > first + 1)
                throw new FormatException($"The expression '{text}' for label '{matcher.Label}' takes one set of characters from another, which Prometheus has not; write the characters out.");
            if (c is '[' or '&' || (c == ']' && i == first)) java.Append('\\');
            java.Append(c);
            inClass = c != ']' || i == first;
        }

        return java.ToString();
    }
}
