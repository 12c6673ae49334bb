using System.Runtime.ExceptionServices;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>
/// Content as one try of a request reads it, guarded on two sides. The SDK signs with a hasher that each thread keeps for
/// good, and a read that throws while it hashes leaves its bytes in there: the next request that is signed on that thread,
/// whosesoever it is, gets a wrong hash. So a synchronous read, which the SDK makes to hash and for nothing else, never
/// throws: the failure is kept, and thrown when the content is read to be sent. And <see cref="HttpClient"/> may still be
/// sending the content of a request that has failed: <see cref="EndAsync"/> waits for its last read, though not for ever, and
/// allows no other.
/// </summary>
internal sealed class SentStream(Stream content, CancellationToken cancellationToken) : Stream
{
    private static readonly TimeSpan LastRead = TimeSpan.FromSeconds(10);

    private readonly long _start = content.Position;
    private readonly CancellationTokenSource _ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly SemaphoreSlim _reading = new(1, 1);

    /// <summary>Why the content can't be read; null where it can.</summary>
    internal ExceptionDispatchInfo? Failure { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => content.Length - _start;

    public override long Position
    {
        get => content.Position - _start;
        set => content.Position = _start + value;
    }

    /// <exception cref="ObjectStoreException">A read of the content does not come back: nobody may use it any more.</exception>
    internal async Task EndAsync()
    {
        await _ended.CancelAsync();
        if (!await _reading.WaitAsync(LastRead, CancellationToken.None)) // for good
            throw new ObjectStoreException(ObjectStoreError.Unavailable, "The content could not be read to its end: a read of it does not come back. See whether what it is read from still answers.");
        _ended.Dispose();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        _reading.Wait(CancellationToken.None);
        try
        {
            return Failure is null && !_ended.IsCancellationRequested ? content.Read(buffer, offset, count) : 0;
        }
        catch (Exception e)
        {
            Failure = ExceptionDispatchInfo.Capture(e);
            return 0;
        }
        finally
        {
            _reading.Release();
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_ended.IsCancellationRequested, this);
        await _reading.WaitAsync(_ended.Token);
        try
        {
            Failure?.Throw();
            return await content.ReadAsync(buffer, _ended.Token);
        }
        catch (Exception e) when (!_ended.IsCancellationRequested)
        {
            Failure ??= ExceptionDispatchInfo.Capture(e);
            throw;
        }
        finally
        {
            _reading.Release();
        }
    }

    // Content that lies in memory is sent from where it lies.
    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_ended.IsCancellationRequested, this);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, cancellationToken);
        await _reading.WaitAsync(either.Token);
        var sending = new SendingStream(destination);
        try
        {
            Failure?.Throw();
            await content.CopyToAsync(sending, bufferSize, either.Token);
        }
        catch (Exception e) when (!sending.HasFailed && !either.IsCancellationRequested)
        {
            Failure ??= ExceptionDispatchInfo.Capture(e);
            throw;
        }
        finally
        {
            _reading.Release();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => Position,
        _ => Length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
