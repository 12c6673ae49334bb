using System.Net;
using System.Net.Sockets;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>A wire to an endpoint that counts the bytes that go over it: what was sent and read, whoever says otherwise.</summary>
internal sealed class Wire : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _endpoint;
    private long _sent, _received;

    public Wire(string endpoint)
    {
        _endpoint = new Uri(endpoint);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Its near end.</summary>
    public string Endpoint => $"http://{_listener.LocalEndpoint}";

    /// <summary>Bytes that went to the endpoint.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Bytes that came from the endpoint.</summary>
    public long Received => Interlocked.Read(ref _received);

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

    private async Task ServeAsync(TcpClient near)
    {
        using var far = new TcpClient();
        using (near)
        {
            try
            {
                near.NoDelay = far.NoDelay = true;
                await far.ConnectAsync(_endpoint.Host, _endpoint.Port);
                await Task.WhenAny(PumpAsync(near, far, count => Interlocked.Add(ref _sent, count)), PumpAsync(far, near, count => Interlocked.Add(ref _received, count)));
            }
            catch (SocketException)
            {
                // nobody answers there now, and so nobody here
            }
        }
    }

    private static async Task PumpAsync(TcpClient from, TcpClient to, Action<int> count)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.GetStream().ReadAsync(buffer) is var read and > 0)
            {
                count(read);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // one of the two ends has gone
        }
    }
}
