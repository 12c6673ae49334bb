using System.Collections.Concurrent;
using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A store whose reads and writes a test looks at, counts, and meddles with.</summary>
internal sealed class MeddledStore(IObjectStore inner) : StoreDecorator(inner)
{
    private readonly IObjectStore _inner = inner;

    /// <summary>Every read of content: key, first byte, how many.</summary>
    public ConcurrentQueue<(string Key, long Start, long Length)> Reads { get; } = [];

    /// <summary>Every write of content: of an object, or (with its number) of a part.</summary>
    public ConcurrentQueue<(string Key, int Part)> Writes { get; } = [];

    /// <summary>Every write that <see cref="OnWrite"/> refused.</summary>
    public ConcurrentQueue<string> Failed { get; } = [];

    /// <summary>Called before a read; what it returns is done to the bytes.</summary>
    public Func<string, long, Func<byte[], byte[]>?> OnRead { get; set; } = (_, _) => null;

    /// <summary>Called before a write.</summary>
    public Action<string> OnWrite { get; set; } = _ => { };

    /// <summary>Called before an upload becomes an object.</summary>
    public Action<string> OnComplete { get; set; } = _ => { };

    public override async Task<StoredObject?> GetAsync(string key, GetOptions? options = null, CancellationToken cancellationToken = default)
    {
        var meddle = OnRead(key, options?.Range?.Start ?? 0);
        var read = await _inner.GetAsync(key, options, cancellationToken);
        if (read is null) return null;
        Reads.Enqueue((key, options?.Range?.Start ?? 0, read.Length));
        if (meddle is null) return read;
        var bytes = new byte[read.Length];
        await read.Content.ReadExactlyAsync(bytes, cancellationToken);
        return new StoredObject(read.Info, new MemoryStream(meddle(bytes)), read.Length);
    }

    public override Task<string> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        Begin(key);
        Writes.Enqueue((key, 0));
        return base.PutAsync(key, content, options, cancellationToken);
    }

    public override Task<UploadPart> PutPartAsync(string key, string uploadId, int number, Stream content, long? length = null, CancellationToken cancellationToken = default)
    {
        Begin(key);
        Writes.Enqueue((key, number));
        return base.PutPartAsync(key, uploadId, number, content, length, cancellationToken);
    }

    private void Begin(string key)
    {
        try
        {
            OnWrite(key);
        }
        catch
        {
            Failed.Enqueue(key);
            throw;
        }
    }

    public override Task<string> CompleteUploadAsync(string key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken = default)
    {
        OnComplete(key);
        return base.CompleteUploadAsync(key, uploadId, parts, cancellationToken);
    }

    protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();
}
