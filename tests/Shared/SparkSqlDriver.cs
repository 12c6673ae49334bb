using System.Diagnostics;

namespace KubeMetrics.Queries;

/// <summary>Spark's own SQL driver on this machine, as a cluster runs it: a script from a file, local master.</summary>
internal static class SparkSqlDriver
{
    public static string? Home => Environment.GetEnvironmentVariable("SPARK_HOME") is { Length: > 0 } home && Directory.Exists(home) ? home : null;

    /// <summary>Runs a script to its end; what it wrote to standard output, and to standard error.</summary>
    public static async Task<(string Output, string Error)> RunAsync(string script, CancellationToken cancellationToken, params (string Name, string Value)[] environment)
    {
        Assert.SkipWhen(Home is null, "SPARK_HOME is not set: no Spark is here to ask.");
        var folder = Directory.CreateTempSubdirectory("kubemetrics-spark-");
        try
        {
            var file = Path.Combine(folder.FullName, "job.sql");
            await File.WriteAllTextAsync(file, script, cancellationToken);
            var start = new ProcessStartInfo(Path.Combine(Home!, "bin", "spark-class"))
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["SPARK_HOME"] = Home, ["SPARK_LOCAL_IP"] = "127.0.0.1" },
            };
            foreach (var (name, value) in environment) start.Environment[name] = value;
            string[] conf =
            [
                "spark.master=local[1]", "spark.sql.catalogImplementation=in-memory", "spark.ui.enabled=false",
                $"spark.sql.warehouse.dir={folder.FullName}/warehouse",
            ];
            foreach (var argument in (string[])["org.apache.spark.deploy.SparkSubmit", .. conf.SelectMany(c => (string[])["--conf", c]), "--class", "org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver", "spark-internal", "-f", file])
                start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            try
            {
                await process.WaitForExitAsync(cancellationToken);
            }
            finally
            {
                if (!process.HasExited) process.Kill(entireProcessTree: true);
            }

            return (await output, await error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
