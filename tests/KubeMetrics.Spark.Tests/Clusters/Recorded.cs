using System.Text;
using System.Text.RegularExpressions;

namespace KubeMetrics.Spark.Tests.Clusters;

/// <summary>What a real Livy 0.7.1 answered, as it was recorded in <c>livy/captured/</c> of the folder that KUBEMETRICS_SHARED names.</summary>
internal static partial class Recorded
{
    /// <summary>An answer, status line first.</summary>
    /// <param name="file">The recording.</param>
    /// <param name="request">What was asked: <c>POST /batches</c>.</param>
    /// <param name="number">Which of the answers to that, from 0.</param>
    /// <param name="was">A name in it that …</param>
    /// <param name="becomes">… stands there as another.</param>
    public static string Answer(string file, string request, int number = 0, string? was = null, string? becomes = null)
    {
        var folder = Environment.GetEnvironmentVariable("KUBEMETRICS_SHARED");
        if (folder is null) Assert.Skip("KUBEMETRICS_SHARED is not set: it names the folder with a Livy's recorded answers in livy/captured/.");
        var exchanges = Exchange().Matches(File.ReadAllText(Path.Combine(folder, "livy", "captured", file)).ReplaceLineEndings("\n"));
        var answers = exchanges.Where(match => match.Groups["request"].Value == request).ToList();
        Assert.True(answers.Count > number, $"{file} holds {answers.Count} answers to {request}");
        var (head, body) = (answers[number].Groups["head"].Value, answers[number].Groups["body"].Value);
        if (was is not null) body = body.Replace(was, becomes);
        // Paths in the recordings were made neutral, so that lengths may differ.
        var kept = head.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("Content-Length:", StringComparison.Ordinal));
        return $"{string.Join("\r\n", kept)}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
    }

    [GeneratedRegex(@"^>>> \d\d:\d\d:\d\d\.\d+ (?<request>[A-Z]+ \S+)\n(>>> .*\n)*(?<head>HTTP/1\.1 .*\n([\w-]+: .*\n)*)\n(?<body>(.*\n)*?)<<< ", RegexOptions.Multiline)]
    private static partial Regex Exchange();
}
