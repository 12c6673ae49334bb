using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Spark.Tests.Summaries;

/// <summary>Dumps with every form of series files and everything that samples and labels may be, the same each time.</summary>
internal static class Corpus
{
    private const long Start = 1_517_443_200;
    private const int Minutes = 4000;

    /// <summary>Texts that are numbers, that are none, and that are both to somebody.</summary>
    private static readonly string[] OddValues =
    [
        "NaN", "nan", "-NaN", "+NaN", "+Inf", "-Inf", "inf", "Infinity", "-infinity", "1e999", "-1e999", "1e-999", "-0", "0", "+5", ".5", "5.", "5.e1", "1E+06", "4.9e-324", "1.7976931348623157e308",
        "", " 1", "1 ", "1d", "1f", "0x10", "1_0", "1,5", ".", "e5", "1e", "1e+", "--1", "true", "null", "1\n", "\t1", "\"1", "\\1", "١", "Infinit", "12345678901234567890123456789", "0.1234567890123456789",
    ];

    private static readonly string[] OddTimes =
    [
        "1517443200", "1517443201.5", "1517443202.0005", "1517443203.4994999", "1.517443204183E9", "1517443205.", "+1517443206", "-5", "-5.0005", "0", "253402300799", "253402300800", "1e20", "1e-5",
        ".25", "", "x", "15174432OO", " 1517443207", "1517443208e0", "15174432.09e2", "NaN", "1e400",
    ];

