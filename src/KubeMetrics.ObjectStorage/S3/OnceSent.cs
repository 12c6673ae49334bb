using KubeMetrics.Prometheus.Compression;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>Content that can be sent once, as it comes: tells when the first of it is asked for.</summary>
internal sealed class OnceSent(Stream content, Action asked) : ForwardStream
{
    public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        asked();
        return content.CopyToAsync(destination, bufferSize, cancellationToken);
    }

    public override int Read(Span<byte> buffer) => throw new NotSupportedException();
}
