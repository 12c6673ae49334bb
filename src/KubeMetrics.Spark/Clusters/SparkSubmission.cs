namespace KubeMetrics.Spark.Clusters;

/// <summary>One attempt to run a script.</summary>
public sealed record SparkSubmission
{
    /// <summary>The application's name, of job and attempt: nothing else is called so. Letters, digits and hyphens, not digits alone.</summary>
    public required string AppName { get; init; }

    /// <summary>Where the script lies, as the cluster opens it: <c>s3a://bucket/…/job.sql</c>, or a file's path for a cluster that is this machine.</summary>
    public required string Script { get; init; }

    /// <summary>Spark's properties beside those that follow from the rest; no secrets: anybody who sees the cluster sees them.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>What it may take of the cluster.</summary>
    public SparkResources Resources { get; init; } = new();
}

/// <summary>What a job takes of a cluster.</summary>
/// <remarks>Not init-only: a reader of JSON would then set what is not said to nothing, in place of what stands here.</remarks>
public sealed record SparkResources
{
    /// <summary>The driver's cores.</summary>
    public int DriverCores { get; set; } = 1;

    /// <summary>The driver's memory, as Spark has it (<c>1g</c>).</summary>
    public string DriverMemory { get; set; } = "1g";

    /// <summary>The executors' cores, all together.</summary>
    public int Cores { get; set; } = 1;

    /// <summary>Each executor's memory, as Spark has it.</summary>
    public string ExecutorMemory { get; set; } = "1g";
}
