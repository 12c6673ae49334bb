using KubeMetrics.ObjectStorage;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Orchestration;

/// <summary>What runs jobs.</summary>
public enum ClusterKind
{
    /// <summary>Nothing does.</summary>
    None,

    /// <summary>A standalone master, by its REST submission API.</summary>
    Standalone,

    /// <summary>Livy.</summary>
    Livy,

    /// <summary>A Spark on this machine.</summary>
    Local,
}

/// <summary>Which cluster runs jobs, and how much of it they may take.</summary>
public sealed record SparkOptions
{
    /// <summary>What runs jobs.</summary>
    public ClusterKind Cluster { get; init; }

    /// <summary>Where jobs are submitted: a standalone master's REST API, or Livy.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>What drivers are told of their master (<c>spark://host:7077</c>, <c>local[*]</c>).</summary>
    public string? Master { get; init; }

    /// <summary>A standalone master's page.</summary>
    public Uri? Ui { get; init; }

    /// <summary>Where Spark is, for <see cref="ClusterKind.Local"/>.</summary>
    public string? Home { get; init; }

    /// <summary>Where what is known of this machine's runs is kept, for <see cref="ClusterKind.Local"/>.</summary>
    public string Folder { get; init; } = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "kubemetrics", "spark");

    /// <summary>What runs jobs' scripts.</summary>
    public Runner Runner { get; init; } = Runner.Sql;

    /// <summary>What of the runner lies in buckets: the cluster is told how they are reached.</summary>
    internal IReadOnlyList<StoreUri> RunnerFiles { get; init; } = [];

    /// <summary>The bucket whose keys the cluster's workers have in their environment; null: that of the state.</summary>
    public string? KeysOf { get; init; }

    /// <summary>A Hadoop credential provider for other stores' keys.</summary>
    public string? CredentialProvider { get; init; }

    /// <summary>Cores that all jobs together may take, their drivers' included; null for as many as they ask for.</summary>
    public int? Cores { get; init; }

    /// <summary>How many jobs at once.</summary>
    public int Jobs { get; init; } = 4;

    /// <summary>How many may wait; more are refused.</summary>
    public int Queue { get; init; } = 100;

    /// <summary>How long a job may run that does not say.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How often a job is run again whose driver vanished.</summary>
    public int Retries { get; init; } = 1;

    /// <summary>Whether callers may send queries: SQL is code on the cluster, however narrow it is kept.</summary>
    public bool Queries { get; init; } = true;

    /// <summary>Functions that queries may call beside those that are known to do no harm.</summary>
    public IReadOnlyList<string> Functions { get; init; } = [];

    /// <summary>A query as the cluster gets it: checked, and written anew; null of other jobs.</summary>
    /// <exception cref="QueryRefusedException">It is no query that is let through.</exception>
    internal string? Checked(Job job) => job.Kind == JobKind.Query ? CheckedQuery(job).Sql : null;

    /// <summary>A query, checked.</summary>
    /// <exception cref="QueryRefusedException">It is no query that is let through.</exception>
    internal CheckedQuery CheckedQuery(Job job) => CallerQuery.Check(job.Sql!, new QueryRules(job.Inputs.Select(input => input.Name), Functions));

    /// <summary>How many ended jobs are kept.</summary>
    public int Keep { get; init; } = 200;

    /// <summary>How long they are kept.</summary>
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a cluster may not answer, before what was asked of it has failed.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The least and the longest time between two looks at a driver.</summary>
    internal (TimeSpan Least, TimeSpan Most) Poll { get; init; } = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));

    /// <summary>How long a submission without an answer is looked for before its script is taken away, and again before there is another attempt.</summary>
    internal TimeSpan Fence { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a job in process goes on before it writes down where it is.</summary>
    internal TimeSpan Slice { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What a job takes that does not say.</summary>
    internal SparkResources Resources { get; init; } = new();
}
