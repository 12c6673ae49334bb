using KubeMetrics.Queries;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Orchestration.InProcess;

/// <summary>What jobs can't be done without a cluster. Each is refused by its name, never done in part.</summary>
internal static class InProcessRules
{
    private const string OnCluster = "set a cluster (Spark:Cluster) and leave out the engine";

    /// <summary>Checks a job that <see cref="JobRules"/> has checked.</summary>
    /// <exception cref="JobInvalidException">It can't be done in process.</exception>
    internal static void Check(Job job, bool hasEngine)
    {
        switch (job.Kind)
        {
            case JobKind.Probe:
                throw new JobInvalidException("kind", $"A probe asks a cluster which hosts it has; {OnCluster}.");
            case JobKind.Query:
                if (!hasEngine) throw new JobInvalidException("kind", $"This host has no SQL engine of its own; {OnCluster}.");
                for (var i = 0; i < job.Inputs.Count; i++)
                    if (job.Inputs[i].Form != JobForm.Json)
                        throw new JobInvalidException($"inputs[{i}].form", $"In process a query reads series from JSON, not {JobRules.Name(job.Inputs[i].Form)}; {OnCluster}.");
                if (job.Output is { Form: JobForm.Parquet or JobForm.Text }) throw new JobInvalidException("output.form", $"In process a query's rows are written as json, csv or tsv, not {JobRules.Name(job.Output.Form.Value)}; {OnCluster}.");
                if (job.Output?.Files > 1) throw new JobInvalidException("output.files", $"In process a query's rows are written as one file; leave it out, or {OnCluster}.");
                return;
            case JobKind.Copy when job.Inputs[0].Form == JobForm.Parquet:
                if (job.Output!.Files is not null || job.Output.Compression is not null)
                    throw new JobInvalidException("output", $"In process Parquet is copied as it is, file by file; leave out files and compression, or {OnCluster}.");
                return;
            case JobKind.Etl:
                Etl(job);
                return;
        }
    }

    private static void Etl(Job job)
    {
        var (input, form) = (job.Inputs[0], JobRules.FormOf(job));
        if (input.Form == JobForm.Parquet) throw new JobInvalidException("inputs[0].form", $"Parquet is not read in process; {OnCluster}.");
        if (form == JobForm.Text && input.Form != JobForm.Text) throw new JobInvalidException("output.form", $"Text takes lines, and {JobRules.Name(input.Form)} has columns; write json, csv, tsv or parquet.");
        if (input.Form != JobForm.Json) return;
        for (var i = 0; i < (job.Columns?.Count ?? 0); i++)
            if (!SeriesSource.Has(job.Columns![i]))
                throw new JobInvalidException($"columns[{i}]", $"In process JSON is read as series, which have metric, values and metric.LABEL, not '{job.Columns[i]}'; name one of those, or {OnCluster}.");
        if (form is not (JobForm.Csv or JobForm.Tsv)) return;
        // As Spark does (UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE).
        if (job.Columns is null || job.Columns.Any(column => SeriesSource.LabelOf(column) is null))
            throw new JobInvalidException("columns", $"{JobRules.Name(form)} can't hold a series' labels or samples as a whole; name columns like metric.operation_type, or ask a query for what is within values.");
    }
}
