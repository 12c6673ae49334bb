using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.Pipeline.Stores;

/// <summary>How buckets are reached: each that has settings of its own by those alone, all others by the default.</summary>
public sealed record StorageOptions
{
    /// <summary>For buckets that have nothing of their own; null: those are not spoken to.</summary>
    public S3Connection? Default { get; init; }

    /// <summary>By the bucket's name. Nothing of the default is taken over: what is not said here is not sent.</summary>
    public IReadOnlyDictionary<string, S3Connection> Buckets { get; init; } = new Dictionary<string, S3Connection>();

    /// <summary>How a bucket is reached; null where nothing says so.</summary>
    public S3Connection? Find(string bucket) => Buckets.GetValueOrDefault(bucket) ?? Default;

    /// <summary>How a bucket is reached.</summary>
    /// <exception cref="ObjectStoreException">Nothing says so: no endpoint is spoken to that was not configured.</exception>
    public S3Connection For(string bucket) => Find(bucket) ?? throw new ObjectStoreException(ObjectStoreError.AccessDenied, WhyNot(bucket));

    /// <summary>What is to be set for a bucket that nothing is said of.</summary>
    internal static string WhyNot(string bucket) =>
        $"Nothing says how the bucket '{bucket}' is reached: set Storage:Buckets:{bucket}:Endpoint with AccessKey and SecretKey (or Anonymous alone, for a public bucket of AWS), or Storage:Default for all buckets.";
}