    /// <summary>Writes the dumps.</summary>
    public static void Write(string folder)
    {
        var random = new Random(20180201);
        var (lines, whole, original) = (Path.Combine(folder, "lines"), Path.Combine(folder, "whole"), Path.Combine(folder, "original"));
        foreach (var one in (string[])[lines, whole, original, Path.Combine(lines, "deeper é%20")]) Directory.CreateDirectory(one);

        // Latencies of three hosts and operations, in lines; the second file overlaps the first, agrees, differs, and repeats itself.
        var latencies = new List<string>();
        var overlap = new List<string>();
        foreach (var operation in (string[])["pull_image", "it's \"é\" \\ 漢字\n", "start_container"])
            foreach (var host in (string[])["free-stg-master-03fb6", "free-stg-node-1", "free-stg-node-2"])
                foreach (var quantile in (string[])["0.5", "0.9"])
                {
                    var metric = Metric(("__name__", "kubelet_docker_operations_latency_microseconds"), ("operation_type", operation), ("hostname", host), ("quantile", quantile));
                    var samples = Latencies(random, host);
                    latencies.Add(Series(metric, samples.Take(3 * Minutes / 4)));
                    var again = samples.Skip(Minutes / 2).SelectMany((pair, i) => (i % 7) switch
                    {
                        0 => [pair, pair],
                        1 => [pair with { Value = "1" }, pair],
                        2 => [pair with { Value = Text(1e6 * random.NextDouble()) }],
                        _ => (IEnumerable<(string Time, string Value)>)[pair],
                    });
                    overlap.Add(Series(metric, again.OrderBy(_ => random.Next())));
                }

        File.WriteAllLines(Path.Combine(lines, "latencies.json"), latencies);
        Bzip2(Path.Combine(lines, "deeper é%20", "overlap.json.bz2"), string.Join('\n', overlap) + "\n");

        // Counters: with resets, in two hosts, each told twice; one that never counts, one that is told once, one that is huge.
        // As Spark writes them: a label that others have is null here, times are texts.
        string Counted(string name, string operation, IEnumerable<(string, string)> samples, string label = "quantile", string? value = null) => Series(
            JsonSerializer.Serialize(new Dictionary<string, string?> { ["__name__"] = name, ["operation_type"] = operation, [label] = value }), samples, timesAreTexts: true);
        var counters = new List<string>();
        foreach (var (name, quantity) in new[] { ("docker_operations_total", 1.0), ("docker_operations_seconds_sum", 0.37) })
            foreach (var host in (string[])["a", "b"])
                counters.Add(Counted(name, "counted", Counter(random, quantity), "hostname", host));
        counters.Add(Counted("idle_total", "idle", Constant(100, "0")));
        counters.Add(Counted("once_total", "once", Constant(1, "7")));
        counters.Add(Counted("huge_total", "huge", [("1517443200", "1e308"), ("1517443200.001", "-1e308"), ("1517443200.002", "1.7e308"), ("1517443200.003", "3")]));
        foreach (var le in (string[])["0.1", "1", "+Inf"]) counters.Add(Counted("seconds_bucket", "bucketed", Counter(random, 1).Take(600), "le", le));
        Gzip(Path.Combine(lines, "part-00000-counters.json.gz"), string.Join('\n', counters) + "\n{\"_corrupt_record\":\"{half a\"}\n");
        File.WriteAllText(Path.Combine(lines, "part-00001-counters.json"), counters[0] + "\n{\"metric\":null,\"values\":null}\n");

        // One line each: an array, an answer of Prometheus' API, instants, and what is no series.
        string Gauge(string operation, params IEnumerable<(string, string)> samples) => Series(Metric(("__name__", "gauge"), ("operation_type", operation), ("Host", "A"), ("host", "a")), samples);
        File.WriteAllText(Path.Combine(lines, "array.json"), $"[{Gauge("zeros and negatives", Noise(random, 900, 0))},{Gauge("constant", Constant(50, "42"))},{Gauge("one", [("1517443200.5", "0.25")])}]\n");
        File.WriteAllText(Path.Combine(lines, "answer.json"), Answer("matrix", Gauge("from the API", Noise(random, 2500, 5e6)), Gauge("none", [])) + "\n");
        File.WriteAllLines(Path.Combine(lines, "instants.json"),
        [
            Answer("vector", Instant("instant", "1517443200.25", "5"), Instant("instant", "1517443300", "NaN"), Instant("instant", "1517443400", "-6")),
            """{"status":"error","errorType":"bad_data","error":"no such thing"}""",
            """{"other":"thing"}""",
            """{"metric":{"operation_type":"broken""",
            "no JSON",
            """{"metric":{"operation_type":"many forms","nothing":null,"empty":""},"values":[[1517443200,1],[1517443260,2.50],["1517443320","3"],[1517443380.5,1e3]],"value":[1517443440,"9"]}""",
            """{"values":[[1517443500,"2"]],"metric":{"operation_type":"many forms"},"more":{"x":[1]}}""",
            """{"metric":{"operation_type":"many forms","zone":"first","zone":"last"},"values":[[1517443200,"1"],null,5,"x",[1],[1,2,3],[],{"a":1},[[1],"2"],[1517443260,null],[1517443261,true],[null,"1"],[1517443262,"2"]]}""",
        ]);
        File.WriteAllLines(Path.Combine(lines, "odd.json"),
        [
            Series(Metric(("operation_type", "odd values")), OddValues.Select((value, i) => ($"{Start + 60 * i}", value))),
            Series(Metric(("operation_type", "odd times")), OddTimes.Select((time, i) => (time, $"{i + 1}")), timesAreTexts: true),
        ]);

        // One object or array over many lines, a file each.
        File.WriteAllText(Path.Combine(whole, "one.json"), Pretty(Gauge("pretty", Noise(random, 300, 1))));
        File.WriteAllText(Path.Combine(whole, "array.json"), Pretty($"[{Gauge("pretty", Noise(random, 300, 1))},{Gauge("large offset", Noise(random, 3000, 1.5e12))},{Gauge("tails", Tails(random))},{Gauge("upper tail", Tails(random).Where(pair => pair.Value[0] != '0'))}]"));
        File.WriteAllText(Path.Combine(whole, "answer.json"), Pretty(Answer("matrix", Gauge("pretty answer", Noise(random, 300, 1)))));

        // What is turned into lines before Spark sees it: objects after one another, forms mixed, one cut in its middle.
        var driving = (string[])["n1", "n2", "n3", "n4"];
        File.WriteAllText(Path.Combine(original, "concatenated.json"), string.Concat(driving.Select((node, i) => Pretty(Series(Metric(("operation_type", "driven"), ("node", node)), Drift(random, i == 2 ? 0.4 : 0))))));
        File.WriteAllText(Path.Combine(original, "mixed.json"), $"{Pretty(Gauge("mixed", Noise(random, 50, 3)))}\n[{Gauge("mixed", Noise(random, 50, 3))}]\n{Answer("matrix", Gauge("mixed too", Noise(random, 50, 3)))}");
        var cut = string.Join('\n', Gauge("cut off", Noise(random, 80, 9)), Gauge("cut short", Noise(random, 80, 9)));
        File.WriteAllText(Path.Combine(original, "cut.json"), cut[..^200]);
    }

