using System.Text.RegularExpressions;

namespace KubeMetrics.SparkDriver;

/// <summary>What the JVM says of an exception, as Spark's own SQL driver prints it: without the stack, and of Spark's own without their class.</summary>
internal static partial class JavaWords
{
    internal static string Of(string trace) =>
        string.Join('\n', SparksClass().Replace(trace, "").Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0 && !Frame().IsMatch(line)));

    [GeneratedRegex(@"^org\.apache\.spark\.[\w.$]+: ", RegexOptions.CultureInvariant)]
    private static partial Regex SparksClass();

    [GeneratedRegex(@"^\s+(at \S+\(.*\)|\.\.\. \d+ (more|common frames omitted))$", RegexOptions.CultureInvariant)]
    private static partial Regex Frame();
}
