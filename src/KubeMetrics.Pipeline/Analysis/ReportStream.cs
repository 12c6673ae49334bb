using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>
/// A stored file as a stream with a length and a position, which is what ASP.NET Core needs to answer ranges: where it is
/// read from decides which range is fetched, and every fetch is of the version that was announced.
/// </summary>
internal sealed class ReportStream(IObjectStore store, ObjectInfo info) : Stream
{
    private StoredObject? _open;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => info.Size;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        var to = offset + (origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => _position, _ => Length });
        ArgumentOutOfRangeException.ThrowIfNegative(to);
        if (to == _position) return to;
        _open?.Dispose();
        _open = null;
        return _position = to;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= Length) return 0;
        _open ??= await store.GetAsync(info.Key, new GetOptions { IfMatch = info.ETag, Range = new ByteRange(_position) }, cancellationToken)
            ?? throw new ObjectStoreException(ObjectStoreError.NotFound, $"'{info.Key}' was deleted while it was read.");
        var read = await _open.Content.ReadAsync(buffer, cancellationToken);
        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read asynchronously.");

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("It is read only.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read only.");

    public override async ValueTask DisposeAsync()
    {
        if (_open is not null) await _open.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _open?.Dispose();
        base.Dispose(disposing);
    }
}
