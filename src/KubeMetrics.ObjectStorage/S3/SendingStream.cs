namespace KubeMetrics.ObjectStorage.S3;

/// <summary>
/// Where content is sent to, while it is copied there: remembers that it was the sending that failed and not the content, and sends
/// what comes in one piece in several, so that bytes are seen to move on a slow connection.
/// </summary>
internal sealed class SendingStream(Stream inner) : Stream
{
    /// <summary>Bytes sent at once.</summary>
    internal const int Piece = 256 << 10;

    /// <summary>Whether a write has failed.</summary>
    internal bool HasFailed { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            for (; !buffer.IsEmpty; buffer = buffer[Math.Min(Piece, buffer.Length)..]) await inner.WriteAsync(buffer[..Math.Min(Piece, buffer.Length)], cancellationToken);
        }
        catch
        {
            HasFailed = true;
            throw;
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
