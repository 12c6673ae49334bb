using System.ComponentModel;
using System.Text.Json.Serialization;
using KubeMetrics.Spark.Clusters;

namespace KubeMetrics.Spark.Jobs;

/// <summary>What a job does.</summary>
[JsonConverter(typeof(WordConverter<JobKind>))]
public enum JobKind
{
    /// <summary>In to out in the same form: lines as they are, or Parquet.</summary>
    [JsonStringEnumMemberName("copy")] Copy,

    /// <summary>In to out in another form, in another number of files, or some columns of it.</summary>
    [JsonStringEnumMemberName("etl")] Etl,

    /// <summary>One SELECT over the inputs.</summary>
    [JsonStringEnumMemberName("query")] Query,

    /// <summary>The numbers of a report over raw dumps: what an analysis makes in process.</summary>
    [JsonStringEnumMemberName("summary")] Summary,

    /// <summary>Which hosts run executors, with how many cores, and which Spark.</summary>
    [JsonStringEnumMemberName("probe")] Probe,
}

/// <summary>
/// A job as data: what is read, what is done, where it goes. It is checked by <see cref="JobRules"/>; how it is done is the cluster's part
/// (<see cref="Scripts.JobScript"/>).
/// </summary>
public sealed record Job
{
    /// <summary>The version of this form.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of this job's form; null for <see cref="CurrentVersion"/>.</summary>
    [Description("The version of this form: 1, which need not be said.")]
    public int? Version { get; init; }

    /// <summary>What it does.</summary>
    [Description("copy (the same form, lines as they are), etl (another form, number of files or some columns), query (one SELECT), summary (the numbers of a report) or probe (what the cluster is).")]
    public required JobKind Kind { get; init; }

    /// <summary>What runs it; null: the cluster where one is set, else this process.</summary>
    [Description("What runs it: spark (the cluster) or in-process (the host itself); left out for the cluster where one is set, else in process.")]
    public JobEngine? Engine { get; init; }

    /// <summary>What is read, each by its name.</summary>
    [Description("What is read: one for copy and etl, any number for query, one or more for summary, none for probe.")]
    public IReadOnlyList<JobInput> Inputs { get; init => field = value ?? []; } = []; // null: what JSON does not say

    /// <summary>Where it goes; null for a query of which a preview is enough, and for a probe.</summary>
    [Description("Where it goes. May be left out of a query: then there is a preview alone.")]
    public JobOutput? Output { get; init; }

    /// <summary>The columns that an etl keeps, in their order; null for all.</summary>
    [Description("Of an etl: the columns that are kept, in this order (metric.operation_type for what lies in another); left out for all.")]
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The query.</summary>
    [Description("Of a query: one SELECT over the inputs by their names.")]
    public string? Sql { get; init; }

    /// <summary>What of the inputs a summary is of, and how; null for all of them, as they come.</summary>
    [Description("Of a summary: what of the inputs it is of, and how; left out for all of them, grouped by operation_type.")]
    public JobSummary? Summary { get; init; }

    /// <summary>What it takes of the cluster; null for little.</summary>
    [Description("What it takes of the cluster; left out for one core each of driver and executors, 1g of memory each.")]
    public SparkResources? Resources { get; init; }

    /// <summary>How long it may run, minutes; null for the setting's.</summary>
    [Description("How long it may run, in minutes, before it is ended; left out for the setting's.")]
    public int? TimeLimit { get; init; }
}

/// <summary>What runs a job.</summary>
[JsonConverter(typeof(WordConverter<JobEngine>))]
public enum JobEngine
{
    /// <summary>The cluster that settings name.</summary>
    [JsonStringEnumMemberName("spark")] Spark,

    /// <summary>The program itself.</summary>
    [JsonStringEnumMemberName("in-process")] InProcess,
}

/// <summary>Something that a job reads.</summary>
public sealed record JobInput
{
    /// <summary>What it is called in a query.</summary>
    [Description("What it is called in a query: letters, digits and underscores.")]
    public string Name { get; init => field = value ?? "input"; } = "input"; // null: what JSON does not say

    /// <summary>Where it lies.</summary>
    [Description("Where it lies: s3://bucket/prefix of any configured bucket.")]
    public required string Location { get; init; }

    /// <summary>How it is written.</summary>
    [Description("How it is written: json, csv, tsv, text or parquet.")]
    public required JobForm Form { get; init; }

    /// <summary>Whether a record may go over several lines (JSON, CSV).</summary>
    [Description("Of JSON and CSV: whether a record may go over several lines. Of JSON a file then holds one object, or an array of them.")]
    public bool MultiLine { get; init; }

    /// <summary>Whether the first line of each file names the columns (CSV, TSV).</summary>
    [Description("Of CSV and TSV: whether each file's first line names the columns; no, where nothing is said.")]
    public bool Header { get; init; }
}

/// <summary>Where a job's result goes.</summary>
public sealed record JobOutput
{
    /// <summary>The prefix.</summary>
    [Description("A prefix that holds nothing yet (unless replace is said): s3://bucket/prefix.")]
    public required string Location { get; init; }

    /// <summary>Whether it takes the place of what an earlier job has written there.</summary>
    [Description("Whether it takes the place of what an earlier job has written there: it lies in a folder of its own then, _latest.json names which one is in force, and who reads the location reads that.")]
    public bool Replace { get; init; }

    /// <summary>How it is written; null for as it was read.</summary>
    [Description("How it is written: json, csv, tsv, text or parquet; left out for as it was read (json, of a query).")]
    public JobForm? Form { get; init; }

    /// <summary>How it is compressed; null for not (of Parquet: snappy).</summary>
    [Description("How it is compressed: none, gzip, bzip2, snappy (Parquet) or zstd (Parquet).")]
    public JobCompression? Compression { get; init; }

    /// <summary>In how many files; null for as many as it comes.</summary>
    [Description("In how many files, at most 10000; left out for as many as it comes.")]
    public int? Files { get; init; }

    /// <summary>Whether each file's first line names the columns (CSV, TSV).</summary>
    [Description("Of CSV and TSV: whether each file's first line names the columns; no, where nothing is said.")]
    public bool Header { get; init; }
}

/// <summary>How objects are written.</summary>
[JsonConverter(typeof(WordConverter<JobForm>))]
public enum JobForm
{
    /// <summary>JSON.</summary>
    [JsonStringEnumMemberName("json")] Json,

    /// <summary>Values parted by commas.</summary>
    [JsonStringEnumMemberName("csv")] Csv,

    /// <summary>Values parted by tabs.</summary>
    [JsonStringEnumMemberName("tsv")] Tsv,

    /// <summary>Lines.</summary>
    [JsonStringEnumMemberName("text")] Text,

    /// <summary>Parquet.</summary>
    [JsonStringEnumMemberName("parquet")] Parquet,
}

/// <summary>How objects are compressed.</summary>
[JsonConverter(typeof(WordConverter<JobCompression>))]
public enum JobCompression
{
    /// <summary>Not.</summary>
    [JsonStringEnumMemberName("none")] None,

    /// <summary>gzip.</summary>
    [JsonStringEnumMemberName("gzip")] Gzip,

    /// <summary>bzip2, which can be read from within.</summary>
    [JsonStringEnumMemberName("bzip2")] Bzip2,

    /// <summary>Snappy (Parquet).</summary>
    [JsonStringEnumMemberName("snappy")] Snappy,

    /// <summary>Zstandard (Parquet).</summary>
    [JsonStringEnumMemberName("zstd")] Zstd,
}
