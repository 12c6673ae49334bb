using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>Clients that never come to an end keep nobody else from being answered.</summary>
[Collection(typeof(ServedDumps))]
public sealed class SlowClientTests(ServedDumps served)
{
    private const int Trickling = 1000, Unfinished = 500, HalfSent = 500, Deaf = 500, Spare = 1000;
    private static readonly TimeSpan AFew = TimeSpan.FromSeconds(10);
    private readonly RunningHost _host = served.Host;

    [Fact]
    public async Task Two_thousand_slow_clients_do_not_stop_the_next()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Reads the limit of open files from /proc.");
        foreach (var process in (string[])["self", _host.ProcessId.ToString()])
            if (OpenFiles(process) is var most && most < Trickling + Unfinished + HalfSent + Deaf + Spare)
                Assert.Skip($"The process {process} may open {most} files only; ulimit -n {Trickling + Unfinished + HalfSent + Deaf + Spare} lets this run.");

        var page = await _host.GetAsync($"{served.Report}/index.html");
        var sockets = new List<Socket>();
        try
        {
            var head = $"GET /api/health HTTP/1.1\r\nHost: localhost:{_host.Port}\r\nX-Slow: ";
            var trickling = await OpenAsync(sockets, Trickling, "");
            await OpenAsync(sockets, Unfinished, head);
            await OpenAsync(sockets, HalfSent, $"POST /api/analysis HTTP/1.1\r\nHost: localhost:{_host.Port}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{\"dataset\":");
            var ask = $"GET {served.Report}/index.html HTTP/1.1\r\nHost: localhost:{_host.Port}\r\n\r\n";
            await OpenAsync(sockets, Deaf, ask + ask + ask + ask);

            foreach (var character in head)
            {
                foreach (var socket in trickling) await socket.SendAsync(new[] { (byte)character }, TestContext.Current.CancellationToken);
                await AnsweredAsync("/api/health", null);
                await AnsweredAsync($"{served.Report}/index.html", page.Body);
            }
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }

        await AnsweredAsync($"{served.Report}/index.html", page.Body);
    }

    private async Task AnsweredAsync(string path, byte[]? whole)
    {
        var clock = Stopwatch.StartNew();
        // A connection of its own: one that is open already would prove nothing of the next client.
        var answer = (await RawRequest.GetAsync(_host, path)).Is(200);
        Assert.True(clock.Elapsed < AFew, $"{path} took {clock.Elapsed}");
        if (whole is not null) Assert.Equal(whole, answer.Body);
    }

    private async Task<List<Socket>> OpenAsync(List<Socket> all, int count, string request)
    {
        var bytes = Encoding.ASCII.GetBytes(request);
        var opened = new List<Socket>();
        for (var i = 0; i < count; i++)
        {
            // The kernel takes little for it, so who does not read is soon not written to.
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 4096 };
            all.Add(socket);
            opened.Add(socket);
            await socket.ConnectAsync(IPAddress.Loopback, _host.Port, TestContext.Current.CancellationToken);
            if (bytes.Length > 0) await socket.SendAsync(bytes, TestContext.Current.CancellationToken);
        }

        return opened;
    }

    private static long OpenFiles(string process)
    {
        var line = File.ReadLines($"/proc/{process}/limits").First(one => one.StartsWith("Max open files", StringComparison.Ordinal));
        return long.TryParse(line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], out var soft) ? soft : long.MaxValue;
    }
}
