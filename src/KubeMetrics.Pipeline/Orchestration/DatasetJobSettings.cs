using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Orchestration.InProcess;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Orchestration;

/// <summary>A dataset's job as settings have it: <c>Datasets:&lt;name&gt;:Job:Output</c> and so on.</summary>
internal static class DatasetJobSettings
{
    internal static readonly IReadOnlyList<Setting> All =
    [
        new("Datasets:<name>:Job:Output", null, "where the result goes that is analysed; each takes the place of the one before it (must be set, where there is a job)"),
        new("Datasets:<name>:Job:Kind", "etl", "what is done with what arrived in Location: etl, or query"),
        new("Datasets:<name>:Job:Form", "json", "how that is written: json, or parquet"),
        new("Datasets:<name>:Job:Sql", null, "of a query: one SELECT over the table dataset; its columns are metric and values"),
        new("Datasets:<name>:Job:Compression", "none", "how the result is compressed: none, gzip or bzip2"),
        new("Datasets:<name>:Job:Files", null, "in how many files it is written"),
        new("Datasets:<name>:Job:Engine", "spark where Spark:Cluster is set, else in-process", "what does it"),
        new("Datasets:<name>:Job:Cores", "1", "cores of all its executors"),
        new("Datasets:<name>:Job:ExecutorMemory", "1g", "memory of each executor"),
        new("Datasets:<name>:Job:TimeLimit", "Spark:TimeLimit", "how many minutes it may run"),
    ];

    internal const string Table = "dataset";

    /// <summary>Reads it; null where there is none, or it is wrong.</summary>
    internal static Job? Read(SettingsReader dataset, SettingsNode section, string name, StoreUri location, List<string> mistakes)
    {
        dataset.Knows("Job");
        if (section is { HasText: false, Children.Count: 0 }) return null;
        var reader = new SettingsReader($"Datasets:{name}:Job", section, mistakes);
        if (!reader.IsSection("\"Job\": {\"Output\": \"s3://ours/made\"}")) return null;
        var before = mistakes.Count;
        var output = reader.Parsed("Output", StoreUri.Parse);
        if (output is null && mistakes.Count == before) reader.Mistake("Output", "is not set; name where the job's result goes: s3://bucket/prefix, outside of every Location that is not just that.");
        var resources = new SparkResources();
        var job = new Job
        {
            Kind = Named(reader, "Kind", JobKind.Etl),
            Engine = reader.Text("Engine") is null ? null : reader.Word("Engine", "spark", "spark", "in-process") == "spark" ? JobEngine.Spark : JobEngine.InProcess,
            Inputs = [new JobInput { Name = Table, Location = location.ToString(), Form = Named(reader, "Form", JobForm.Json) }],
            Output = new JobOutput
            {
                Location = (output ?? location.Below("_job")).ToString(),
                Form = JobForm.Json,
                Compression = reader.Text("Compression") is null ? null : Named(reader, "Compression", JobCompression.None),
                Files = reader.Text("Files") is null ? null : reader.Number("Files", 1, 1, JobRules.MostFiles),
                Replace = true,
            },
            Sql = reader.Text("Sql"),
            Resources = new SparkResources { Cores = reader.Number("Cores", resources.Cores, 1, 10_000), ExecutorMemory = reader.Text("ExecutorMemory") ?? resources.ExecutorMemory },
            TimeLimit = reader.Text("TimeLimit") is null ? null : reader.Number("TimeLimit", 60, 1, 7 * 24 * 60),
        };
        reader.Done();
        if (mistakes.Count > before) return null;
        if (job.Kind is not (JobKind.Etl or JobKind.Query)) reader.Mistake("Kind", $"is '{JobRules.Name(job.Kind)}'; it takes etl or query.");
        if (job.Inputs[0].Form is not (JobForm.Json or JobForm.Parquet)) reader.Mistake("Form", $"is '{JobRules.Name(job.Inputs[0].Form)}'; it takes json or parquet.");
        try
        {
            // Folders are for what is done in process; whether that can be, who does it says.
            var check = location.Kind == StoreKind.S3 && output?.Kind == StoreKind.S3 ? job : job with { Engine = JobEngine.InProcess };
            JobRules.Check(check);
            if (check.Engine == JobEngine.InProcess) InProcessRules.Check(check, hasEngine: true);
        }
        catch (JobInvalidException e)
        {
            mistakes.Add($"{dataset.Place("Job")}: '{e.Field}': {e.Message}");
        }

        return job;
    }

    private static T Named<T>(SettingsReader reader, string name, T fallback)
        where T : struct, Enum => Enum.Parse<T>(reader.Word(name, fallback.ToString(), [.. Enum.GetNames<T>().Select(one => one.ToLowerInvariant())]), ignoreCase: true);
}
