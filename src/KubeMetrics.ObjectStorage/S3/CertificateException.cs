using System.Security.Authentication;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>Why a certificate is refused, as the end of a sentence.</summary>
/// <param name="isOfAnother">It is trusted, but for other names.</param>
/// <param name="why">The reason.</param>
internal sealed class CertificateException(bool isOfAnother, string why) : AuthenticationException(why)
{
    /// <summary>Whether it is trusted, but for other names than the one asked for.</summary>
    internal bool IsOfAnother { get; } = isOfAnother;
}
