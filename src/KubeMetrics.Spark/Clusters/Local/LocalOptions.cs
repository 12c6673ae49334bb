namespace KubeMetrics.Spark.Clusters.Local;

/// <summary>Spark on this machine.</summary>
public sealed record LocalOptions
{
    /// <summary>Where Spark is: its <c>SPARK_HOME</c>.</summary>
    public required string SparkHome { get; init; }

    /// <summary>What is kept of runs: a folder for each, named like its application.</summary>
    public required string Folder { get; init; }

    /// <summary>Where executors run: in the driver's own process (<c>local[*]</c>, <c>local[2]</c>), or at a master.</summary>
    public string Master { get; init; } = "local[*]";

    /// <summary>What runs scripts.</summary>
    public Runner Runner { get; init; } = Runner.Sql;

    /// <summary>Variables for the driver beside this process's own, as the keys of stores: they are seen by nobody else.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How long a driver that is to end may take to do it in order.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How much of the end of each log is read, in bytes.</summary>
    public int LogBytes { get; init; } = 256 << 10;
}
