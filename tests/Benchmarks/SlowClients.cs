using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KubeMetrics.Benchmarks;

/// <summary>Clients that hold a server up: some never finish their request, some never read the answer.</summary>
internal sealed class SlowClients : IDisposable
{
    // More than the kernel holds for a reader who does not read: the server has to wait for him.
    private const int RequestsAtOnce = 8;

    private readonly List<Socket> _sockets = [];

    /// <summary>Connects all of them.</summary>
    internal static async Task<SlowClients> ConnectAsync(Uri server, int unfinished, int unread, string path)
    {
        var all = new SlowClients();
        for (var i = 0; i < unfinished; i++) await all.AddAsync(server, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", 1);
        for (var i = 0; i < unread; i++) await all.AddAsync(server, $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", RequestsAtOnce);
        return all;
    }

    /// <summary>Seconds until a client with a connection of its own has a whole answer: some tries, in order.</summary>
    internal static async Task<double[]> LatenciesAsync(Uri server, string path, int tries)
    {
        var seconds = new double[tries];
        for (var i = 0; i < tries; i++)
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(1) };
            var clock = Stopwatch.StartNew();
            await client.GetByteArrayAsync(new Uri(server, path));
            seconds[i] = clock.Elapsed.TotalSeconds;
        }

        Array.Sort(seconds);
        return seconds;
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
    }

    private async Task AddAsync(Uri server, string text, int times)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        _sockets.Add(socket);
        await socket.ConnectAsync(IPAddress.Parse(server.Host), server.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(text, times))));
    }
}
