namespace KubeMetrics.Spark.Clusters;

/// <summary>
/// A cluster that runs a script with a driver (<see cref="Runner"/>). What is asked here is asked again after a crash, so an attempt's
/// application name (<see cref="SparkSubmission.AppName"/>) is what one is known by.
/// </summary>
public interface ISparkCluster
{
    /// <summary>What a person calls it: <c>standalone at http://…:6066</c>.</summary>
    string Name { get; }

    /// <summary>Hands a script over.</summary>
    /// <returns>The driver's id, as the other methods take it.</returns>
    /// <exception cref="ClusterUnreachableException">Whether it was taken is not known: ask <see cref="FindAsync"/>.</exception>
    /// <exception cref="ClusterRefusedException">It was not taken.</exception>
    Task<string> SubmitAsync(SparkSubmission submission, CancellationToken cancellationToken);

    /// <summary>The driver that was submitted under an application's name, though its answer was never seen; null where none is to be seen (yet).</summary>
    /// <param name="appName">The application's name.</param>
    /// <param name="since">It was submitted after this (UTC), with some minutes for clocks that differ.</param>
    /// <param name="cancellationToken">Ends the looking.</param>
    /// <exception cref="ClusterUnreachableException">It does not answer.</exception>
    Task<string?> FindAsync(string appName, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>What has become of a driver.</summary>
    /// <exception cref="ClusterUnreachableException">It does not answer.</exception>
    Task<DriverStatus> StatusAsync(string driver, string appName, CancellationToken cancellationToken);

    /// <summary>Ends a driver; nothing where it has ended, or is not known.</summary>
    /// <exception cref="ClusterUnreachableException">It does not answer.</exception>
    Task KillAsync(string driver, CancellationToken cancellationToken);

    /// <summary>The end of what a driver wrote; empty texts where it is not to be had any more.</summary>
    /// <exception cref="ClusterUnreachableException">It does not answer.</exception>
    Task<DriverLog> LogAsync(string driver, CancellationToken cancellationToken);
}
