using KubeMetrics.Prometheus.Compression;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>An object's bytes as they come in. One that ends before its length, or breaks off, is an error and never a short object.</summary>
internal sealed class ReceivedStream(Stream content, long length, IDisposable response, Func<Exception, ObjectStoreException> told) : ForwardStream
{
    private long _left = length;

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Count(content.Read(buffer), buffer.Length);
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw told(e);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return Count(await content.ReadAsync(buffer, cancellationToken), buffer.Length);
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw told(e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    protected override void Dispose(bool disposing)
    {
        if (disposing) response.Dispose();
        base.Dispose(disposing);
    }

    private static bool IsBroken(Exception e) => e is HttpRequestException or (IOException and not ObjectStoreException);

    private int Count(int read, int asked)
    {
        _left -= read;
        return read > 0 || asked == 0 || _left <= 0 ? read : throw told(new EndOfStreamException($"{_left} bytes are missing"));
    }
}
