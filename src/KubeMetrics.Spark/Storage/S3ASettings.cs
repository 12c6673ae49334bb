using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.Spark.Storage;

/// <summary>
/// How a cluster reaches buckets: properties for each by its name, made of the settings that the program itself has for it, so that a public and a
/// private store stand side by side and nothing of one reaches the other. No secret is among them: properties are shown to everybody. A cluster has
/// the keys in its workers' environment, or in a Hadoop credential provider.
/// </summary>
public static class S3ASettings
{
    private const string Anonymous = "org.apache.hadoop.fs.s3a.AnonymousAWSCredentialsProvider";
    private const string FromEnvironment = "com.amazonaws.auth.EnvironmentVariableCredentialsProvider";
    private const string FromProvider = "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider";

    /// <summary>The properties.</summary>
    /// <param name="buckets">The buckets that a job touches, and how each is reached.</param>
    /// <param name="keys">Where the cluster has keys.</param>
    /// <exception cref="BucketKeysException">The cluster has no keys for one of them.</exception>
    public static IReadOnlyDictionary<string, string> For(IReadOnlyDictionary<string, S3Connection> buckets, ClusterKeys keys)
    {
        var properties = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (bucket, connection) in buckets.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var uri = connection.EndpointUri;
            Set(bucket, "endpoint", uri.GetLeftPart(UriPartial.Authority));
            Set(bucket, "path.style.access", connection.UsesPathStyle ? "true" : "false");
            Set(bucket, "connection.ssl.enabled", uri.Scheme == Uri.UriSchemeHttps ? "true" : "false");
            if (connection.IsAws) Set(bucket, "endpoint.region", connection.SigningRegion);
            // Over http what S3A signs by default is refused by Ceph for empty objects (XAmzContentSHA256Mismatch), and its version 4 altogether.
            else if (!connection.Anonymous && uri.Scheme == Uri.UriSchemeHttp) Set(bucket, "signing-algorithm", "S3SignerType");

            if (connection.Anonymous) Set(bucket, "aws.credentials.provider", Anonymous);
            else if (keys.Environment is { } own && own.HasKeysOf(connection)) Set(bucket, "aws.credentials.provider", FromEnvironment);
            else if (keys.Provider is { } provider)
            {
                Set(bucket, "aws.credentials.provider", FromProvider);
                Set(bucket, "security.credential.provider.path", provider);
            }
            else
            {
                throw new BucketKeysException(bucket,
                    $"The cluster's environment has the keys of one store, and the bucket '{bucket}' has others: a job can't be given them, as everybody sees a job's properties. " +
                    "Put them into a Hadoop credential provider (hadoop credential create fs.s3a.bucket.NAME.access.key …) and name it as Spark:CredentialProvider.");
            }
        }

        return properties;

        void Set(string bucket, string name, string value) => properties[$"spark.hadoop.fs.s3a.bucket.{bucket}.{name}"] = value;
    }
}

/// <summary>Where a cluster has the keys of buckets.</summary>
/// <param name="Environment">The store whose keys its workers have in their environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY); null for none.</param>
/// <param name="Provider">A Hadoop credential provider for all others (<c>jceks://s3a@bucket/keys.jceks</c>, <c>jceks://hdfs/…</c>); null for none.</param>
public sealed record ClusterKeys(S3Connection? Environment, string? Provider = null);

/// <summary>A cluster has no keys for a bucket. The message says what to do.</summary>
public sealed class BucketKeysException(string bucket, string message) : Exception(message)
{
    /// <summary>Which bucket.</summary>
    public string Bucket { get; } = bucket;
}
