using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.Pipeline.Settings;

namespace KubeMetrics.Cli.Commands;

/// <summary>Help that goes on, for commands that read settings, with every setting there is.</summary>
internal static class SettingsHelp
{
    private const string Where = """

        Settings stand in appsettings.json or local.settings.json of the current folder (or the file that --settings names), and
        in environment variables, which win, with names written exactly so: Datasets__KubeMetrics__Location=/data/dumps
        """;

    public static void AddTo(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new WithSettings((HelpAction)help.Action!);
    }

    private sealed class WithSettings(HelpAction standard) : SynchronousCommandLineAction
    {
        // Who asks for help need not have written the rest.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = standard.Invoke(parseResult);
            var command = parseResult.CommandResult;
            var of = command.Parent is System.CommandLine.Parsing.CommandResult { Parent: not null } parent ? parent.Command.Name : command.Command.Name;
            if (of is not (ServeCommand.Name or DatasetCommand.Name or StoreCommand.Name)) return code;
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(Where);
            output.WriteLine();
            var table = new TerminalTable([new("setting"), new("default"), new("what it is for")]);
            foreach (var setting in HostSettings.All.Where(setting => of != StoreCommand.Name || setting.Key.StartsWith("Storage:", StringComparison.Ordinal))) table.Add(setting.Key, setting.Default ?? "–", setting.Meaning);
            table.Write(output, int.MaxValue);
            return code;
        }
    }
}
