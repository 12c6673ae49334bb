using System.Text.RegularExpressions;

namespace KubeMetrics.Spark.Clusters;

/// <summary>Why something did not work, in Spark's own words: one line, and never a stack.</summary>
internal static partial class SparkReasons
{
    /// <summary>Of a driver that said nothing of why it ended.</summary>
    internal const string Wordless = "Its process ended without a word: it was killed, or ran out of memory.";

    private const int Longest = 1000;
    private const string InThread = "Exception in thread ", CausedBy = "Caused by: ";

    /// <summary>What a driver that failed said of it: the SQL driver on its standard error, one that DotnetRunner started on its standard output.</summary>
    internal static string? OfLog(DriverLog log) => OfErrors(log.Output) ?? OfErrors(log.Errors);

    /// <summary>
    /// What a driver that failed said of it on its standard error. A statement that fails ends the script, so it is looked for
    /// after the last statement that did not; null where nothing is said.
    /// </summary>
    internal static string? OfErrors(string text)
    {
        var lines = text.Split('\n');
        lines = lines[(Array.FindLastIndex(lines, line => line.StartsWith("Time taken: ", StringComparison.Ordinal)) + 1)..];
        return lines.FirstOrDefault(line => NamedError().IsMatch(line)) is { } named ? OneLine(named)
            : lines.Select(line => Unopened().Match(line)).FirstOrDefault(match => match.Success) is { } unopened ? OneLine(unopened.Value)
            : lines.FirstOrDefault(line => Aborted().IsMatch(line)) is { } aborted ? OfThrown(aborted)
            : Enumerable.Range(0, lines.Length).Cast<int?>().FirstOrDefault(i => IsEnd(lines, i!.Value)) is { } thrown ? OfThrown(Cause(lines, thrown))
            : null;
    }

    // What is logged on the way is not why it ended; what ends a thread nobody logs.
    private static bool IsEnd(string[] lines, int i) =>
        Thrown().IsMatch(lines[i]) && (i == 0 || lines[i].StartsWith(InThread, StringComparison.Ordinal) || !Logged().IsMatch(lines[i - 1]));

    /// <summary>What was thrown, or, where that says nothing, what caused it: Spark's named error, else the deepest.</summary>
    private static string Cause(string[] lines, int thrown)
    {
        if (!Hollow().IsMatch(lines[thrown])) return lines[thrown];
        var causes = lines[(thrown + 1)..].TakeWhile(line => !Logged().IsMatch(line)).Where(line => line.StartsWith(CausedBy, StringComparison.Ordinal)).Select(line => line[CausedBy.Length..]).ToList();
        return causes.Find(line => NamedErrorWithin().IsMatch(line)) ?? causes.LastOrDefault() ?? lines[thrown];
    }

    /// <summary>What a message says that may hold a Java stack; null where it says nothing.</summary>
    internal static string? OfMessage(string? message) =>
        message?.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0 && line != "Exception from the cluster:") is { } line ? OfThrown(line) : null;

    private static string OfThrown(string line)
    {
        if (Denied().Match(line) is { Success: true } denied)
            return OneLine($"[ACCESS_DENIED] The cluster may not open {denied.Groups[1].Value}: the keys in its workers' environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY; see Spark:KeysOf) are wrong, or may not do that.");
        var named = NamedErrorWithin().Match(line);
        if (named.Success) return OneLine(line[named.Index..]);
        var task = TaskFailure().Match(line);
        if (task.Success) line = task.Groups[1].Value;
        line = ThreadsName().Replace(line, "");
        return OneLine(ClassName().Replace(line, match => match.Groups["class"].Value is "Exception" or "RuntimeException" or "SparkException" ? "" : $"{match.Groups["class"].Value}: "));
    }

    private static string OneLine(string text)
    {
        var line = string.Concat(text.Take(Longest).Select(c => char.IsControl(c) ? ' ' : c)).TrimEnd(' ', ';');
        return text.Length > Longest ? line + "…" : line;
    }

    [GeneratedRegex(@"^\[[A-Z][A-Z0-9_.]*\] ", RegexOptions.CultureInvariant)]
    private static partial Regex NamedError();

    [GeneratedRegex(@"\[[A-Z][A-Z0-9_.]*[_.][A-Z0-9_.]*\] ", RegexOptions.CultureInvariant)]
    private static partial Regex NamedErrorWithin();

    [GeneratedRegex(@"Could not open input file for reading\..*", RegexOptions.CultureInvariant)]
    private static partial Regex Unopened();

    [GeneratedRegex(@"^Job aborted due to stage failure: ", RegexOptions.CultureInvariant)]
    private static partial Regex Aborted();

    [GeneratedRegex(@"^(Exception in thread |([\w$]+\.)+[\w$]*(Exception|Error)\b)", RegexOptions.CultureInvariant)]
    private static partial Regex Thrown();

    // Nothing but that something was thrown.
    [GeneratedRegex(@"InvocationTargetException\s*$|Exception thrown in awaitResult: *$", RegexOptions.CultureInvariant)]
    private static partial Regex Hollow();

    [GeneratedRegex(@"AccessDeniedException: (s3a://\S+?): ", RegexOptions.CultureInvariant)]
    private static partial Regex Denied();

    [GeneratedRegex(@"^\d\d/\d\d/\d\d \d\d:\d\d:\d\d [A-Z]+ ", RegexOptions.CultureInvariant)]
    private static partial Regex Logged();

    [GeneratedRegex(@"Job aborted due to stage failure: .*most recent failure: Lost task [^(]*\(TID \d+\) \([^)]*\): (.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex TaskFailure();

    [GeneratedRegex(@"^Exception in thread ""[^""]*"" ", RegexOptions.CultureInvariant)]
    private static partial Regex ThreadsName();

    [GeneratedRegex(@"^([\w$]+\.)+(?<class>[\w$]*(Exception|Error)): ", RegexOptions.CultureInvariant)]
    private static partial Regex ClassName();
}
