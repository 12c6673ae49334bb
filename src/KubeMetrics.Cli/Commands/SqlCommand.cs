using System.CommandLine;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Prometheus;
using KubeMetrics.Queries;
using KubeMetrics.Sql;

namespace KubeMetrics.Cli.Commands;

/// <summary><c>kubemetrics sql "SELECT …" PATH…</c>: what Spark SQL would answer, without a cluster.</summary>
internal static class SqlCommand
{
    private const string Only = "series";
    private const int PreviewRows = 20;

    public static Command Create(Func<Screen> screen)
    {
        var query = new Argument<string>("QUERY") { Description = "One SELECT (or WITH … SELECT) in Spark's SQL; - reads it from standard input" };
        var paths = SharedOptions.Paths($"Files, folders or s3://bucket/prefix with Prometheus dumps: the table {Only}; or name=PATH for tables of your own");
        var format = new Option<string>("--format") { Description = "table: a preview; csv, json (an object in a line): all rows", HelpName = "table|csv|json", DefaultValueFactory = _ => "table" };
        format.AcceptOnlyFromAmong("table", "csv", "json");
        var limit = new Option<int>("--limit", "-n") { Description = "How many rows the table shows", HelpName = "count", DefaultValueFactory = _ => PreviewRows };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--limit takes a whole number from 1 on.");
        });
        var output = new Option<string?>("--output", "-o") { Description = "Write all rows into this file, whole or not at all; .json or .csv say the form where --format does not", HelpName = "file" };
        var memory = SharedOptions.Parsing<long?>("--memory", "How much memory the engine may take (default: half of what there is)", "2GiB", HostSettings.Bytes);
        var settings = HostArguments.Settings();
        var command = new Command("sql", $"""
            Ask series with a SELECT, in process: no cluster, no server

              kubemetrics sql "SELECT metric.operation_type, max(CAST(v[1] AS DOUBLE)) AS highest FROM {Only} LATERAL VIEW explode(values) e AS v GROUP BY 1" dumps/
            """)
        {
            query, paths, format, limit, output, memory, settings,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var at = screen();
            var text = parsed.GetRequiredValue(query);
            if (text == "-") text = await Console.In.ReadToEndAsync(cancellationToken);
            var tables = Tables(parsed.GetRequiredValue(paths));
            var checkedQuery = Told(() => CallerQuery.Check(text, new QueryRules(tables.Keys)));

            using var database = new SeriesDatabase(new QueryLimits { MemoryBytes = parsed.GetValue(memory) ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2 });
            var partial = false;
            foreach (var (table, places) in tables)
            {
                using var found = await Inputs.FindAsync(at, places, parsed.GetValue(settings), cancellationToken);
                var files = await at.WithProgress("Reading", found.All.Sum(i => i.Length), bytes: true, report => LoadAsync(database, table, found.All, report, cancellationToken));
                foreach (var problem in files.SelectMany(f => f.Problems)) at.Note(problem.Message);
                partial |= files.Any(f => f.IsPartial);
                if (files.Sum(f => f.SeriesKept) > 0) continue;
                if (!partial) at.Note($"No series is there for the table '{table}'.");
                return ExitCode.Failed;
            }

            try
            {
                using var result = await database.RunAsync(checkedQuery, cancellationToken);
                await WriteAsync(at, result, Form(parsed.GetResult(format) is { Implicit: false }, parsed.GetRequiredValue(format), parsed.GetValue(output)), parsed.GetValue(limit), parsed.GetValue(output), cancellationToken);
            }
            catch (QueryRefusedException e)
            {
                throw new Failure(e.Message, ExitCode.Usage);
            }
            catch (QueryFailedException e)
            {
                throw new Failure(e.Message);
            }

            return partial ? ExitCode.Partial : ExitCode.Done;
        });
        return command;
    }

    /// <summary>The tables by name, each with its paths: <c>name=PATH</c>, where no file of just that name is there.</summary>
    private static Dictionary<string, List<string>> Tables(IReadOnlyList<string> paths)
    {
        var tables = new Dictionary<string, List<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var path in paths)
        {
            var equals = path.IndexOf('=');
            var named = equals > 0 && !Path.Exists(path) && path[..equals].All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
            var name = named ? path[..equals] : Only;
            if (!tables.TryGetValue(name, out var places)) tables[name] = places = [];
            places.Add(named ? path[(equals + 1)..] : path);
        }

        return tables;
    }

    private static CheckedQuery Told(Func<CheckedQuery> check)
    {
        try
        {
            return check();
        }
        catch (QueryRefusedException e)
        {
            throw new Failure(e.Message, ExitCode.Usage);
        }
    }

    private static async Task<List<FileReport>> LoadAsync(SeriesDatabase database, string table, IReadOnlyList<InputObject> inputs, Action<long> onBytes, CancellationToken cancellationToken)
    {
        database.Create(table);
        long done = 0;
        var files = new List<FileReport>();
        foreach (var input in inputs)
        {
            try
            {
                var (report, problem) = await InputText.ReadAsync(
                    input, Environment.ProcessorCount, bytes => onBytes(done += bytes), text => database.Add(table, text, input.Name, cancellationToken), cancellationToken);
                files.Add(report ?? new FileReport { Name = input.Name, Problems = [problem!], ProblemCount = 1 });
            }
            catch (QueryFailedException)
            {
                throw new Failure($"The series do not fit into the memory that the engine may take, from {input.Name} on; name fewer paths, or allow more with --memory.");
            }
        }

        return files;
    }

    private static string Form(bool isGiven, string format, string? output) =>
        isGiven || output is null ? format
        : output.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? "csv"
        : output.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || output.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) ? "json"
        : throw new Failure($"'{output}' ends in neither .csv nor .json; say the form with --format.", ExitCode.Usage);

    private static async Task WriteAsync(Screen screen, IQueryResult result, string form, int limit, string? output, CancellationToken cancellationToken)
    {
        if (output is not null)
        {
            if (form == "table") throw new Failure("A file takes csv or json, not the preview; say --format csv or --format json.", ExitCode.Usage);
            var rows = await Writing.ToAsync(output, "name another file with --output.", () => WholeFile.WriteAsync(output, stream => RowsAsync(stream, result, form, cancellationToken)));
            screen.Output.WriteLine($"{HumanNumber.Count(rows)} {(rows == 1 ? "row" : "rows")} in {output}");
        }
        else if (form == "table")
        {
            await PreviewAsync(screen, result, limit, cancellationToken);
        }
        else
        {
            // Through the screen's writer, which may be a test's.
            await using var stream = new TextStream(screen.Output);
            await RowsAsync(stream, result, form, cancellationToken);
        }
    }

    private static Task<long> RowsAsync(Stream stream, IQueryResult result, string form, CancellationToken cancellationToken) =>
        form == "csv" ? ResultWriter.WriteCsvAsync(stream, result, header: true, ',', cancellationToken) : ResultWriter.WriteJsonLinesAsync(stream, result, cancellationToken);

    private static async Task PreviewAsync(Screen screen, IQueryResult result, int limit, CancellationToken cancellationToken)
    {
        var table = new TerminalTable([.. result.Columns.Select(c => new TerminalColumn(c.Name, Right: c.Type is "int" or "bigint" or "double"))]);
        var shown = 0;
        var more = false;
        await foreach (var row in result.RowsAsync(cancellationToken))
        {
            if (more = shown == limit) break;
            table.Add([.. row.Select(ResultWriter.Text)]);
            shown++;
        }

        table.Write(screen.Output, screen.Width, screen.Bold);
        if (more) screen.Note($"these are the first {limit} rows; see more with --limit, or all with --format csv or json.");
    }
}
