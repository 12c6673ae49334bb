using System.Diagnostics;
using KubeMetrics.Spark.Clusters;

namespace KubeMetrics.Spark.Tests.Clusters;

/// <summary>Waiting for what a cluster will say.</summary>
internal static class Polled
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(180);

    /// <summary>What is said of a driver, once it is what was waited for; an answer that does not come is waited for, too.</summary>
    public static async Task<DriverStatus> UntilAsync(this ISparkCluster cluster, string driver, string appName, Func<DriverStatus, bool> wanted)
    {
        var clock = Stopwatch.StartNew();
        object? last = null;
        while (clock.Elapsed < Most)
        {
            try
            {
                var status = await cluster.StatusAsync(driver, appName, TestContext.Current.CancellationToken);
                if (wanted(status)) return status;
                last = status;
            }
            catch (ClusterUnreachableException e)
            {
                last = e.Message;
            }

            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        var log = await cluster.LogAsync(driver, TestContext.Current.CancellationToken);
        throw new TimeoutException($"{driver} ({appName}) after {Most.TotalSeconds} s: {last}\n{log.Output}\n{log.Errors}");
    }

    /// <summary>The driver of an application, or null where it is known that there is none; that nobody can tell yet is waited for.</summary>
    public static async Task<string?> FoundAsync(this ISparkCluster cluster, string appName, DateTimeOffset since)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await cluster.FindAsync(appName, since, TestContext.Current.CancellationToken);
            }
            catch (ClusterUnreachableException) when (clock.Elapsed < Most)
            {
                await Task.Delay(200, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>What is said of a driver when it has ended.</summary>
    public static Task<DriverStatus> EndAsync(this ISparkCluster cluster, string driver, string appName) =>
        cluster.UntilAsync(driver, appName, status => status.State is not (DriverState.Submitted or DriverState.Running));
}
