using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using KubeMetrics.Charts;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Prometheus;
using KubeMetrics.Prometheus.Compression;

namespace KubeMetrics.Cli.Commands;

/// <summary><c>kubemetrics show PATH…</c>: what is in a file, at a glance.</summary>
internal static class ShowCommand
{
    private const int PairsShown = 3;

    public static Command Create(Func<Screen> screen)
    {
        var paths = SharedOptions.Paths("Files, folders or s3://bucket/prefix to look into: dumps, or any text");
        var where = SharedOptions.Where();
        var lines = new Option<int>("--lines", "-n") { Description = "How many samples, series or lines", HelpName = "count", DefaultValueFactory = _ => 20 };
        var series = new Option<bool>("--series") { Description = "One row a series, as the file has it, instead of one a sample" };
        var settings = HostArguments.Settings();
        var json = SharedOptions.Json();
        lines.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--lines takes a whole number from 1 on.");
        });
        var command = new Command("show", "Show the first samples as a table (or the first lines of any text)") { paths, where, lines, series, settings, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var at = screen();
            var look = new Glance(at, parsed.GetRequiredValue(lines), parsed.GetValue(where) ?? [], parsed.GetValue(series), parsed.GetValue(json));
            var partial = false;
            using var found = await Inputs.FindAsync(at, parsed.GetRequiredValue(paths), parsed.GetValue(settings), cancellationToken);
            foreach (var input in found.All)
            {
                if (look.Enough) break;
                partial |= !await look.IntoAsync(input, cancellationToken);
            }

            return !look.Write() ? ExitCode.Failed : partial ? ExitCode.Partial : ExitCode.Done;
        });
        return command;
    }

    /// <summary>Collects rows until there are enough.</summary>
    private sealed class Glance(Screen screen, int most, IReadOnlyList<LabelMatcher> where, bool bySeries, bool json)
    {
        private readonly List<Row> _rows = [];
        private bool _textShown;

        public bool Enough => _rows.Count >= most;

        /// <returns>False where something about the input is broken; it has been told then.</returns>
        public async Task<bool> IntoAsync(InputObject input, CancellationToken cancellationToken)
        {
            var (problems, unreadable) = await InputText.ReadAsync(input, 1, null, text => Look(input.Name, text, cancellationToken), cancellationToken);
            foreach (var problem in problems ?? [unreadable!]) screen.Note(problem.Message);
            return problems is { Count: 0 };
        }

        private IReadOnlyList<ReadProblem> Look(string name, Stream text, CancellationToken cancellationToken)
        {
            var head = new byte[64 << 10];
            var length = text.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            using var whole = new PeekedStream(head.AsMemory(0, length), text);
            return LooksLikeJson(head.AsSpan(0, length))
                ? SeriesFile.Read(whole, name, new ReadOptions { Where = where }, Take, cancellationToken).Problems
                : ShowText(name, head.AsSpan(0, length));
        }

        private bool Take(SeriesPart part)
        {
            if (bySeries)
            {
                if (part.Continues && _rows.Count > 0) _rows[^1].Samples += part.Times.Length;
                else if (Enough) return false;
                else _rows.Add(new Row(part.Labels, [.. part.Times[..Math.Min(PairsShown, part.Times.Length)]], [.. part.Values[..Math.Min(PairsShown, part.Values.Length)]]) { Samples = part.Times.Length });
                return true;
            }

            for (var i = 0; i < part.Times.Length && !Enough; i++) _rows.Add(new Row(part.Labels, [part.Times[i]], [part.Values[i]]) { Samples = 1 });
            return !Enough;
        }

        /// <returns>Whether anything was shown at all.</returns>
        public bool Write()
        {
            if (_rows.Count == 0) return _textShown;
            if (json) WriteJson();
            else if (bySeries) WriteSeries();
            else WriteSamples();
            return true;
        }

        private void WriteSamples()
        {
            var table = new TerminalTable([new("time"), new("value", Right: true), new("series")]);
            foreach (var row in _rows) table.Add(Time(row.Times[0]), Number(row.Values[0]), row.Labels.ToString());
            table.Write(screen.Output, screen.Width, screen.Bold);
        }

        private void WriteSeries()
        {
            var table = new TerminalTable([new("metric"), new("samples", Right: true), new("values")]);
            foreach (var row in _rows)
            {
                var pairs = row.Times.Zip(row.Values, (t, v) => $"[{Seconds(t)}, {Number(v)}]");
                table.Add(row.Labels.ToString(), row.Samples.ToString(CultureInfo.InvariantCulture),
                    $"[{string.Join(", ", pairs)}{(row.Samples > PairsShown ? ", …" : "")}]");
            }

            table.Write(screen.Output, screen.Width, screen.Bold);
        }

        private void WriteJson()
        {
            foreach (var row in _rows)
            {
                using var line = new MemoryStream();
                using (var writer = new Utf8JsonWriter(line))
                {
                    writer.WriteStartObject();
                    if (bySeries) writer.WriteNumber("samples", row.Samples);
                    else
                    {
                        writer.WriteString("time", Time(row.Times[0]));
                        writer.WriteNumber("value", row.Values[0]);
                    }

                    writer.WriteStartObject("labels");
                    foreach (var (name, value) in row.Labels) writer.WriteString(name, value);
                    writer.WriteEndObject();
                    if (bySeries)
                    {
                        writer.WriteStartArray("first");
                        foreach (var (time, value) in row.Times.Zip(row.Values))
                        {
                            writer.WriteStartArray();
                            writer.WriteStringValue(Time(time));
                            writer.WriteNumberValue(value);
                            writer.WriteEndArray();
                        }

                        writer.WriteEndArray();
                    }

                    writer.WriteEndObject();
                }

                screen.Output.WriteLine(Encoding.UTF8.GetString(line.ToArray()));
            }
        }

        private IReadOnlyList<ReadProblem> ShowText(string name, ReadOnlySpan<byte> head)
        {
            if (head.IsEmpty) return [new ReadProblem(ProblemKind.Empty, name, null, $"{name} is empty.")];
            if (head.Contains((byte)0))
                return [new ReadProblem(ProblemKind.NotJson, name, null, $"{name} is neither JSON nor text (it holds NUL bytes); show reads dumps and text.")];
            _textShown = true;
            var lines = Encoding.UTF8.GetString(head).Split('\n');
            foreach (var line in lines.Take(Math.Min(most - _rows.Count, lines.Length)))
            {
                // Tabs stay: they are what makes a table of a TSV file.
                var clean = string.Join('\t', line.TrimEnd('\r').Split('\t').Select(SafeText.Line));
                if (clean.Length > 0 || line != lines[^1]) screen.Output.WriteLine(clean);
            }

            return [];
        }

        private static bool LooksLikeJson(ReadOnlySpan<byte> head)
        {
            if (head.StartsWith(Encoding.UTF8.Preamble)) head = head[3..];
            var at = head.IndexOfAnyExcept(" \t\r\n"u8);
            return at >= 0 && head[at] is (byte)'{' or (byte)'[';
        }

        private static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

        private static string Seconds(long ms) => (ms / 1000m).ToString("0.###", CultureInfo.InvariantCulture);

        private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

        private sealed record Row(Labels Labels, long[] Times, double[] Values)
        {
            public long Samples { get; set; }
        }
    }
}
