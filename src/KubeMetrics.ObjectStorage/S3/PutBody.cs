using System.Buffers;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>
/// Content as a request needs it: of known length, and from the start again where it is sent twice. A stream that can seek is
/// sent as it is; another is read first, into memory, or beside the system's temporary files where it is large. So a
/// source that fails, or is longer or shorter than was said, is noticed before anything is sent.
/// </summary>
internal sealed class PutBody : IAsyncDisposable
{
    private const int InMemory = 8 << 20;

    private readonly Stream _stream;
    private readonly long _start;
    private readonly byte[]? _rented;
    private readonly bool _own;

    private PutBody(Stream stream, bool own, byte[]? rented = null)
    {
        _stream = stream;
        _start = stream.Position;
        _own = own;
        _rented = rented;
        Length = stream.Length - stream.Position;
    }

    internal long Length { get; }

    /// <summary>The content, from its start.</summary>
    internal Stream Rewound()
    {
        _stream.Position = _start;
        return _stream;
    }

    /// <exception cref="ObjectStoreException"><see cref="ObjectStoreError.WrongLength"/>: the content has another length than was said.</exception>
    internal static async Task<PutBody> OfAsync(string key, Stream content, long? length, CancellationToken cancellationToken)
    {
        var body = content.CanSeek ? new PutBody(content, own: false) : await ReadAsync(content, length, cancellationToken);
        if (length is not { } said || said == body.Length) return body;
        var has = body.Length;
        await body.DisposeAsync();
        throw new ObjectStoreException(ObjectStoreError.WrongLength, $"'{key}' was said to have {said} bytes and has {(has > said ? "more" : has.ToString())}; nothing was written.");
    }

    private static async Task<PutBody> ReadAsync(Stream content, long? length, CancellationToken cancellationToken)
    {
        // One byte more than was said tells that there is more.
        var most = length is { } said ? said + 1 : long.MaxValue;
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(most, InMemory));
        FileStream? file = null;
        try
        {
            var filled = await content.ReadAtLeastAsync(buffer, (int)Math.Min(most, buffer.Length), throwOnEndOfStream: false, cancellationToken);
            if (filled < buffer.Length || filled >= most) return new PutBody(new MemoryStream(buffer, 0, filled, writable: false), own: true, buffer);
            file = new FileStream(Path.Combine(Path.GetTempPath(), $"kubemetrics-{Guid.NewGuid():N}"), new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            });
            long total = 0;
            while (filled > 0)
            {
                await file.WriteAsync(buffer.AsMemory(0, filled), cancellationToken);
                total += filled;
                if (total >= most) break;
                filled = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most - total)), cancellationToken);
            }

            file.Position = 0;
            ArrayPool<byte>.Shared.Return(buffer);
            return new PutBody(file, own: true);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (file is not null) await file.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_own) return;
        await _stream.DisposeAsync();
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
    }
}
