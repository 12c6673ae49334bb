using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Clusters.Livy;
using KubeMetrics.Spark.Clusters.Local;
using KubeMetrics.Spark.Clusters.Standalone;

namespace KubeMetrics.Pipeline.Orchestration;

/// <summary>The cluster that settings name.</summary>
internal static class ConfiguredCluster
{
    /// <summary>Makes it; null where they name none.</summary>
    internal static ISparkCluster? Of(KubeMetricsOptions options, TimeProvider time)
    {
        var spark = options.Spark;
        // What a cluster answers is followed nowhere else: only what was set is spoken to. Each has timeouts of its own.
        HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan };
        return spark.Cluster switch
        {
            ClusterKind.Standalone => new StandaloneCluster(new StandaloneOptions { Master = spark.Master!, Rest = spark.Endpoint, Ui = spark.Ui, Runner = spark.Runner }, Client(), time),
            ClusterKind.Livy => new LivyCluster(new LivyOptions { Endpoint = spark.Endpoint!, Runner = spark.Runner }, Client(), time),
            ClusterKind.Local => new LocalCluster(
                new LocalOptions
                {
                    SparkHome = spark.Home!,
                    Folder = spark.Folder,
                    Master = spark.Master ?? "local[*]",
                    Runner = spark.Runner,
                    Environment = Keys(options.Storage.Find(spark.KeysOf ?? options.State.Bucket)),
                }, Client(), time),
            _ => null,
        };
    }

    // This machine's cluster is started by this process, which gives it the keys in its environment, as a cluster's operator does.
    private static Dictionary<string, string> Keys(S3Connection? connection)
    {
        var variables = new Dictionary<string, string>();
        if (connection?.AccessKey is { } key) (variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]) = (key, connection.SecretKey!);
        if (connection?.SessionToken is { } token) variables["AWS_SESSION_TOKEN"] = token;
        return variables;
    }
}

/// <summary>What runs jobs, if anything does.</summary>
/// <param name="Is">The cluster; null for none.</param>
internal sealed record OneCluster(ISparkCluster? Is);
