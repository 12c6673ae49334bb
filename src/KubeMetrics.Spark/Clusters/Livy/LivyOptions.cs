namespace KubeMetrics.Spark.Clusters.Livy;

/// <summary>Where a Livy is, and how it is spoken to.</summary>
public sealed record LivyOptions
{
    /// <summary>Its address: <c>http://host:8998</c>, with a path where it is behind a gateway.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>What runs scripts.</summary>
    public Runner Runner { get; init; } = Runner.Sql;

    /// <summary>
    /// What stands as a batch's file where nothing is to be fetched: Livy wants one, though the SQL driver is Spark's own. Whether it
    /// exists is not looked at; a <c>local:</c> one is taken by every Livy.
    /// </summary>
    public string File { get; init; } = "local:///none.jar";

    /// <summary>How long an answer may take. A submission's can take a second or more.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After how long a batch that starts and has not written a line is what Livy keeps of one that it refused.</summary>
    public TimeSpan GhostAge { get; init; } = TimeSpan.FromMinutes(3);
}
