using System.Security.Cryptography;
using Amazon.Util;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>How content is read to be signed and sent: where that fails nothing else suffers.</summary>
public sealed class SentContentTests : IDisposable
{
    private readonly S3Clients _clients = new();

    public void Dispose() => _clients.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private S3Store Store(RecordingEndpoint endpoint) =>
        new("ceph-bucket", new S3Connection { Endpoint = $"http://127.0.0.1:{endpoint.Port}", AccessKey = "key", SecretKey = "secret" }, _clients);

    private static string Stored(Recorded request) => RecordingEndpoint.Answer(200, "", $"ETag: \"{Convert.ToHexStringLower(MD5.HashData(request.Body))}\"");

    [Fact]
    public async Task Content_that_fails_while_it_is_hashed_spoils_no_other_signature_on_that_thread()
    {
        using var endpoint = new RecordingEndpoint(Stored, "127.0.0.1");
        var content = new Failing();

        var put = Store(endpoint).PutAsync("k", content, null, Cancellation);

        // Up to the first byte on the wire all happens on this thread, whose hasher the SDK keeps.
        Assert.Equal(Environment.CurrentManagedThreadId, content.ReadOn);
        Assert.Equal(SHA256.HashData("next"u8), CryptoUtilFactory.CryptoInstance.ComputeSHA256Hash("next"u8.ToArray()));
        Assert.Equal("The disk is gone.", (await Assert.ThrowsAsync<IOException>(() => put)).Message);
        Assert.Empty(endpoint.Seen); // nothing whole was sent, nor was it tried again
    }

    [Fact]
    public async Task A_part_that_can_not_be_read_is_told_as_such_and_not_tried_again()
    {
        using var endpoint = new RecordingEndpoint(Stored, "127.0.0.1");
        Assert.Equal("The disk is gone.", (await Assert.ThrowsAsync<IOException>(() => Store(endpoint).PutPartAsync("k", "upload", 1, new Failing(), null, Cancellation))).Message);
        Assert.Empty(endpoint.Seen);
    }

    [Fact]
    public async Task Content_that_its_ETag_or_its_MD5_vouches_for_is_not_hashed_to_be_signed()
    {
        using var endpoint = new RecordingEndpoint(Stored, "127.0.0.1");
        await Store(endpoint).PutPartAsync("k", "upload", 1, new MemoryStream("part"u8.ToArray()), null, Cancellation);
        await Store(endpoint).PutAsync("k", new MemoryStream("whole"u8.ToArray()), new PutOptions { Md5 = Convert.ToHexStringLower(MD5.HashData("whole"u8)) }, Cancellation);
        await Store(endpoint).PutAsync("k", new MemoryStream("bare"u8.ToArray()), null, Cancellation);
        Assert.Equal(["UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD", Convert.ToHexStringLower(SHA256.HashData("bare"u8))], endpoint.Seen.Select(request => request.Headers["x-amz-content-sha256"]));
    }

    [Fact]
    public async Task A_try_that_broke_off_reads_no_more_of_the_content_that_the_next_one_sends()
    {
        var content = new Waiting();
        using var endpoint = new RecordingEndpoint(Stored, "127.0.0.1") { BreaksOffAfter = () => content.Waits };

        await Store(endpoint).PutAsync("k", content, null, Cancellation);

        Assert.False(content.WasReadByTwo);
        Assert.Equal("hello"u8.ToArray(), Assert.Single(endpoint.Seen).Body);
    }

    /// <summary>A file that can be read only so far.</summary>
    private sealed class Failing() : MemoryStream(new byte[300_000])
    {
        public int ReadOn { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            ReadOn = Environment.CurrentManagedThreadId;
            return Position < 200_000 ? base.Read(buffer, offset, Math.Min(count, 100_000)) : throw new IOException("The disk is gone.");
        }
    }

    /// <summary>Content of which the first read to send it never comes back by itself.</summary>
    private sealed class Waiting() : MemoryStream("hello"u8.ToArray())
    {
        private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _reading;

        public Task Waits => _waits.Task;

        public bool WasReadByTwo { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            WasReadByTwo |= _reading;
            return base.Read(buffer, offset, count);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_waits.Task.IsCompleted)
            {
                try
                {
                    _reading = true;
                    _waits.SetResult();
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }
                finally
                {
                    _reading = false;
                }
            }

            return base.Read(buffer.Span);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }
}
