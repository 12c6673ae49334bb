namespace KubeMetrics.Spark.Clusters;

/// <summary>What has become of a driver.</summary>
public enum DriverState
{
    /// <summary>Taken, and not started yet.</summary>
    Submitted,

    /// <summary>Started.</summary>
    Running,

    /// <summary>The script ran to its end.</summary>
    Finished,

    /// <summary>It ended otherwise.</summary>
    Failed,

    /// <summary>Somebody ended it; where nobody asked for that, the cluster did: a master that comes back may.</summary>
    Killed,

    /// <summary>The cluster knows nothing of it: it was forgotten, or never came there.</summary>
    Unknown,
}

/// <summary>What has become of a driver, and how far it is.</summary>
/// <param name="State">What has become of it.</param>
/// <param name="Reason">Why, in Spark's own words (its <c>[ERROR_CLASS] sentence</c>), and never a stack; null where there is nothing to say.</param>
/// <param name="TasksDone">Tasks that are done; null where that can't be seen.</param>
/// <param name="Tasks">Of how many that are planned so far; null where that can't be seen.</param>
/// <param name="WaitsForCores">Whether its application waits for executors, which may be for ever.</param>
public sealed record DriverStatus(DriverState State, string? Reason = null, long? TasksDone = null, long? Tasks = null, bool WaitsForCores = false);

/// <summary>The end of what a driver wrote.</summary>
/// <param name="Output">Its standard output: rows, parted by tabs.</param>
/// <param name="Errors">Its standard error: what Spark says, without the launch command.</param>
public sealed record DriverLog(string Output, string Errors);

/// <summary>A cluster that does not answer, or not with what it should: what was asked for may have been done all the same.</summary>
public sealed class ClusterUnreachableException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>A cluster that refuses: trying the same again would not help. Its message ends with what to do.</summary>
public sealed class ClusterRefusedException(string message, Exception? inner = null) : Exception(message, inner);
