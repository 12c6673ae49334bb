using System.Buffers;
using System.Security.Cryptography;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>
/// Content of any length put into a bucket: at once where it may be, else in parts, which become an object together. S3 takes no more than
/// 5 GiB at once, and of large content a connection that breaks off should not cost all that was sent.
/// </summary>
/// <param name="store">The bucket.</param>
/// <param name="calls">Calls to it.</param>
/// <param name="uploads">Its uploads.</param>
/// <param name="atOnce">More than this goes in parts, where it is known how much it is.</param>
/// <param name="part">How large they are, unless there would be too many; of content whose length is not known, more than this goes in parts.</param>
internal sealed class LargePut(S3Store store, S3Calls calls, S3Uploads uploads, long atOnce, int part)
{
    private const int MiB = 1 << 20;

    /// <summary>Puts it.</summary>
    /// <returns>The object's ETag.</returns>
    internal async Task<string> PutAsync(string key, Stream content, CancellationToken cancellationToken)
    {
        long? length = content.CanSeek ? content.Length - content.Position : null;
        if (length <= atOnce) return await store.PutAsync(key, content, new PutOptions { Length = length }, cancellationToken);
        var size = checked((int)UploadPart.SizeFor(length ?? 0, part));
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var filled = await FillAsync();
            if (length is null && filled < size) return await store.PutAsync(key, Filled(), new PutOptions { Length = filled }, cancellationToken);
            var upload = await uploads.StartAsync(key, new UploadOptions(), cancellationToken);
            return await uploads.OrGiveUpAsync(key, upload, async () =>
            {
                var parts = new List<UploadPart>();
                for (; filled > 0; filled = await FillAsync())
                {
                    if (parts.Count == UploadPart.MaxNumber)
                        throw new ObjectStoreException(ObjectStoreError.WrongLength, $"What is put as '{key}' into {store.Name} does not end after {UploadPart.MaxNumber} parts of {size / MiB} MiB; put it into a file first, or into several objects.");
                    var put = await uploads.PutPartAsync(key, upload, parts.Count + 1, Filled(), filled, cancellationToken);
                    // Without TLS nothing else tells whether it arrived as it was. With it the endpoint may encrypt what it stores, and its ETag be no checksum.
                    if (!calls.IsSecure && put.ETag.Length == 32 && put.ETag != Convert.ToHexStringLower(MD5.HashData(buffer.AsSpan(0, filled))))
                        throw new ObjectStoreException(ObjectStoreError.WrongContent, $"A part of '{key}' arrived changed at {store.Name}; nothing was written: put it again.");
                    parts.Add(put);
                }

                return await uploads.CompleteAsync(key, upload, parts, cancellationToken);
            });

            Stream Filled() => new MemoryStream(buffer, 0, filled, writable: false);
            async Task<int> FillAsync() => await content.ReadAtLeastAsync(buffer.AsMemory(0, size), size, throwOnEndOfStream: false, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
