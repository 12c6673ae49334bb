using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Xml;
using Amazon.Runtime;
using Amazon.S3;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>What went wrong at an S3 endpoint, in one sentence with what to do.</summary>
internal static class S3Failures
{
    /// <summary>Whether the same request may well succeed a little later.</summary>
    internal static bool MayPass(Exception e) => e switch
    {
        AmazonServiceException { ErrorCode: "SlowDown" or "RequestTimeout" or "RequestTimeTooSkewed" or "InternalError" or "ServiceUnavailable" or "OperationAborted" } => true,
        AmazonServiceException service => service.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
            || (service.StatusCode == 0 && service.InnerException is { } inner && MayPass(inner)),
        HttpRequestException http => Cause(http) is not AuthenticationException,
        IOException or SocketException or TimeoutException => true,
        _ => false,
    };

    internal static ObjectStoreException Of(Exception e, string bucket, string? key, S3Connection connection)
    {
        var what = key is null ? $"s3://{bucket}" : $"'{Shown(key)}' in s3://{bucket}";
        var setting = connection.Setting ?? $"Storage:Buckets:{bucket}";
        var at = connection.EndpointUri.GetLeftPart(UriPartial.Authority);
        ObjectStoreException Is(ObjectStoreError error, string message) => new(error, message, e);
        ObjectStoreException IsNoS3(string why) => NoS3(why, bucket, connection, e);
        if (e is not AmazonServiceException { StatusCode: not 0 } service)
        {
            return Cause(e) switch
            {
                CertificateException { IsOfAnother: true } tls => Is(ObjectStoreError.Unavailable,
                    $"{at} shows a certificate {tls.Message}: correct {setting}:Endpoint to a name that the certificate has, or have one made for {connection.EndpointUri.Host}."),
                CertificateException tls when connection.CaFile is { } file => Is(ObjectStoreError.Unavailable,
                    $"{at} shows a certificate that is not trusted here, with {file} neither ({tls.Message}): name the file of the authority that signed it as {setting}:CaFile, or correct {setting}:Endpoint."),
                AuthenticationException tls when !tls.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase) => Is(ObjectStoreError.Unavailable,
                    $"{at} does not take a connection by TLS ({tls.Message.TrimEnd('.')}): where it speaks none, write http:// in {setting}:Endpoint."),
                AuthenticationException tls => Is(ObjectStoreError.Unavailable,
                    $"{at} shows a certificate that is not trusted here ({tls.Message.TrimEnd('.')}): name its authority's file as {setting}:CaFile, or correct {setting}:Endpoint."),
                XmlException => IsNoS3("its answer is none of S3's"),
                SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } =>
                    Is(ObjectStoreError.Unavailable, $"{connection.EndpointUri.Host} has no address: correct {setting}:Endpoint, or look to the name service."),
                SocketException socket => Is(ObjectStoreError.Unavailable, $"{at} can't be reached ({socket.Message.TrimEnd('.')}): see whether it runs, or correct {setting}:Endpoint."),
                AmazonClientException { InnerException: null } client when client.Message.Contains("credential", StringComparison.OrdinalIgnoreCase) =>
                    Is(ObjectStoreError.AccessDenied, $"There are no credentials for s3://{bucket}: set {setting}:AccessKey and SecretKey, or {setting}:Anonymous where anybody may read it."),
                _ => Is(ObjectStoreError.Unavailable, $"{at} broke off while {what} was asked for ({Innermost(e).Message.TrimEnd('.')}); try again."),
            };
        }

        return (service.StatusCode, service.ErrorCode) switch
        {
            // S3 may have begun its answer when it fails: a copy's, or an upload's that is completed.
            (HttpStatusCode.OK, "InternalError" or "SlowDown" or "ServiceUnavailable" or "RequestTimeout") => Is(ObjectStoreError.Unavailable, $"{at} answered {service.ErrorCode} for {what}; see its log, or try again."),
            (HttpStatusCode.OK, _) => IsNoS3("its answer is none of S3's"),
            (HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented, _) when SaysNothing(service) => IsNoS3($"it answered {(int)service.StatusCode} without an error of S3's"),
            (_, "NoSuchBucket") => Is(ObjectStoreError.BucketNotFound,
                $"There is no bucket '{bucket}' at {at}: make it (kubemetrics store mb s3://{bucket}), or correct the name or {setting}:Endpoint."),
            (_, "NoSuchUpload") => Is(ObjectStoreError.UploadNotFound, $"The upload of {what} is completed, aborted or was never started; start it again."),
            (_, "InvalidPart" or "InvalidPartOrder" or "EntityTooSmall") => Is(ObjectStoreError.InvalidPart, $"The upload of {what} can't be completed: a part is missing, has changed, is too small or out of order."),
            (_, "KeyTooLongError" or "InvalidObjectName") => ObjectKey.Invalid(key ?? "", "it is longer than the endpoint takes"),
            (_, "BadDigest") => Is(ObjectStoreError.WrongContent, $"{what} arrived at {at} with another checksum than was said; nothing was written."),
            (_, "XAmzContentSHA256Mismatch") => Is(ObjectStoreError.Unavailable, $"{what} arrived changed at {at} ({service.ErrorCode}); try again."),
            (_, "InvalidAccessKeyId") => Is(ObjectStoreError.AccessDenied, $"{at} does not know the access key for s3://{bucket}; correct {setting}:AccessKey."),
            (_, "SignatureDoesNotMatch") => Is(ObjectStoreError.AccessDenied, $"{at} refuses the signature for s3://{bucket}; correct {setting}:SecretKey (or Region, now {connection.SigningRegion})."),
            (_, "RequestTimeTooSkewed") => Is(ObjectStoreError.AccessDenied, $"The clocks of this machine and {at} are too far apart for signatures; set them right."),
            (_, "QuotaExceeded") => new ObjectStoreException(ObjectStoreError.Unavailable, $"{what} can't be written: the quota at {at} is used up; free space, or raise it.", e) { IsFull = true },
            (_, "EntityTooLarge") or (HttpStatusCode.RequestEntityTooLarge, _) => Is(ObjectStoreError.Unavailable,
                $"{what} is more than {at} takes in one request: raise what it takes (rgw_max_put_size of a RADOS gateway, or the limit of a proxy before it), or store it as several objects."),
            (HttpStatusCode.PreconditionFailed, _) => Is(ObjectStoreError.PreconditionFailed, $"{what} has changed: it is not in the state that was expected."),
            (HttpStatusCode.NotFound, _) => Is(ObjectStoreError.NotFound, $"{what} is not there."),
            (HttpStatusCode.RequestedRangeNotSatisfiable, _) => Is(ObjectStoreError.InvalidRange, $"The range lies outside {what}."),
            (HttpStatusCode.Forbidden, _) when connection.Anonymous => Is(ObjectStoreError.AccessDenied,
                $"{at} lets nobody without a key do this with {what}; give {setting} an AccessKey and SecretKey, or have the bucket opened."),
            (HttpStatusCode.Forbidden, _) => Is(ObjectStoreError.AccessDenied, $"{at} does not allow this with {what} ({service.ErrorCode}); have the key of {setting} allowed to, or name another."),
            (HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect, _) or (_, "AuthorizationHeaderMalformed" or "PermanentRedirect" or "InvalidLocationConstraint") => Is(ObjectStoreError.Unavailable,
                $"s3://{bucket} is not in the region {connection.SigningRegion} of {at}; correct {setting}:Region or Endpoint."),
            _ => Is(ObjectStoreError.Unavailable, $"{at} answered {(int)service.StatusCode} {service.ErrorCode} for {what}; see its log, or try again."),
        };
    }

    /// <summary>Somebody answers, but not as S3 does.</summary>
    internal static ObjectStoreException NoS3(string why, string bucket, S3Connection connection, Exception? e = null) => new(
        ObjectStoreError.Unavailable, $"What answers at {connection.EndpointUri.GetLeftPart(UriPartial.Authority)} does not look like S3 ({why}): correct {connection.Setting ?? $"Storage:Buckets:{bucket}"}:Endpoint.", e);

    // The SDK calls an error that the answer does not name by its status.
    private static bool SaysNothing(AmazonServiceException e) => e.ErrorCode == e.StatusCode.ToString();

    private static Exception? Cause(Exception e)
    {
        for (Exception? one = e; one is not null; one = one.InnerException)
            if (one is AuthenticationException or SocketException or XmlException)
                return one;
        return e;
    }

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;

    private static string Shown(string key) => key.Length > 100 ? key[..100] + "…" : key;
}
