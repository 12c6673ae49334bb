using System.CommandLine;
using System.Text;
using System.Text.Json;
using KubeMetrics.Charts;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.Pipeline;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeMetrics.Cli.Commands;

/// <summary><c>kubemetrics dataset list|check</c>: what settings say of datasets, and whether it holds.</summary>
internal static class DatasetCommand
{
    public const string Name = "dataset";

    public static Command Create(Func<Screen> screen) => new(Name, "Show the datasets that settings have, and try whether they can be analysed")
    {
        List(screen),
        Check(screen),
    };

    private static Command List(Func<Screen> screen)
    {
        var settings = HostArguments.Settings();
        var json = SharedOptions.Json();
        var command = new Command("list", "The datasets, with what they were told and their newest finding") { settings, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var at = screen();
            var options = HostArguments.Read(at, parsed.GetValue(settings));
            if (options.Datasets.Count == 0)
            {
                at.Note("No dataset is set. Add one (kubemetrics serve --help lists every setting): Datasets__KubeMetrics__Location=/data/dumps");
                return ExitCode.Done;
            }

            await using var services = Services(options);
            var datasets = await services.GetRequiredService<DatasetService>().ListAsync(cancellationToken);
            if (parsed.GetValue(json))
            {
                at.Output.WriteLine(Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(new DatasetList(datasets), ApiJson.Plain.DatasetList)));
                return ExitCode.Done;
            }

            var table = new TerminalTable([new("dataset"), new("location"), new("where"), new("group by"), new("window", Importance: 2), new("latest report", Importance: 1), new("finding", Importance: 3)]);
            foreach (var one in datasets)
                table.Add(one.Name, one.Location, one.Where.Count > 0 ? string.Join("; ", one.Where) : "all", one.GroupBy, one.Window ?? "all",
                    one.Latest is { } latest ? $"{latest.Generated:yyyy-MM-dd HH:mm}" : "none", one.Latest?.Findings.FirstOrDefault() ?? "");
            table.Write(at.Output, at.Width, at.Bold);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Check(Func<Screen> screen)
    {
        var names = new Argument<string[]>("NAME") { Description = "Which datasets; all without", Arity = ArgumentArity.ZeroOrMore };
        var settings = HostArguments.Settings();
        var command = new Command("check", "Try whether datasets can be analysed: dumps, labels, memory, the place of reports") { names, settings };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var at = screen();
            var options = HostArguments.Read(at, parsed.GetValue(settings));
            await using var services = Services(options);
            var catalog = services.GetRequiredService<DatasetCatalog>();
            IReadOnlyList<Dataset> wanted;
            try
            {
                wanted = parsed.GetValue(names) is { Length: > 0 } some ? [.. some.Select(catalog.Get)] : catalog.All;
            }
            catch (RefusedException e)
            {
                throw new Failure($"{e.Message} {e.Remedy}", ExitCode.Usage);
            }

            if (wanted.Count == 0) throw new Failure("No dataset is set, so there is none to check; kubemetrics serve --help lists every setting.");
            var all = true;
            foreach (var dataset in wanted)
            {
                at.Output.WriteLine(at.Bold(dataset.Name));
                foreach (var (ok, sentence) in await services.GetRequiredService<DatasetCheck>().CheckAsync(dataset, cancellationToken))
                {
                    at.Output.WriteLine($"  {(ok switch { true => "ok  ", false => "FAIL", _ => "note" })}  {SafeText.Line(sentence)}");
                    all &= ok != false;
                }
            }

            return all ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static ServiceProvider Services(KubeMetricsOptions options) =>
        new ServiceCollection().AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).AddSingleton(typeof(ILogger<>), typeof(NullLogger<>)).AddKubeMetrics(options).BuildServiceProvider();
}
