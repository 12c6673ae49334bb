using System.CommandLine;
using System.Text;
using KubeMetrics.Cli.Serve;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Demo;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Prometheus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KubeMetrics.Cli.Commands;

/// <summary><c>kubemetrics serve</c>: everything on one machine, with a page to watch it on.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    private const string Log = "--log", Json = "json";

    /// <summary>Whether the log is for machines, and with it all else that is told: known before anything goes wrong.</summary>
    public static bool LogsJson(ParseResult parsed) =>
        parsed.CommandResult.Command.Name == Name && parsed.GetResult(Log) is { } log && log.Tokens.Any(token => token.Value == Json);

    public static Command Create(Func<Screen> screen)
    {
        var folders = new Argument<string[]>("FOLDER") { Description = "Folders with dumps to serve as datasets, beside those that settings have", Arity = ArgumentArity.ZeroOrMore };
        var settings = HostArguments.Settings();
        var listen = new Option<string[]>("--listen") { Description = "Where to listen (Api:Listen)", HelpName = "http://127.0.0.1:7071" };
        var state = new Option<string?>("--state") { Description = "Where to keep work, runs and reports (State)", HelpName = "folder" };
        var demo = new Option<bool>("--demo") { Description = $"Serve a made dataset too, in {DemoFolder.Default}; delete that folder to undo it" };
        var log = new Option<string>(Log) { Description = "Log for people or for machines: text, json", HelpName = "form", DefaultValueFactory = _ => "text" };
        log.AcceptOnlyFromAmong("text", Json);
        folders.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (IsBucket(token.Value)) Try(() => StoreUri.Parse(token.Value), result.AddError);
                else if (!Directory.Exists(token.Value)) result.AddError(Missing(token.Value));
            }
        });
        var command = new Command(Name, "Serve datasets over HTTP, with a web page: analyse, watch, read reports") { folders, settings, listen, state, demo, log };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var at = screen();
            var over = new List<(string, string, string)>();
            if (parsed.GetValue(listen) is { Length: > 0 } addresses) over.Add(("Api:Listen", string.Join(';', addresses), "--listen"));
            if (parsed.GetValue(state) is { } place) over.Add(("State", place, "--state"));
            var made = parsed.GetValue(demo) ? await DemoFolder.MakeAsync(at, DemoFolder.Default, new DemoOptions(), force: false, cancellationToken) : null;
            var standard = made is null ? null : SettingsSource.Of(("State", Path.Combine(DemoFolder.Default, "state"), "--demo"));
            var options = HostArguments.Read(at, parsed.GetValue(settings), SettingsSource.Of(over), root =>
            [
                .. (parsed.GetValue(folders) ?? []).Select(folder => Of(folder, root)),
                .. made is null ? Array.Empty<Dataset>() : [Demo(made.Name, root)],
            ], standard);
            return await RunAsync(at, LocalHost.Build(options, at.JsonLines), options, cancellationToken);
        });
        return command;
    }

    private static string Missing(string folder) =>
        folder.StartsWith('-') ? $"There is no option '{folder}'; --help lists those there are."
        : File.Exists(folder) ? $"'{folder}' is a file, and folders are served: name the one it is in ('{Path.GetDirectoryName(Path.GetFullPath(folder))}'), or analyse the file alone: kubemetrics analyze {folder}"
        : $"There is no folder '{folder}' to serve; check the path (now in {Directory.GetCurrentDirectory()}).";

    private static async Task<int> RunAsync(Screen screen, WebApplication app, KubeMetricsOptions options, CancellationToken cancellationToken)
    {
        await using var _ = app;
        // Made now, so that a place that can't be written to is told before anybody asks for anything.
        await ProbeAsync(app.Services.GetRequiredService<StorePlace>(), options.State, cancellationToken);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new Failure($"{string.Join(", ", options.Api.Listen)} is in use by another program; stop that one, or listen elsewhere: --listen http://127.0.0.1:7072");
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException)
        {
            throw new Failure($"Listening on {string.Join(", ", options.Api.Listen)} failed: {e.Message.TrimEnd('.')}. Name another address with --listen.");
        }

        var log = app.Services.GetRequiredService<HostLog>();
        log.Started(options, app.Urls);
        if (!screen.JsonLines)
        {
            screen.Output.WriteLine($"Serving {Count(options.Datasets.Count)} at {string.Join(", ", app.Urls)}   (Ctrl-C ends it)");
            screen.Output.Flush();
        }

        await app.WaitForShutdownAsync(CancellationToken.None);
        log.Stopped(app.Services.GetRequiredService<WorkExecutor>().GivenBack);
        return app.Services.GetRequiredService<Lifetime>().WasAsked ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task ProbeAsync(StorePlace state, StoreUri uri, CancellationToken cancellationToken)
    {
        var key = ObjectKey.AsPrefix(state.Prefix) + "probe";
        async Task<string> TryAsync()
        {
            await state.Store.PutBytesAsync(key, "written at start, and deleted again"u8.ToArray(), cancellationToken: cancellationToken);
            await state.Store.DeleteAsync(key, cancellationToken);
            return key;
        }

        // What a bucket's endpoint refuses is told with its own remedy.
        if (uri.Kind == StoreKind.S3) await TryAsync();
        else await Writing.ToAsync(state.Store.Name, "name another place: --state, or the setting State.", TryAsync);
    }

    private static void Try(Action parse, Action<string> failed)
    {
        try
        {
            parse();
        }
        catch (FormatException e)
        {
            failed(e.Message);
        }
    }

    private static bool IsBucket(string text) => text.StartsWith("s3://", StringComparison.Ordinal);

    private static string Count(int datasets) => datasets == 1 ? "1 dataset" : $"{datasets} datasets";

    private static Dataset Of(string folder, StoreUri state)
    {
        var location = StoreUri.Parse(IsBucket(folder) ? folder : Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var name = new StringBuilder();
        foreach (var c in location.Key.Length > 0 ? location.Key.TrimEnd('/').Split('/')[^1] : Path.GetFileName(location.Bucket)) name.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-');
        var known = name.ToString().TrimStart('-', '_') is { Length: > 0 } some ? some[..Math.Min(some.Length, 63)] : "dumps";
        return new Dataset { Name = known, Location = location, Reports = state.Below($"reports/{known}") };
    }

    private static Dataset Demo(string bucket, StoreUri state) => new()
    {
        Name = "demo",
        Location = StoreUri.Parse(bucket),
        Where = [LabelMatcher.Parse("quantile=0.9")],
        Reports = state.Below("reports/demo"),
    };
}
