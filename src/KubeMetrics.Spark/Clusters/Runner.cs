namespace KubeMetrics.Spark.Clusters;

/// <summary>What runs a script on a cluster: the class that is started there, where it comes from, and how it is told of the script.</summary>
public sealed record Runner
{
    private readonly IReadOnlyList<string> _before;

    private Runner(string mainClass, string? jar, params IReadOnlyList<string> before) => (MainClass, Jar, _before) = (mainClass, jar, before);

    /// <summary>Spark's own SQL driver: nothing of ours is installed on a cluster.</summary>
    public static Runner Sql { get; } = new("org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver", null, "-f");

    /// <summary>Our driver on .NET for Apache Spark (<c>src/KubeMetrics.SparkDriver</c>): DotnetRunner fetches the zip and starts the program in it.</summary>
    /// <param name="zip">Where the zip lies, as the driver's JVM opens it.</param>
    /// <param name="jar">Where the jar with DotnetRunner lies, as the cluster opens it.</param>
    public static Runner Dotnet(string zip, string jar) => new("org.apache.spark.deploy.dotnet.DotnetRunner", jar, zip, "KubeMetrics.SparkDriver");

    /// <summary>The class that is started.</summary>
    public string MainClass { get; }

    /// <summary>Where the class comes from; null where it is Spark's own and nothing is to be fetched.</summary>
    public string? Jar { get; }

    /// <summary>The class's arguments, of a submission.</summary>
    /// <exception cref="ArgumentException">A script's path with a control character.</exception>
    public IReadOnlyList<string> Arguments(SparkSubmission submission) => submission.Script.Any(char.IsControl)
        ? throw new ArgumentException("A script's path can't hold control characters.", nameof(submission))
        : [.. _before, submission.Script];
}
