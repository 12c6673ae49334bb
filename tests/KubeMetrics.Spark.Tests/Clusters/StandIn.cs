using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KubeMetrics.Spark.Tests.Clusters;

/// <summary>A request as it came in.</summary>
/// <param name="Line">Method and target: <c>GET /batches/0</c>.</param>
/// <param name="Headers">Its headers, names in lower case.</param>
/// <param name="Body">Its body.</param>
internal sealed record Seen(string Line, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>
/// A stand-in for a cluster that answers as a test wants: no real one can be had to answer garbage, without end, late or not at all,
/// and a Livy is too large to be had here, so what a real one answered is replayed.
/// </summary>
internal sealed class StandIn : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<Seen, string?> _answer;
    private readonly ConcurrentQueue<Seen> _seen = [];

    /// <param name="answer">The whole answer, status line first; null for one that never comes, and one whose head does not end breaks off.</param>
    public StandIn(Func<Seen, string?> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Answers go on with more and more of this; null where they end.</summary>
    public string? Endless { get; init; }

    public IReadOnlyList<Seen> Requests => [.. _seen];

    /// <summary>An answer with a body.</summary>
    public static string Answer(int status, string body, string type = "application/json") =>
        $"HTTP/1.1 {status} Status\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        var stream = client.GetStream();
        try
        {
            while (await ReadAsync(stream) is { } request)
            {
                _seen.Enqueue(request);
                if (_answer(request) is not { } answer)
                {
                    while (await stream.ReadAsync(new byte[16]) > 0) ; // until the other side gives up
                    return;
                }

                await stream.WriteAsync(Encoding.UTF8.GetBytes(answer));
                if (!answer.Contains("\r\n\r\n")) return;
                while (Endless is { } more) await stream.WriteAsync(Encoding.UTF8.GetBytes(more));
            }
        }
        catch (IOException)
        {
            // the other side has enough
        }
    }

    private static async Task<Seen?> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0) return null;
            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1]);
        var chunked = headers.ContainsKey("transfer-encoding");
        var body = chunked ? await ReadChunksAsync(stream) : new byte[headers.TryGetValue("content-length", out var length) ? int.Parse(length) : 0];
        if (!chunked) await stream.ReadExactlyAsync(body);
        return new Seen(lines[0][..lines[0].LastIndexOf(' ')], headers, Encoding.UTF8.GetString(body));
    }

    private static async Task<byte[]> ReadChunksAsync(NetworkStream stream)
    {
        using var all = new MemoryStream();
        while (true)
        {
            var size = new StringBuilder();
            var one = new byte[1];
            while (!size.ToString().EndsWith("\r\n", StringComparison.Ordinal))
            {
                await stream.ReadExactlyAsync(one);
                size.Append((char)one[0]);
            }

            var chunk = new byte[Convert.ToInt32(size.ToString().Trim(), 16) + 2];
            await stream.ReadExactlyAsync(chunk);
            if (chunk.Length == 2) return all.ToArray();
            all.Write(chunk, 0, chunk.Length - 2);
        }
    }
}
