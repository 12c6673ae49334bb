using System.Text.RegularExpressions;

namespace KubeMetrics.Spark.Clusters.Standalone;

/// <summary>What drivers wrote, from the pages of their worker.</summary>
internal sealed partial class WorkerLogs(ClusterHttp http)
{
    // A launch command holds each property, those of S3A too.
    private const int HeadBytes = 64 << 10;

    /// <summary>The start of what a driver wrote, of its standard error launch command and all; empty where there is none.</summary>
    internal async Task<string> HeadAsync(Uri worker, string driver, CancellationToken cancellationToken, string kind = "stderr") =>
        (await ReadAsync(worker, driver, kind, $"offset=0&byteLength={HeadBytes}", HeadBytes, cancellationToken)).Text;

    /// <summary>The end of what a driver wrote, in whole lines, without its launch command; empty where there is none.</summary>
    /// <param name="worker">The worker's pages.</param>
    /// <param name="driver">Its id.</param>
    /// <param name="kind"><c>stdout</c> or <c>stderr</c>.</param>
    /// <param name="bytes">How much of it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal async Task<string> TailAsync(Uri worker, string driver, string kind, int bytes, CancellationToken cancellationToken)
    {
        var (start, text) = await ReadAsync(worker, driver, kind, $"byteLength={bytes}", bytes, cancellationToken);
        if (start > 0) text = text[(text.IndexOf('\n') + 1)..];      // a line that was cut, maybe the launch command
        return kind == "stderr" ? WithoutLaunchCommand(text) : text;
    }

    /// <summary>Whether a standard error's launch command starts an application of this name.</summary>
    internal static bool IsOf(string head, string appName) => head.StartsWith("Launch Command: ", StringComparison.Ordinal)
        && head.AsSpan(0, head.IndexOf('\n') is >= 0 and var end ? end : head.Length).Contains($"\"-Dspark.app.name={appName}\"", StringComparison.Ordinal);

    internal static string WithoutLaunchCommand(string text)
    {
        if (text.StartsWith("Launch Command: ", StringComparison.Ordinal)) text = text[(text.IndexOf('\n') is >= 0 and var end ? end + 1 : text.Length)..];
        return Rule().Replace(text, "");
    }

    private async Task<(long Start, string Text)> ReadAsync(Uri worker, string driver, string kind, string which, int bytes, CancellationToken cancellationToken)
    {
        var answer = await http.GetAsync(new Uri(worker, $"/log/?driverId={Uri.EscapeDataString(driver)}&logType={kind}&{which}"), cancellationToken, bytes + (4 << 10));
        var text = answer.Text;
        var header = Header().Match(text);
        if (!answer.Ok || !header.Success) throw answer.NotWhatItShould();
        text = text[header.Length..];
        return text.StartsWith("Error: invalid log directory", StringComparison.Ordinal) ? (0, "") : (long.Parse(header.Groups[1].Value), text);
    }

    [GeneratedRegex(@"^==== Bytes (\d{1,18})-\d+ of \d+ of [^\n]* ====(\n|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Header();

    [GeneratedRegex(@"^=+\n\n?", RegexOptions.CultureInvariant)]
    private static partial Regex Rule();
}
