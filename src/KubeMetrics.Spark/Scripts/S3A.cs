using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Spark.Scripts;

/// <summary>Places as Hadoop names them.</summary>
public static class S3A
{
    /// <summary>As Spark opens it.</summary>
    public static string Uri(string location) => Uri(StoreUri.Parse(location));

    /// <summary>As Spark opens it.</summary>
    public static string Uri(StoreUri place) => $"s3a://{place.Bucket}/{place.Key.TrimEnd('/')}";
}
