using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Scripts;

namespace KubeMetrics.Pipeline.Orchestration;

/// <summary>The cluster as settings have it.</summary>
internal static class SparkSettings
{
    internal const string Name = "Spark";

    internal static readonly IReadOnlyList<Setting> All =
    [
        new("Spark:Cluster", "none", "what runs jobs: none, standalone, livy or local (a Spark on this machine)"),
        new("Spark:Endpoint", null, "where jobs are submitted: Livy (http://host:8998), or a standalone master's REST API (port 6066 of the master)"),
        new("Spark:Master", null, "of standalone: the master (spark://host:7077); of local: where it runs (local[*])"),
        new("Spark:Ui", null, "of standalone: the master's page, which tells what runs (port 8080 of the master)"),
        new("Spark:Home", "SPARK_HOME", "of local: where Spark is"),
        new("Spark:Folder", "kubemetrics/spark in this user's data", "of local: where what is known of runs is kept"),
        new("Spark:Runner", "sql", "what runs a job's script there: sql (Spark's own SQL driver) or dotnet (KubeMetrics.SparkDriver, on .NET for Apache Spark)"),
        new("Spark:DriverZip", null, "of dotnet: the driver's zip, s3a://bucket/… or a path that is on every machine of the cluster"),
        new("Spark:DriverJar", null, "of dotnet: the jar that starts it (microsoft-spark-3-5_2.12-2.3.1.jar), as the cluster opens it"),
        new("Spark:KeysOf", "the state's bucket", "the bucket whose keys the cluster's workers have in their environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)"),
        new("Spark:CredentialProvider", null, "a Hadoop credential provider with other stores' keys (jceks://…)"),
        new("Spark:Cores", null, "cores that all jobs together may take, their drivers' included"),
        new("Spark:Jobs", "4", "how many jobs at once"),
        new("Spark:Queue", "100", "how many may wait; more are refused"),
        new("Spark:TimeLimit", "2h", "how long a job may run that does not say"),
        new("Spark:Retries", "1", "how often a job is run again whose driver vanished"),
        new("Spark:Queries", "true", "whether callers may send queries: SQL is code on the cluster, however narrow it is kept"),
        new("Spark:Functions", null, "functions that queries may call beside those that are known to do no harm"),
        new("Spark:Keep", "200", "how many ended jobs are kept"),
        new("Spark:KeepFor", "30d", "how long they are kept"),
    ];

    internal static SparkOptions Read(SettingsReader reader)
    {
        var standard = new SparkOptions();
        var word = reader.Word("Cluster", "none", "none", "standalone", "livy", "local");
        var runner = reader.Word("Runner", "sql", "sql", "dotnet");
        var (zip, jar) = (reader.Parsed("DriverZip", text => DriverFile(text, ".zip", "file:", "local:")), reader.Parsed("DriverJar", text => DriverFile(text, ".jar")));
        var options = new SparkOptions
        {
            Cluster = Enum.Parse<ClusterKind>(word, ignoreCase: true),
            Endpoint = reader.Parsed("Endpoint", Web),
            Master = reader.Parsed("Master", text => MasterOf(text, word)),
            Ui = reader.Parsed("Ui", Web),
            Home = reader.Text("Home") ?? Environment.GetEnvironmentVariable("SPARK_HOME"),
            Folder = reader.Text("Folder") is { } folder ? Path.GetFullPath(folder) : standard.Folder,
            Runner = runner == "dotnet" && zip is not null && jar is not null ? Runner.Dotnet(zip, jar) : Runner.Sql,
            RunnerFiles = runner == "dotnet" ? [.. new[] { zip, jar }.OfType<string>().Where(IsInBucket).Select(StoreUri.Parse)] : [],
            KeysOf = reader.Text("KeysOf"),
            CredentialProvider = reader.Text("CredentialProvider"),
            Cores = reader.Text("Cores") is null ? null : reader.Number("Cores", 2, 2, 100_000),
            Jobs = reader.Number("Jobs", standard.Jobs, 1, 1000),
            Queue = reader.Number("Queue", standard.Queue, 1, 10_000),
            TimeLimit = reader.Length("TimeLimit", standard.TimeLimit, TimeSpan.FromMinutes(1), TimeSpan.FromDays(7)),
            Retries = reader.Number("Retries", standard.Retries, 0, 10),
            Queries = reader.Flag("Queries", standard.Queries),
            Functions = reader.Texts("Functions"),
            Keep = reader.Number("Keep", standard.Keep, 1, 100_000),
            KeepFor = reader.Length("KeepFor", standard.KeepFor, TimeSpan.FromHours(1), TimeSpan.FromDays(36500)),
        };
        var (needed, isMissing, example) = options.Cluster switch
        {
            ClusterKind.Standalone => ("Master", reader.Text("Master") is null, "spark://host:7077"),
            ClusterKind.Livy => ("Endpoint", reader.Text("Endpoint") is null, "http://host:8998"),
            ClusterKind.Local => ("Home", options.Home is null, "/opt/spark"),
            _ => ("", false, ""),
        };
        if (isMissing) reader.Mistake(needed, $"is not set, and Spark:Cluster is {word}; write {example}.");
        if (runner == "dotnet" && options.Cluster != ClusterKind.None)
            foreach (var (file, written) in new[] { ("DriverZip", "s3a://bucket/kubemetrics-spark-driver.zip"), ("DriverJar", "/opt/kubemetrics/microsoft-spark-3-5_2.12-2.3.1.jar") })
                if (reader.Text(file) is null)
                    reader.Mistake(file, $"is not set, and Spark:Runner is dotnet; write {written}.");
        reader.Done();
        return options;
    }

    // As the cluster opens it, which may not be as this machine does: so whether it is there is not looked at.
    private static string DriverFile(string text, string ending, params ReadOnlySpan<string> refused)
    {
        if (!text.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) throw new FormatException($"'{text}' does not end in {ending}; name the file itself.");
        foreach (var scheme in refused)
            if (text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
                throw new FormatException($"'{text}' is not opened by DotnetRunner; write a plain path (/opt/…), or s3a://bucket/….");
        if (!text.StartsWith('/') && !Uri.TryCreate(text, UriKind.Absolute, out _)) throw new FormatException($"'{text}' is relative; write a path that is on every machine of the cluster (/opt/…), or s3a://bucket/….");
        return IsInBucket(text) ? S3A.Uri(text) : text;
    }

    private static bool IsInBucket(string text) => text.StartsWith("s3://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("s3a://", StringComparison.OrdinalIgnoreCase);

    private static string MasterOf(string text, string cluster) =>
        cluster != "standalone" || (Uri.TryCreate(text.Split(',')[0], UriKind.Absolute, out var uri) && uri is { Scheme: "spark", Host.Length: > 0 })
            ? text
            : throw new FormatException($"'{text}' is no master; write it as spark://host:7077.");

    private static Uri Web(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0
            ? uri
            : throw new FormatException($"'{text}' is no address; write it as http://host:port.");
}
