using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeMetrics.Benchmarks;

/// <summary>wrk: as many requests as can be, over connections that stay open.</summary>
internal static partial class Wrk
{
    /// <summary>What one run found.</summary>
    /// <param name="PerSecond">Requests.</param>
    /// <param name="P99">Of their latency, seconds.</param>
    internal readonly record struct Load(double PerSecond, double P99);

    internal static string Path { get; } = Programs.Find("wrk") ?? throw new BenchmarkException("wrk is not installed; on Debian: apt-get install wrk.");

    /// <summary>One run; every answer has to be a good one.</summary>
    internal static Load Run(Uri address, int seconds, string? header, string? script = null, int connections = 64)
    {
        string[] with = [.. header is null ? [] : (string[])["-H", header], .. script is null ? [] : (string[])["-s", script]];
        var output = Processes.Run(Path, ["-t2", $"-c{connections}", $"-d{seconds}s", "--latency", "--timeout", "30s", .. with, address.OriginalString]).Output;
        if (output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
            throw new BenchmarkException($"{address} does not answer well:{Environment.NewLine}{output}");
        var p99 = P99Line().Match(output);
        var unit = p99.Groups[2].Value switch { "us" => 1e-6, "ms" => 1e-3, "s" => 1, _ => 60 };
        return new Load(Number(PerSecondLine().Match(output).Groups[1]), Number(p99.Groups[1]) * unit);
    }

    private static double Number(Group text) => double.Parse(text.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s|m)")]
    private static partial Regex P99Line();

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex PerSecondLine();
}
