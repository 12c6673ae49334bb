using System.ComponentModel;
using System.Diagnostics;

namespace KubeMetrics.Cli.Commands;

/// <summary>A script that lies beside the program and starts something real on this machine. It installs nothing unless asked.</summary>
/// <param name="what">What it starts, as sentences begin.</param>
/// <param name="option">The demo's option for it.</param>
/// <param name="folder">Where it lies in the repository.</param>
/// <param name="file">Its name.</param>
/// <param name="prefix">How the variables begin that tell it where to be.</param>
internal sealed class DevScript(string what, string option, string folder, string file, string prefix)
{
    private const int NotInstalled = 4, PortTaken = 5;
    private readonly string _script = Path.Combine(AppContext.BaseDirectory, file);

    /// <summary>What to do where it is not installed, by what the script said; null where that says it itself.</summary>
    public Func<string>? Install { get; init; }

    /// <summary>The command that ends it and deletes what it holds.</summary>
    public string Undo => Line("wipe");

    /// <summary>Starts it where it does not run yet.</summary>
    /// <param name="environment">More variables for it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>How it is reached: names and values.</returns>
    /// <exception cref="Failure">It is not installed, or did not start.</exception>
    public async Task<IReadOnlyDictionary<string, string>> UpAsync(IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        await RunAsync("up", environment, cancellationToken);
        return (await RunAsync("env", environment, cancellationToken)).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
    }

    /// <summary>The command as a person runs it; one that was started elsewhere than usual is found there only.</summary>
    public string Line(string does)
    {
        var variables = Environment.GetEnvironmentVariables();
        var set = variables.Keys.Cast<string>().Where(name => name == $"{prefix}_DIR" || name == $"{prefix}_ROOT").Order(StringComparer.Ordinal).Select(name => $"{name}={variables[name]} ");
        return $"{string.Concat(set)}bash {_script} {does}";
    }

    private async Task<string> RunAsync(string does, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        if (!File.Exists(_script)) throw new Failure($"'{_script}' is not there; it belongs beside the program: copy it there from {folder}.");
        try
        {
            var start = new ProcessStartInfo("bash", [_script, does]) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode switch
            {
                0 => await output,
                NotInstalled when Install is not null => throw new Failure(Install()),
                NotInstalled or PortTaken => throw new Failure($"{what} did not start: {Sentence(await errors)}"),
                _ => throw new Failure($"{what} did not start: {Sentence(await errors)} To begin anew: {Undo}"),
            };
        }
        catch (Win32Exception e)
        {
            throw new Failure($"{what} is started by a script for bash, which can't be run here: {e.Message}. Run the demo without {option}.");
        }
    }

    private string Sentence(string errors)
    {
        var said = errors.Trim().Replace($"{Path.GetFileNameWithoutExtension(file)}: ", "");
        return said.EndsWith('.') ? said : said + ".";
    }
}
