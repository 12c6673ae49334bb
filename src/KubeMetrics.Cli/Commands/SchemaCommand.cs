using System.CommandLine;
using KubeMetrics.Charts;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Prometheus;
using KubeMetrics.Prometheus.Writing;

namespace KubeMetrics.Cli.Commands;

/// <summary><c>kubemetrics schema PATH…</c>: what the rows are made of, as Spark's printSchema draws it.</summary>
internal static class SchemaCommand
{
    public static Command Create(Func<Screen> screen)
    {
        var paths = SharedOptions.Paths();
        var settings = HostArguments.Settings();
        var json = new Option<bool>("--json") { Description = "Write the schema as Spark's own JSON form on standard output" };
        var command = new Command("schema", "Show the tree of fields and types, like Spark's printSchema") { paths, settings, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var at = screen();
            using var found = await Inputs.FindAsync(at, parsed.GetRequiredValue(paths), parsed.GetValue(settings), cancellationToken);
            var inputs = found.All;
            var reader = new SchemaReader();
            var unread = 0;
            var problems = await at.WithProgress("Reading", inputs.Count, bytes: false, async report =>
            {
                var found = new List<ReadProblem>();
                for (var i = 0; i < inputs.Count; report(++i))
                {
                    var input = inputs[i];
                    var (problems, unreadable) = await InputText.ReadAsync(
                        input, Environment.ProcessorCount, null, text => reader.Read(text, input.Name, cancellationToken), cancellationToken);
                    if (unreadable is not null) unread++;
                    found.AddRange(problems ?? [unreadable!]);
                }

                return found;
            });
            foreach (var problem in problems) at.Note(problem.Message);
            if (unread == inputs.Count) return ExitCode.Failed;
            if (parsed.GetValue(json)) at.Output.WriteLine(SparkSchema.Write(reader.Schema));
            else
            {
                at.Output.WriteLine("root");
                WriteFields(at.Output, reader.Schema, " |");
            }

            return problems.Count > 0 ? ExitCode.Partial : ExitCode.Done;
        });
        return command;
    }

    private static void WriteFields(TextWriter output, SchemaNode node, string indent)
    {
        foreach (var (name, field) in node.Fields) Write(output, field, name, "nullable", indent);
        if (node.Element is { } element) Write(output, element, "element", "containsNull", indent);
    }

    private static void Write(TextWriter output, SchemaNode node, string name, string nullable, string indent)
    {
        // Where Spark has to make text of several types, say which they are.
        var mixture = node.Types.Count > 1 ? $" of {string.Join(" and ", node.Types.Select(Name))}" : "";
        output.WriteLine($"{indent}-- {SafeText.Line(name)}: {Name(node.Type)}{mixture} ({nullable} = {(node.Nullable ? "true" : "false")})");
        WriteFields(output, node, indent + "    |");
    }

    private static string Name(SchemaType type) => type.ToString().ToLowerInvariant();
}
