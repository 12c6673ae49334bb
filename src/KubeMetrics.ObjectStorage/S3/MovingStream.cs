using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>
/// A connection on which bytes have to move while somebody waits for them, in either direction: one that stands still for too
/// long is broken off, so that who waits may try another. To wait for ever is the worst a store can make one do, and a
/// time for a whole object would be too long for a small one and too short for a large one.
/// </summary>
internal sealed class MovingStream : Stream
{
    private readonly NetworkStream _inner;
    private readonly TimeSpan _stall;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _moved;
    private int _waiting;
    private volatile bool _stalled;

    internal MovingStream(Socket socket, TimeSpan stall, TimeProvider time)
    {
        (_inner, _stall, _time, _moved) = (new NetworkStream(socket, ownsSocket: true), stall, time, time.GetTimestamp());
        _timer = time.CreateTimer(_ => Look(), null, stall / 4, stall / 4);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Begin();
        try
        {
            var read = await _inner.ReadAsync(buffer, cancellationToken);
            return read == 0 && _stalled ? throw Stalled() : read; // a socket that is closed under a read may end it as if all had come
        }
        catch (Exception) when (_stalled)
        {
            throw Stalled();
        }
        finally
        {
            End();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Begin();
        try
        {
            await _inner.WriteAsync(buffer, cancellationToken);
        }
        catch (Exception) when (_stalled)
        {
            throw Stalled();
        }
        finally
        {
            End();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _timer.Dispose();
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Begin()
    {
        // A read that waits while the content is still sent has not waited in vain: what moves either way counts for both.
        if (Interlocked.Increment(ref _waiting) == 1) Volatile.Write(ref _moved, _time.GetTimestamp());
    }

    private void End()
    {
        Volatile.Write(ref _moved, _time.GetTimestamp());
        Interlocked.Decrement(ref _waiting);
    }

    private void Look()
    {
        if (Volatile.Read(ref _waiting) == 0 || _time.GetElapsedTime(Volatile.Read(ref _moved)) < _stall) return;
        _stalled = true;
        _inner.Dispose();
    }

    private IOException Stalled() => new($"nothing moved for {_stall.TotalSeconds:0.###} s");
}
