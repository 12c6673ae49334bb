using System.Diagnostics;

namespace KubeMetrics.EndToEnd.Tests;

/// <summary>What a run of the real command, in a process of its own, left behind.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>How the command is started: the published one that <c>KUBEMETRICS_COMMAND</c> names, else the built one that lies beside the tests.</summary>
    internal static IReadOnlyList<string> Program { get; } = Environment.GetEnvironmentVariable("KUBEMETRICS_COMMAND") is { Length: > 0 } published
        ? [Path.GetFullPath(published)]
        : ["dotnet", Path.Combine(AppContext.BaseDirectory, "kubemetrics.dll")];

    /// <summary>Runs the command to its end.</summary>
    public static Task<CommandRun> OfAsync(string folder, params string[] arguments) => OfAsync(folder, _ => Task.CompletedTask, arguments);

    /// <summary>Runs the command to its end, with variables of its own.</summary>
    public static Task<CommandRun> OfAsync(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        OfAsync(folder, environment, _ => Task.CompletedTask, arguments);

    /// <summary>Runs the command, does something to it meanwhile, and waits for its end.</summary>
    public static Task<CommandRun> OfAsync(string folder, Func<Process, Task> meanwhile, params string[] arguments) =>
        OfAsync(folder, new Dictionary<string, string>(), meanwhile, arguments);

    private static async Task<CommandRun> OfAsync(string folder, IReadOnlyDictionary<string, string> environment, Func<Process, Task> meanwhile, string[] arguments)
    {
        // A shell lets what it runs in the background ignore Ctrl-C, and what that starts inherits it.
        string[] line = [.. OperatingSystem.IsLinux() ? (string[])["env", "--default-signal=INT"] : [], .. Program, .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_ROLL_FORWARD"] = "Major";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var error = process.StandardError.ReadToEndAsync(patience.Token);
            await meanwhile(process);
            await process.WaitForExitAsync(patience.Token);
            return new CommandRun(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"kubemetrics {string.Join(' ', arguments)} did not end within {Patience}.");
        }
    }
}
