namespace KubeMetrics.Spark.Clusters;

/// <summary>
/// Spark's properties for a submission, the same on every kind of cluster: those that keep a script to what it says are set here,
/// after a caller's own, so that no caller can unset them.
/// </summary>
internal static class SafeProperties
{
    // Spark's launchers open these to Spark; where a driver is started by the REST API, none of them is asked.
    private static readonly string[] Opened =
    [
        "java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util", "java.util.concurrent",
        "java.util.concurrent.atomic", "jdk.internal.ref", "sun.nio.ch", "sun.nio.cs", "sun.security.action", "sun.util.calendar",
    ];

    private static readonly KeyValuePair<string, string>[] Kept =
    [
        // ${env:…} in a string would print the cluster's keys, and a file's path as a table reads the driver's disk.
        new("spark.sql.variable.substitute", "false"),
        new("spark.sql.runSQLOnFiles", "false"),
        new("spark.sql.catalogImplementation", "in-memory"),
        new("spark.sql.session.timeZone", "UTC"),
        // A driver that Spark starts again by itself would write a second time, unseen: attempts are counted by who submits them.
        new("spark.driver.supervise", "false"),
        new("spark.yarn.maxAppAttempts", "1"),
        // DotnetRunner knows the patches of Spark 3.5 that there were when it was made; what is asked of Spark is the same in those since.
        new("spark.dotnet.ignoreSparkPatchVersionCheck", "true"),
        new("spark.driver.extraJavaOptions", string.Join(' ',
        [
            "-XX:+IgnoreUnrecognizedVMOptions",
            .. Opened.Select(package => $"--add-opens=java.base/{package}=ALL-UNNAMED"),
            "-Djdk.reflect.useDirectMethodHandle=false",
        ])),
    ];

    /// <summary>All properties of a submission, but for where it goes (<c>spark.master</c>, <c>spark.submit.deployMode</c>).</summary>
    /// <exception cref="ArgumentException">A name or a value that would not stay what it is on its way: one with a control character.</exception>
    internal static SortedDictionary<string, string> Of(SparkSubmission submission)
    {
        var properties = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in submission.Properties)
        {
            if (name.Any(char.IsControl) || value.Any(char.IsControl) || name.Contains('='))
                throw new ArgumentException($"The property '{name}' can't be handed to Spark: a control character in it, or '=' in its name.", nameof(submission));
            properties[name] = value;
        }

        properties["spark.app.name"] = AppNames.Checked(submission.AppName);
        properties["spark.driver.cores"] = submission.Resources.DriverCores.ToString();
        properties["spark.driver.memory"] = submission.Resources.DriverMemory;
        properties["spark.executor.memory"] = submission.Resources.ExecutorMemory;
        properties["spark.cores.max"] = submission.Resources.Cores.ToString();
        foreach (var (name, value) in Kept) properties[name] = value;
        return properties;
    }
}
