using System.Net.Sockets;
using System.Text;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>A request byte for byte as written, which no client would send.</summary>
internal static class RawRequest
{
    /// <summary>Sends bytes and reads the answer to its end.</summary>
    public static async Task<Answer> SendAsync(RunningHost host, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", host.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        return await ReadAsync(stream);
    }

    /// <summary>Asks for a path exactly as it is written.</summary>
    public static Task<Answer> GetAsync(RunningHost host, string path) => SendAsync(host, $"GET {path} HTTP/1.1\r\nHost: localhost:{host.Port}\r\nConnection: close\r\n\r\n");

    /// <summary>Reads one answer: to the length that it announces, or until the other side closes.</summary>
    public static async Task<Answer> ReadAsync(Stream stream)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(RunningHost.Patience);
        var received = new MemoryStream();
        var buffer = new byte[16384];
        Answer? answer = null;
        while (answer is null || !(answer.Headers.TryGetValue("Content-Length", out var length) && answer.Body.Length >= int.Parse(length)))
        {
            var read = await stream.ReadAsync(buffer, patience.Token);
            if (read == 0) break;
            received.Write(buffer.AsSpan(0, read));
            answer = Parse(received.ToArray());
        }

        return answer ?? throw new IOException($"The answer ended after {received.Length} bytes.");
    }

    private static Answer? Parse(byte[] received)
    {
        var end = received.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0) return null;
        var lines = Encoding.Latin1.GetString(received, 0, end).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0], parts => parts.ElementAtOrDefault(1) ?? "", StringComparer.OrdinalIgnoreCase);
        var body = received[(end + 4)..];
        return new Answer(int.Parse(lines[0].Split(' ')[1]), headers, headers.GetValueOrDefault("Transfer-Encoding") == "chunked" ? Unchunked(body) : body);
    }

    private static byte[] Unchunked(byte[] body)
    {
        var whole = new MemoryStream();
        for (var at = 0; at < body.Length;)
        {
            var line = body.AsSpan(at).IndexOf("\r\n"u8);
            if (line < 0 || !int.TryParse(Encoding.ASCII.GetString(body, at, line), System.Globalization.NumberStyles.HexNumber, null, out var length) || length == 0) break;
            at += line + 2;
            whole.Write(body.AsSpan(at, Math.Min(length, body.Length - at)));
            at += length + 2;
        }

        return whole.ToArray();
    }
}
