using System.CommandLine;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.Pipeline.Analysis;

namespace KubeMetrics.Cli.Commands;

/// <summary><c>kubemetrics analyze PATH…</c>: dumps in, report out.</summary>
internal static class AnalyzeCommand
{
    private const string DefaultFolder = "kubemetrics-report";

    public static Command Create(Func<Screen> screen)
    {
        var paths = SharedOptions.Paths();
        var where = SharedOptions.Where();
        var groupBy = new Option<string>("--group-by", "-g")
        {
            Description = "The label whose values make the groups",
            HelpName = "label",
            DefaultValueFactory = _ => AnalysisOptions.DefaultGroupBy,
        };
        var from = SharedOptions.Parsing<long?>("--from", "Only samples from this time on (UTC)", "2018-02-03T04:00", t => TimeArguments.PointInTime(t));
        var to = SharedOptions.Parsing<long?>("--to", "Only samples before this time (UTC)", "2018-02-10", t => TimeArguments.PointInTime(t));
        var window = SharedOptions.Parsing<TimeSpan?>("--window", "Only the last so much time before the newest sample", "30d", t => TimeArguments.Length(t));
        var unit = SharedOptions.Parsing<Unit?>("--unit", "The values' unit, instead of what the metric's name tells: us, ms, s, bytes, ratio, none", "unit", t => Units.Parse(t));
        var raw = new Option<bool>("--raw") { Description = "Analyse counters as they stand, not as rates per second" };
        var name = new Option<string?>("--name") { Description = "What the report is called (default: what is analysed)", HelpName = "text" };
        var output = new Option<string>("--out", "-o")
        {
            Description = "The folder that reports are written into, each in a folder of its own",
            HelpName = "folder",
            DefaultValueFactory = _ => DefaultFolder,
        };
        var export = new Option<string?>("--export") { Description = "Also write the samples themselves, as .parquet or .csv", HelpName = "file" };
        var noReport = new Option<bool>("--no-report") { Description = "Only the numbers, several times faster: no logs, no trends, no findings, and nothing is written" };
        var force = new Option<bool>("--force") { Description = "Analyse again even where the same inputs and options have been" };
        var settings = HostArguments.Settings();
        var json = SharedOptions.Json();
        export.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } file && !SampleExport.Knows(file))
                result.AddError($"'{file}' ends in neither .parquet nor .csv; the name's end says which of the two to write.");
        });

        output.Validators.Add(result =>
        {
            var folder = result.GetValueOrDefault<string>();
            if (string.IsNullOrWhiteSpace(folder)) result.AddError("--out takes a folder's path, and this one is empty.");
            else if (File.Exists(folder)) result.AddError($"'{folder}' is a file; --out takes a folder, which is made where it is not there.");
        });

        var command = new Command("analyze", "Turn dumps into statistics, charts and a report")
        {
            paths, where, groupBy, from, to, window, unit, raw, name, output, export, noReport, force, settings, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var named = parsed.GetRequiredValue(paths);
            var options = new AnalysisOptions
            {
                Name = parsed.GetValue(name) ?? Title(named),
                Where = parsed.GetValue(where) ?? [],
                GroupBy = parsed.GetRequiredValue(groupBy),
                From = parsed.GetValue(from),
                To = parsed.GetValue(to),
                Window = parsed.GetValue(window),
                Unit = parsed.GetValue(unit),
                Raw = parsed.GetValue(raw),
                NumbersOnly = parsed.GetValue(noReport),
            };
            if (options is { From: { } first, To: { } end } && first >= end)
                throw new Failure("--from is not before --to: no sample can lie between them; swap the two.", ExitCode.Usage);
            var at = screen();
            using var found = await Inputs.FindAsync(at, named, parsed.GetValue(settings), cancellationToken);
            if (found.LeftOut > 0) at.Note($"{found.LeftOut} files in the folders were left out: their names do not end like a dump's (.json, .jsonl, .ndjson, with or without .gz or .bz2).");
            return await new AnalysisRun(at)
            {
                Folder = parsed.GetValue(noReport) ? null : parsed.GetRequiredValue(output),
                Export = parsed.GetValue(export),
                Force = parsed.GetValue(force),
                Json = parsed.GetValue(json),
            }.RunAsync(found.All, options, cancellationToken);
        });
        return command;
    }

    private static string Title(string[] paths) =>
        (paths[0].Length == 0 ? "" : Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(paths[0])))) + (paths.Length > 1 ? $" and {paths.Length - 1} more" : "");
}
