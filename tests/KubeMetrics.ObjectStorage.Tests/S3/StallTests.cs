using System.Net;
using System.Net.Sockets;
using System.Text;
using KubeMetrics.ObjectStorage.S3;
using Microsoft.Extensions.Time.Testing;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>Endpoints that take a connection, and then stop moving bytes: nobody waits for them for ever.</summary>
public sealed class StallTests : IDisposable
{
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();
    private readonly S3Clients _clients;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _open = [];
    private int _connections;

    public StallTests()
    {
        _clients = new S3Clients(_time);
        _listener.Start();
    }

    public void Dispose()
    {
        _clients.Dispose();
        _listener.Dispose();
        _open.ForEach(one => one.Dispose());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private S3Store Store => new("ceph-bucket", new S3Connection { Endpoint = $"http://{_listener.LocalEndpoint}", AccessKey = "key", SecretKey = "secret", Stall = Stall }, _clients);

    /// <summary>
    /// Answers one request a connection, each as a test wants, and all further ones as the last: while the time goes on for a connection that stands
    /// still it may have gone on for the next one too, which is given up then by a client that is starved.
    /// </summary>
    private async Task ServeAsync(params Func<NetworkStream, Task>[] answers)
    {
        foreach (var answer in answers)
        {
            // Between two connections the first is one that is given up.
            var accepting = _listener.AcceptTcpClientAsync(Cancellation).AsTask();
            if (_connections > 0) await StandStillAsync(accepting);
            await AnswerAsync(await accepting, answer);
        }

        _ = ServeMoreAsync(answers[^1]);
    }

    private async Task ServeMoreAsync(Func<NetworkStream, Task> answer)
    {
        try
        {
            while (true) await AnswerAsync(await _listener.AcceptTcpClientAsync(Cancellation), answer);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // the test is over
        }
    }

    private async Task AnswerAsync(TcpClient client, Func<NetworkStream, Task> answer)
    {
        _open.Add(client);
        _connections++;
        try
        {
            await answer(client.GetStream());
        }
        catch (IOException) when (_connections > 1)
        {
            // given up before it was answered
        }
    }

    private static async Task HeadAsync(NetworkStream stream)
    {
        var (head, one) = (new StringBuilder(), new byte[1]);
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        if (head.ToString().Contains("100-continue")) await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
    }

    /// <summary>Lets the time go on until something is done, which a connection that stands still has to bring about.</summary>
    private async Task StandStillAsync(Task done)
    {
        while (!done.IsCompleted)
        {
            _time.Advance(Stall / 4);
            await Task.Yield();
        }
    }

    private static Func<NetworkStream, Task> After(Func<NetworkStream, Task> read, string answer) => async stream =>
    {
        await read(stream);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
    };

    private const string Whole = "HTTP/1.1 200 OK\r\nETag: \"5d41402abc4b2a76b9719d911017c592\"\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";

    [Fact]
    public async Task A_request_that_gets_no_answer_is_made_again()
    {
        var serve = ServeAsync(HeadAsync, After(HeadAsync, Whole));

        Assert.Equal("hello"u8.ToArray(), (await Store.GetBytesAsync("k", cancellationToken: Cancellation))!.Value.Content);

        await serve;
        Assert.InRange(_connections, 2, 4);
    }

    [Fact]
    public async Task An_object_that_stops_coming_fails_with_what_happened()
    {
        var serve = ServeAsync(After(HeadAsync, Whole[..^2]));
        await using var read = await Store.GetAsync("k", null, Cancellation);

        var reading = read!.Content.ReadExactlyAsync(new byte[5], Cancellation).AsTask();
        await serve;
        await StandStillAsync(reading);
        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => reading);

        Assert.Equal(ObjectStoreError.Unavailable, failure.Error);
        Assert.Contains("nothing moved for 60 s", failure.Message);
    }

    [Fact]
    public async Task Content_that_nobody_takes_is_sent_again()
    {
        var content = new byte[32 << 20]; // more than the system keeps of what was sent and not taken
        var serve = ServeAsync(HeadAsync, After(async stream =>
        {
            await HeadAsync(stream);
            await stream.ReadExactlyAsync(new byte[content.Length]);
        }, "HTTP/1.1 200 OK\r\nETag: \"58f06dd588d8ffb3beb46ada6309436b\"\r\nContent-Length: 0\r\n\r\n"));

        // md5 of 32 MiB of zeros, as md5sum makes it
        Assert.Equal("58f06dd588d8ffb3beb46ada6309436b", await Store.PutAsync("k", new MemoryStream(content), null, Cancellation));

        await serve;
        Assert.InRange(_connections, 2, 4);
    }

    [Fact]
    public async Task What_comes_slowly_but_comes_is_not_given_up_and_what_stops_coming_is()
    {
        using var sender = new TcpClient();
        var accepting = _listener.AcceptTcpClientAsync(Cancellation);
        await sender.ConnectAsync((IPEndPoint)_listener.LocalEndpoint, Cancellation);
        using var accepted = await accepting;
        await using var receiver = new MovingStream(accepted.Client, Stall, _time);
        var one = new byte[1];
        foreach (var sent in "hello"u8.ToArray())
        {
            var read = receiver.ReadAsync(one, Cancellation).AsTask();
            _time.Advance(Stall * 0.75); // in all it takes longer than a stall may
            await sender.GetStream().WriteAsync(new[] { sent }, Cancellation);
            Assert.Equal((1, sent), (await read, one[0]));
        }

        var last = receiver.ReadAsync(one, Cancellation).AsTask();
        _time.Advance(Stall);
        Assert.Contains("nothing moved for 60 s", (await Assert.ThrowsAsync<IOException>(() => last)).Message);
    }
}
