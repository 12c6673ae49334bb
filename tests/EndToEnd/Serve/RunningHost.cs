using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>The real <c>kubemetrics serve</c> in a process of its own, on a port that is free, until it is killed, ended or disposed.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    /// <summary>How long anything may take before a test gives up; much more than it does take, since the machine may be busy.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private RunningHost(Process process, string serving, Task<string> output, Task<string> error)
    {
        (_process, Serving, _output, _error) = (process, serving, output, error);
        var address = serving.Split(' ').First(word => word.StartsWith("http://", StringComparison.Ordinal)).TrimEnd(',');
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 })
        {
            BaseAddress = new Uri(address.Replace("0.0.0.0", "127.0.0.1")),
            Timeout = Patience,
        };
    }

    /// <summary>The line that it printed when it was ready.</summary>
    public string Serving { get; }

    /// <summary>Asks it; follows no redirect and keeps no cookie.</summary>
    public HttpClient Client { get; }

    public int Port => Client.BaseAddress!.Port;

    public int ProcessId => _process.Id;

    /// <summary>Starts it in a folder and waits until it serves.</summary>
    /// <param name="folder">Its current folder; it keeps its state in <c>state</c> below.</param>
    /// <param name="settings">Settings as environment variables, with colons.</param>
    /// <param name="arguments">More for its line.</param>
    public static async Task<RunningHost> StartAsync(string folder, IReadOnlyDictionary<string, string>? settings = null, params string[] arguments)
    {
        string[] line = [.. CommandRun.Program, "serve", .. arguments.Contains("--listen") ? [] : (string[])["--listen", "http://127.0.0.1:0"], .. arguments.Contains("--state") ? [] : (string[])["--state", "state"], .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_ROLL_FORWARD"] = "Major";
        foreach (var (name, value) in settings ?? new Dictionary<string, string>()) start.Environment[name.Replace(":", "__")] = value;
        var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var patience = new CancellationTokenSource(Patience);
        string? first;
        try
        {
            first = await process.StandardOutput.ReadLineAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"kubemetrics serve did not print where it serves within {Patience}.");
        }

        if (first?.StartsWith("Serving ", StringComparison.Ordinal) != true) throw new InvalidOperationException($"kubemetrics serve printed '{first}' and: {await error}");
        return new RunningHost(process, first, process.StandardOutput.ReadToEndAsync(CancellationToken.None), error);
    }

    /// <summary>As kill -9 does it: nothing of it gets to say anything more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
    }

    /// <summary>Sends SIGTERM.</summary>
    public static void Terminate(Process process) => Assert.Equal(0, Signal(process.Id, 15));

    /// <summary>As SIGTERM does it.</summary>
    /// <returns>Its exit status, and all that it wrote to standard error.</returns>
    public async Task<(int ExitCode, string Error)> EndAsync()
    {
        Terminate(_process);
        await _process.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        return (_process.ExitCode, await _error);
    }

    /// <summary>Asks, and reads the whole answer.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.OfAsync(response);
    }

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> PostAsync(string path, string json, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, new StringContent(json, Encoding.UTF8, "application/json"), headers);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await Task.WhenAll(_output, _error);
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int pid, int signal);
}
