using System.Collections.Concurrent;
using System.Security.Cryptography;
using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A store that takes content as it comes in, as a bucket does: all of it with the right checksum, or nothing.</summary>
/// <param name="put">What it is seen through, where content is put.</param>
/// <param name="passed">What content that is passed comes to.</param>
internal sealed class PassingStore(IObjectStore put, IObjectStore passed) : StoreDecorator(put), IPassingStore
{
    /// <summary>What somebody tried to pass.</summary>
    public ConcurrentQueue<string> Passed { get; } = [];

    /// <summary>Whether it succeeds.</summary>
    public bool Takes { get; set; } = true;

    public bool CanPass => true;

    public async Task<string?> TryPassAsync(string key, Stream content, PutOptions options, CancellationToken cancellationToken = default)
    {
        Passed.Enqueue(key);
        try
        {
            var came = new MemoryStream();
            await content.CopyToAsync(came, cancellationToken);
            if (!Takes || came.Length != options.Length || Convert.ToHexStringLower(MD5.HashData(came.ToArray())) != options.Md5) return null;
            came.Position = 0;
            return await passed.PutAsync(key, came, options, cancellationToken);
        }
        catch (IOException)
        {
            return null;
        }
    }

    protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();
}
