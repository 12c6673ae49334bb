using KubeMetrics.Prometheus;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Summaries;

namespace KubeMetrics.Spark.Tests.Summaries;

/// <summary>Matchers on labels' values, as Spark has them and as the program has them.</summary>
internal static class Matching
{
    private static readonly string[] LabelValues = ["", "a", "b", "ab", "A", "é", "a\nb", "a\n", "1", "٣", "_", "a.b", "[", "]", "&", "&&", "-", "\\", "^", "it's \"q\""];

    private static readonly string[] Matchers =
    [
        "l=", "l!=", "l=a", "l!=a", "l=~", "l!~", "l=~.*", "l=~.+", "l=~.", "l=~a|ab", "l!~a|ab", "l=~^a$", "l=~a$", "l=~a.b", "l=~a\\.b", "l=~(?i)a", "l=~(?i)É", "l=~\\d", "l=~\\w", "l=~[\\w.]+", "l=~\\W", "l=~\\s*",
        "l=~[[]", "l=~[]a]", "l=~[^]a]", "l=~[^[]", "l=~[a&&b]", "l=~[&]+", "l=~[-a]", "l=~[a-]", "l=~[a\\-z]", "l=~[\\[\\]]", "l=~\\[", "l=~a{1,2}b?", "l=~\\\\", "l=~[\\\\^]", "l=~it's \"q\"", "l=~(a)(b)?",
    ];

    /// <summary>Asks Spark.</summary>
    public static string Script() => string.Concat(Matchers.Select((matcher, i) =>
    {
        var condition = MatcherSql.Condition(LabelMatcher.Parse(matcher), "IF(v = '', map(), map('l', v))");
        return $"SELECT 'matcher', {i}, concat_ws(' ', transform(array({string.Join(", ", LabelValues.Select(SqlText.String))}), v -> CAST({condition} AS STRING)));\n";
    }));

    /// <summary>What Spark said.</summary>
    public static IEnumerable<string> BySpark(string output) => output.Split('\n').Where(line => line.StartsWith("matcher\t", StringComparison.Ordinal)).Select(line => line.Split('\t'))
        .SelectMany(row => row[2].Split(' ').Select((matches, i) => $"{Matchers[int.Parse(row[1])]} on '{LabelValues[i]}': {bool.Parse(matches)}"));

    /// <summary>What it should have said.</summary>
    public static IEnumerable<string> InProcess() =>
        Matchers.SelectMany(matcher => LabelValues.Select(value => $"{matcher} on '{value}': {LabelMatcher.Parse(matcher).Matches(value)}"));
}
