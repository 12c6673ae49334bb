using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>A request as it came in, to the letter.</summary>
/// <param name="Address">Where it came to.</param>
/// <param name="Method">GET, PUT, …</param>
/// <param name="Target">Path and query as they were sent.</param>
/// <param name="Headers">Headers, names in lower case.</param>
/// <param name="Body">Its body.</param>
internal sealed record Recorded(string Address, string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>All of it but the body, to be searched.</summary>
    public string Text => $"{Method} {Target}\n{string.Join('\n', Headers.Select(header => $"{header.Key}: {header.Value}"))}";
}

/// <summary>
/// An HTTP endpoint on some loopback addresses, that keeps what it is sent and answers as a test wants: a fake, since no
/// real endpoint shows what it saw or breaks off when it is told to.
/// </summary>
internal sealed class RecordingEndpoint : IDisposable
{
    private readonly List<TcpListener> _listeners = [];
    private readonly Func<Recorded, string?> _answer;
    private readonly ConcurrentQueue<Recorded> _seen = [];

    /// <param name="answer">The whole answer, status line first; null breaks the connection off without one.</param>
    /// <param name="addresses">Where it listens, all on one port.</param>
    public RecordingEndpoint(Func<Recorded, string?> answer, params string[] addresses)
    {
        _answer = answer;
        foreach (var address in addresses)
        {
            var listener = new TcpListener(IPAddress.Parse(address), Port);
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
            _listeners.Add(listener);
            _ = AcceptAsync(listener, address);
        }
    }

    public int Port { get; private set; }

    public IReadOnlyList<Recorded> Seen => [.. _seen];

    /// <summary>An answer with a body.</summary>
    public static string Answer(int status, string body = "", params string[] headers) =>
        $"HTTP/1.1 {status} Status\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public void Dispose() => _listeners.ForEach(listener => listener.Dispose());

    private async Task AcceptAsync(TcpListener listener, string address)
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync(), address);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task ServeAsync(TcpClient client, string address)
    {
        using var _ = client;
        var stream = client.GetStream();
        while (await ReadAsync(stream, address) is { } request)
        {
            _seen.Enqueue(request);
            if (_answer(request) is not { } answer) return;
            if (request.Method == "HEAD") answer = answer[..(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)];
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer));
            if (answer.Contains("Connection: close")) return;
        }
    }

    private static async Task<Recorded?> ReadAsync(NetworkStream stream, string address)
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
        var body = new byte[headers.TryGetValue("content-length", out var length) ? int.Parse(length) : 0];
        if (headers.ContainsKey("expect")) await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
        await stream.ReadExactlyAsync(body);
        var start = lines[0].Split(' ');
        return new Recorded(address, start[0], start[1], headers, body);
    }
}
