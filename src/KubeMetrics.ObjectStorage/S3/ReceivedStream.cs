using Amazon.S3.Model;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>An object's bytes as they come in. One that ends before its length, or breaks off, is an error and never a short object.</summary>
internal sealed class ReceivedStream(GetObjectResponse response, Func<Exception, ObjectStoreException> told) : Stream
{
    private readonly Stream _content = response.ResponseStream;
    private long _left = response.ContentLength;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return Count(await _content.ReadAsync(buffer, cancellationToken), buffer.Length);
        }
        catch (Exception e) when (e is IOException and not ObjectStoreException or HttpRequestException)
        {
            throw told(e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Count(_content.Read(buffer), buffer.Length);
        }
        catch (Exception e) when (e is IOException and not ObjectStoreException or HttpRequestException)
        {
            throw told(e);
        }
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) response.Dispose();
        base.Dispose(disposing);
    }

    private int Count(int read, int asked)
    {
        _left -= read;
        if (read == 0 && asked > 0 && _left > 0) throw told(new EndOfStreamException($"{_left} bytes are missing"));
        return read;
    }
}
