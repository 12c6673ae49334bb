using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using KubeMetrics.Charts;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Cli.Commands;

/// <summary><c>kubemetrics labels PATH…</c>: what one can filter and group by.</summary>
internal static class LabelsCommand
{
    private const int ValuesShown = 12;

    public static Command Create(Func<Screen> screen)
    {
        var paths = SharedOptions.Paths();
        var where = SharedOptions.Where();
        var all = new Option<bool>("--all") { Description = $"Show every value of every label, not the first {ValuesShown}" };
        var settings = HostArguments.Settings();
        var json = SharedOptions.Json();
        var command = new Command("labels", "Show the metrics, the labels, their values and how many series have each") { paths, where, all, settings, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var at = screen();
            using var found = await Inputs.FindAsync(at, parsed.GetRequiredValue(paths), parsed.GetValue(settings), cancellationToken);
            var inputs = found.All;
            var labels = new LabelSummarizer();
            var files = await at.WithProgress("Reading", inputs.Sum(i => i.Length), bytes: true, report => SeriesLoader.ReadAsync(
                inputs, new ReadOptions { Where = parsed.GetValue(where) ?? [] }, Environment.ProcessorCount, () => labels.Add, report, cancellationToken));
            foreach (var problem in files.SelectMany(f => f.Problems)) at.Note(problem.Message);
            var summary = labels.Summarize();
            if (summary.Series == 0)
            {
                if (files.All(f => f.ProblemCount == 0)) at.Note("No series is there, or none that --where leaves.");
                return ExitCode.Failed;
            }

            if (parsed.GetValue(json)) at.Output.WriteLine(Json(summary));
            else Write(at, summary, parsed.GetValue(all) ? int.MaxValue : ValuesShown);
            return files.Any(f => f.IsPartial) ? ExitCode.Partial : ExitCode.Done;
        });
        return command;
    }

    private static void Write(Screen screen, LabelSummary summary, int most)
    {
        var metrics = new TerminalTable([new("metric"), new("type"), new("series", Right: true), new("samples", Right: true), new("interval", Right: true, Importance: 1), new("from (UTC)", Importance: 2), new("to (UTC)", Importance: 2)]);
        foreach (var metric in summary.Metrics)
            metrics.Add(
                metric.Name.Length > 0 ? metric.Name : "(no name)", Kind(metric.Kind), Count(metric.Series), Count(metric.Samples),
                metric.IntervalMs is { } interval ? HumanNumber.Format(interval, new Unit(Dimension.Time, 1e-3)) : "–", Instant(metric.FirstMs), Instant(metric.LastMs));
        metrics.Write(screen.Output, screen.Width, screen.Bold);
        screen.Output.WriteLine();

        var labels = new TerminalTable([new("label"), new("series", Right: true), new("values", Right: true), new("value (series)")]);
        foreach (var label in summary.Labels.Where(l => l.Name != Labels.MetricName))
        {
            var shown = label.Values.Take(most).Select(v => $"{SafeText.Line(v.Key)} ({v.Value})");
            var more = label.Values.Count > most ? $", … {label.Values.Count - most} more" : "";
            labels.Add(label.Name, Count(label.Series), Count(label.Values.Count), string.Join(", ", shown) + more);
        }

        labels.Write(screen.Output, screen.Width, screen.Bold);
    }

    private static string Kind(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Quantile => "quantile over time",
        _ => "gauge",
    };

    private static string Count(long count) => HumanNumber.Count(count);

    private static string Instant(long? ms) =>
        ms is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "–";

    private static string Json(LabelSummary summary)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("series", summary.Series);
            writer.WriteStartArray("metrics");
            foreach (var metric in summary.Metrics)
            {
                writer.WriteStartObject();
                writer.WriteString("name", metric.Name);
                writer.WriteString("kind", metric.Kind.ToString().ToLowerInvariant());
                writer.WriteNumber("series", metric.Series);
                writer.WriteNumber("samples", metric.Samples);
                WriteTime(writer, "from", metric.FirstMs);
                WriteTime(writer, "to", metric.LastMs);
                if (metric.IntervalMs is { } interval) writer.WriteNumber("intervalSeconds", interval / 1000);
                else writer.WriteNull("intervalSeconds");
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("labels");
            foreach (var label in summary.Labels)
            {
                writer.WriteStartObject();
                writer.WriteString("name", label.Name);
                writer.WriteNumber("series", label.Series);
                writer.WriteStartArray("values");
                foreach (var (value, series) in label.Values)
                {
                    writer.WriteStartObject();
                    writer.WriteString("value", value);
                    writer.WriteNumber("series", series);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, long? ms)
    {
        if (ms is { } at) writer.WriteString(name, DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime);
        else writer.WriteNull(name);
    }
}
