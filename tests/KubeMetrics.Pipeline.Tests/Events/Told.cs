using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Reports;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Tests.Events;

/// <summary>Work of each kind that is told of, in the forms that the real kinds write.</summary>
internal static class Told
{
    public const string Ingest = "s3://private/kube/";

    public static DatasetCatalog Datasets { get; } = new(
    [
        new Dataset { Name = "kube", Location = StoreUri.Parse("s3://private/kube"), Reports = StoreUri.Parse("s3://reports/kube"), Watch = true },
        new Dataset { Name = "other", Location = StoreUri.Parse("s3://private/other"), Reports = StoreUri.Parse("s3://reports/other"), Watch = true },
        new Dataset { Name = "still", Location = StoreUri.Parse("s3://private/still"), Reports = StoreUri.Parse("s3://reports/still") },
    ]);

    public static JsonElement IngestInput(bool dryRun = false) =>
        JsonSerializer.SerializeToElement(new IngestInput("s3://public/dumps", Ingest, [], [], null, false, dryRun), IngestJson.Default.IngestInput);

    public static JsonElement IngestOutcome { get; } = JsonSerializer.SerializeToElement(
        new IngestOutcome(new IngestPlan { Copy = new ObjectCount(3, 300) }, new IngestCounts { Copied = new ObjectCount(2, 200), Same = new ObjectCount(7, 70), Verified = 1, Unverified = 1, Failed = 1 }), IngestJson.Default.IngestOutcome);

    public static JsonElement JobInput(bool writes = true) => JsonSerializer.SerializeToElement(
        new Job { Kind = JobKind.Query, Inputs = [new JobInput { Location = "s3://private/kube", Form = JobForm.Json }], Sql = "SELECT 1", Output = writes ? new JobOutput { Location = "s3://private/other/made" } : null }, JobJson.Default.Job);

    public static JsonElement JobOutcome { get; } = JsonSerializer.SerializeToElement(new JobOutcome { Records = 12, Corrupt = 1, Files = 2 }, JobJson.Default.JobOutcome);

    public static JsonElement AnalysisInput { get; } = JsonSerializer.SerializeToElement(
        new AnalysisInput(new RunOptions { Where = [], GroupBy = "operation_type" }, Own: true, Force: false, "3y3a7y1knxms5mcge3kq", new InputTotals(2, 2000)), AnalysisJson.Default.AnalysisInput);

    public static JsonElement AnalysisOutcome { get; } = JsonSerializer.SerializeToElement(
        new AnalysisOutcome(
            new ReportBrief("3y3a7y1knxms5mcge3kq", ManualTime.Begin, new Period(ManualTime.Begin.AddDays(-1), ManualTime.Begin), Partial: true, 5000, 11, ["create_container drifts up, 1.2 % a day."], null), Reused: false, new InputTotals(2, 2000)),
        AnalysisJson.Default.AnalysisOutcome);

    /// <summary>A record of a kind that has ended.</summary>
    public static WorkRecord Ended(string kind, WorkState state, JsonElement input, JsonElement? result, string dataset = "kube") => new()
    {
        Id = WorkId.New(ManualTime.Begin),
        Kind = kind,
        Dataset = dataset,
        Input = input,
        Result = result,
        State = state,
        Created = ManualTime.Begin,
        Finished = ManualTime.Begin.AddSeconds(90),
        Problem = state == WorkState.Failed ? new WorkProblem("The disk is full.", "Make room.") : null,
    };
}
