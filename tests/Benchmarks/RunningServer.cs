using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace KubeMetrics.Benchmarks;

/// <summary>A program that serves, as a process of its own, ended when disposed.</summary>
internal sealed partial class RunningServer : IDisposable
{
    private readonly Process _process;

    private RunningServer(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["Log__Level"] = "warning"; // nothing but trouble between the figures
        _process = Process.Start(start) ?? throw new BenchmarkException($"{program} could not be started.");
    }

    /// <summary>Where it listens.</summary>
    internal Uri Address { get; private init; } = null!;

    internal long PeakBytes => Processes.PeakOf(_process.Id);

    /// <summary>Starts a program and takes its address from the line that tells it.</summary>
    internal static RunningServer Start(string program, params IEnumerable<string> arguments)
    {
        var server = new RunningServer(program, arguments);
        while (server._process.StandardOutput.ReadLine() is { } line)
            if (Told().Match(line) is { Success: true } told)
                return new RunningServer(server, new Uri(told.Value));
        server._process.WaitForExit();
        throw new BenchmarkException($"{program} ended with {server._process.ExitCode} instead of serving.");
    }

    /// <summary>The seconds from a program's start, on a port that it is given, to its first good answer at a path.</summary>
    internal static async Task<double> FirstAnswerAsync(string program, Func<int, string[]> argumentsFor, string path)
    {
        var port = FreePort();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
        var clock = Stopwatch.StartNew();
        using var server = new RunningServer(program, argumentsFor(port));
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync(path);
                if (answer.IsSuccessStatusCode) return clock.Elapsed.TotalSeconds;
            }
            catch (HttpRequestException) when (!server._process.HasExited)
            {
                // nobody listens yet
            }

            await Task.Delay(5); // to ask takes time that the server needs
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private RunningServer(RunningServer started, Uri address) => (_process, Address) = (started._process, address);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Told();
}
