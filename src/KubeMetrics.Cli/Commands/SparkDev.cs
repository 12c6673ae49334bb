using KubeMetrics.Cli.Terminal;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.Cli.Commands;

/// <summary>A Spark of one's own on this machine: a standalone master and a worker.</summary>
/// <param name="Master">The master: <c>spark://127.0.0.1:7077</c>.</param>
/// <param name="Rest">Where jobs are submitted.</param>
/// <param name="Ui">The master's pages.</param>
internal sealed record SparkDev(string Master, string Rest, string Ui)
{
    private static readonly DevScript Script = new("Spark", "--spark", "infra/spark", "spark-dev.sh", "SPARK_DEV");

    /// <summary>The command that ends it and deletes what it holds.</summary>
    public static string Undo => Script.Undo;

    /// <summary>Starts it where it does not run yet.</summary>
    /// <param name="screen">Is told where that takes long.</param>
    /// <param name="keys">What its worker reads and writes buckets with.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="Failure">It is not installed, can't open buckets, or did not start.</exception>
    public static async Task<SparkDev> UpAsync(Screen screen, S3Connection keys, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("SPARK_HOME"))) screen.Note("SPARK_HOME is not set: Spark 3.5 is downloaded from Apache, once (400 MB)");
        var reached = await Script.UpAsync(new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = keys.AccessKey!, ["AWS_SECRET_ACCESS_KEY"] = keys.SecretKey! }, cancellationToken);
        var jars = Path.Combine(reached["SPARK_HOME"], "jars");
        if (!Directory.EnumerateFiles(jars, "hadoop-aws-*.jar").Any())
            throw new Failure($"The Spark in {reached["SPARK_HOME"]} can't open buckets: put hadoop-aws and its AWS SDK into {jars} (infra/spark/README.md names them), run {Undo} and the demo again; or set SPARK_HOME to one that can.");
        return new SparkDev(reached["SPARK_MASTER"], reached["SPARK_REST"], reached["SPARK_UI"]);
    }
}