    /// <summary>Files of forms that Spark can't read, as lines of the one that it can.</summary>
    public static void Turn(string folder)
    {
        var turned = Path.Combine(folder, "turned");
        Directory.CreateDirectory(turned);
        foreach (var file in Directory.GetFiles(Path.Combine(folder, "original")))
        {
            using var lines = new StreamWriter(Path.Combine(turned, Path.GetFileName(file)));
            using var stream = File.OpenRead(file);
            SeriesRowFile.Read(stream, file, row => lines.Write(JsonSerializer.Serialize(new { metric = row.Labels.ToDictionary(), values = row.Values }) + "\n"), partial: true);
        }
    }

    private static string Metric(params (string Name, string Value)[] labels) => JsonSerializer.Serialize(labels.ToDictionary(label => label.Name, label => label.Value));

    private static string Series(string metric, IEnumerable<(string Time, string Value)> samples, bool timesAreTexts = false)
    {
        var pairs = samples.Select(pair => $"[{(timesAreTexts ? JsonSerializer.Serialize(pair.Time) : pair.Time)},{JsonSerializer.Serialize(pair.Value)}]");
        return $"{{\"metric\":{metric},\"values\":[{string.Join(",", pairs)}]}}";
    }

    private static string Instant(string operation, string time, string value) => $$"""{"metric":{"operation_type":"{{operation}}"},"value":[{{time}},"{{value}}"]}""";

    private static string Answer(string type, params string[] series) =>
        $"{{\"status\":\"success\",\"data\":{{\"resultType\":\"{type}\",\"result\":[{string.Join(",", series)}]}}}}";

    private static string Pretty(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document, new JsonSerializerOptions { WriteIndented = true });
    }

    private static List<(string Time, string Value)> Latencies(Random random, string host)
    {
        var samples = new List<(string, string)>();
        for (var i = 0; i < Minutes; i++)
        {
            var level = 3000 * Math.Exp(0.6 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            if (host.Contains("03fb6", StringComparison.Ordinal)) level *= 1 + i / 1000.0;
            if (i > 2600) level *= 3;
            var time = i % 3 == 0 ? $"{Start + 60 * i}.183" : $"{Start + 60 * i}";
            samples.Add((time, (i % 50) switch { 7 => "NaN", 23 when i % 400 == 23 => "+Inf", 31 when i % 700 == 31 => "oops", _ => Text(i % 2 == 0 ? Math.Round(level) : Math.Round(level, 3)) }));
        }

        return samples;
    }

    private static IEnumerable<(string Time, string Value)> Counter(Random random, double quantity)
    {
        var value = 0.0;
        for (var i = 0; i < Minutes; i++)
        {
            value = i % 900 == 899 ? random.Next(5) : value + quantity * random.Next(1, 40);
            yield return ($"{Start + 60 * i}", Text(value));
            if (i % 100 == 0) yield return ($"{Start + 60 * i}", Text(value));
        }
    }

    private static IEnumerable<(string Time, string Value)> Noise(Random random, int count, double offset)
    {
        for (var i = 0; i < count; i++) yield return ($"{Start + 30 * i}", Text(i % 10 == 0 && offset == 0 ? 0 : offset + Math.Round(random.NextDouble() - 0.5, 4)));
    }

    private static IEnumerable<(string Time, string Value)> Drift(Random random, double perDay)
    {
        for (var i = 0; i < 600; i++) yield return ($"{Start + 1800 * i}", Text(Math.Round(100 * Math.Exp(perDay * i / 48.0) * (1 + 0.1 * random.NextDouble()), 2)));
    }

    /// <summary>Hundreds of outliers on both sides, more above.</summary>
    private static IEnumerable<(string Time, string Value)> Tails(Random random)
    {
        for (var i = 0; i < 20_000; i++)
            yield return ($"{Start + 60 * i}", Text((i % 16) switch { 3 => Math.Round(1e-3 * (1 + random.NextDouble()), 6), 5 or 8 => Math.Round(1e5 * (1 + random.NextDouble()), 1), _ => Math.Round(10 * (1 + random.NextDouble()), 2) }));
    }

    private static IEnumerable<(string Time, string Value)> Constant(int count, string value) => Enumerable.Range(0, count).Select(i => ($"{Start + 60 * i}", value));

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void Gzip(string path, string text)
    {
        using var stream = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    private static void Bzip2(string path, string text)
    {
        var start = new System.Diagnostics.ProcessStartInfo("bzip2") { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        using var file = File.Create(path);
        var copying = process.StandardOutput.BaseStream.CopyToAsync(file);
        process.StandardInput.BaseStream.Write(Encoding.UTF8.GetBytes(text));
        process.StandardInput.Close();
        copying.Wait();
    }
}
