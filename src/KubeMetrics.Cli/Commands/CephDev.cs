using System.ComponentModel;
using System.Diagnostics;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.Cli.Commands;

/// <summary>A Ceph of one's own on this machine, by the script that lies beside the program. It installs nothing.</summary>
internal static class CephDev
{
    private const int NotInstalled = 4, PortTaken = 5;
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "ceph-dev.sh");

    /// <summary>The command that ends it and deletes what it holds.</summary>
    public static string Undo => Line("wipe");

    /// <summary>Starts it where it does not run yet.</summary>
    /// <returns>How its buckets are reached.</returns>
    /// <exception cref="Failure">It is not installed, or did not start.</exception>
    public static async Task<S3Connection> UpAsync(CancellationToken cancellationToken)
    {
        await RunAsync("up", cancellationToken);
        var reached = (await RunAsync("env", cancellationToken)).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
        return new S3Connection { Endpoint = reached["RGW_API_ENDPOINT"], AccessKey = reached["ACCESSKEY"], SecretKey = reached["SECRETKEY"] };
    }

    private static async Task<string> RunAsync(string what, CancellationToken cancellationToken)
    {
        if (!File.Exists(Script)) throw new Failure($"'{Script}' is not there; it belongs beside the program: copy it there from infra/ceph.");
        try
        {
            using var process = Process.Start(new ProcessStartInfo("bash", [Script, what]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode switch
            {
                0 => await output,
                NotInstalled => throw new Failure($"Ceph is not installed. Install Debian's packages (70 MB, as root) with: {Line("install")} — then run the demo again."),
                PortTaken => throw new Failure($"Ceph did not start: {Sentence(await errors)}"),
                _ => throw new Failure($"Ceph did not start: {Sentence(await errors)} To begin anew: {Undo}"),
            };
        }
        catch (Win32Exception e)
        {
            throw new Failure($"Ceph is started by a script for bash, which can't be run here: {e.Message}. Run the demo without --ceph.");
        }
    }

    private static string Sentence(string errors)
    {
        var said = errors.Trim().Replace("ceph-dev: ", "");
        return said.EndsWith('.') ? said : said + ".";
    }

    // One that was started elsewhere than usual is found there only.
    private static string Line(string what)
    {
        var variables = Environment.GetEnvironmentVariables();
        var set = variables.Keys.Cast<string>().Where(name => name is "CEPH_DEV_DIR" or "CEPH_DEV_ROOT").Order(StringComparer.Ordinal).Select(name => $"{name}={variables[name]} ");
        return $"{string.Concat(set)}bash {Script} {what}";
    }
}
