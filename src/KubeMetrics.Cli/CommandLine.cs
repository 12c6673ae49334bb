using System.CommandLine;
using System.CommandLine.Parsing;
using KubeMetrics.Cli.Commands;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.Pipeline;
using KubeMetrics.Pipeline.Settings;

namespace KubeMetrics.Cli;

/// <summary>The whole command line: its commands, and what becomes of what goes wrong in them.</summary>
internal static class CommandLine
{
    private const string Exits = """

        Exit status: 0 done · 1 failed · 2 the command line is wrong · 3 done, but some input was broken (partial) · 130 interrupted
        """;

    /// <summary>Time to end what is being written, or to write down how far it is, after an interruption.</summary>
    private static readonly TimeSpan Ending = TimeSpan.FromSeconds(15);

    private const string Trace = "KUBEMETRICS_TRACE";

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var screen = new Screen(output, error);
        var root = new RootCommand("Prometheus dumps in, statistics and charts out." + Exits);
        var demo = DemoCommand.Create(() => screen);
        root.Subcommands.Add(demo);
        root.Subcommands.Add(AnalyzeCommand.Create(() => screen));
        root.Subcommands.Add(SchemaCommand.Create(() => screen));
        root.Subcommands.Add(LabelsCommand.Create(() => screen));
        root.Subcommands.Add(ShowCommand.Create(() => screen));
        root.Subcommands.Add(SqlCommand.Create(() => screen));
        root.Subcommands.Add(ServeCommand.Create(() => screen));
        root.Subcommands.Add(DatasetCommand.Create(() => screen));
        root.Subcommands.Add(IngestCommand.Create(() => screen));
        root.Subcommands.Add(JobCommand.Create(() => screen));
        root.Subcommands.Add(NotificationsCommand.Create(() => screen));
        root.Subcommands.Add(StoreCommand.Create(() => screen));
        SettingsHelp.AddTo(root);

        // Run with nothing: show what it does.
        var parsed = root.Parse(args.Length == 0 ? [demo.Name] : args);
        screen.JsonLines = ServeCommand.LogsJson(parsed);
        if (Unknown(parsed) is { } unknown)
        {
            // Whoever asks for its help, too, is not told of all others as if there were nothing wrong.
            screen.Fail(unknown);
            if (!screen.JsonLines) error.WriteLine($"How it is called: kubemetrics {Called(parsed.CommandResult)}--help");
            return ExitCode.Usage;
        }

        if (parsed.Errors.Count > 0)
        {
            foreach (var mistake in parsed.Errors) screen.Fail(mistake.Message);
            if (!screen.JsonLines) error.WriteLine($"How it is called: kubemetrics {Called(parsed.CommandResult)}--help");
            return ExitCode.Usage;
        }

        try
        {
            // The library would end after two seconds whatever is interrupted, in the middle of what it writes where the machine is busy.
            // A host ends by itself when it is told to, and takes the time that its work needs.
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = output,
                Error = error,
                ProcessTerminationTimeout = parsed.CommandResult.Command.Name == ServeCommand.Name ? null : Ending,
            };
            return await parsed.InvokeAsync(configuration);
        }
        catch (Exception e)
        {
            var (sentences, exitCode) = Told(e);
            foreach (var sentence in sentences) screen.Fail(sentence);
            if (Environment.GetEnvironmentVariable(Trace) is { Length: > 0 }) screen.Trace(e);
            return exitCode;
        }
    }

    private static string Called(SymbolResult command) => command is CommandResult { Parent: { } parent } one ? $"{Called(parent)}{one.Command.Name} " : "";

    /// <summary>That there is no command of the name that stands where one has to; null where there is, or none stands there.</summary>
    private static string? Unknown(ParseResult parsed)
    {
        var commands = parsed.CommandResult.Command.Subcommands;
        if (commands.Count == 0 || parsed.UnmatchedTokens.FirstOrDefault() is not { } name || name.StartsWith('-')) return null;
        return $"There is no command '{Called(parsed.CommandResult)}{name}'.{Similar.Hint(name, [.. commands.Select(command => command.Name)])}";
    }

    /// <summary>What a person is told of what went wrong, and the exit status.</summary>
    private static (IReadOnlyList<string> Sentences, int ExitCode) Told(Exception e) => e switch
    {
        Failure failure => ([failure.Message], failure.ExitCode),
        SettingsException settings => (settings.Mistakes, ExitCode.Usage),
        RefusedException refused => ([$"{refused.Message} {refused.Remedy}"], ExitCode.Failed),
        OperationCanceledException => (["interrupted; nothing half-written was left."], ExitCode.Cancelled),
        IOException or UnauthorizedAccessException => ([e.Message], ExitCode.Failed),
        OutOfMemoryException => (["the samples do not fit into this machine's memory; take fewer with --where, --from, --to or fewer paths."], ExitCode.Failed),
        // Work on several cores wraps what went wrong; the first of it says most.
        AggregateException { InnerException: { } inner } => Told(inner),
        _ => ([$"{e.Message} This is a mistake in kubemetrics itself; {Trace}=1 shows where, for a report of it."], ExitCode.Failed),
    };
}
