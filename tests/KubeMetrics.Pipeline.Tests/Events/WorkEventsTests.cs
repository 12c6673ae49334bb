using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Events;

/// <summary>What is told of which work, held against the documented form (docs/events.schema.json).</summary>
public sealed class WorkEventsTests
{
    private static readonly JsonSchema Documented = JsonSchema.FromText(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "events.schema.json")));
    private static readonly WorkEvents Events = new(new EventOptions { Source = "https://metrics.example/" }, Told.Datasets);

    private static (ToldEvent Event, JsonObject Json) Of(WorkRecord ended)
    {
        var told = Events.Of(ended) ?? throw new InvalidOperationException("Nobody is told.");
        var json = JsonNode.Parse(JsonSerializer.Serialize(told, EventJson.Default.ToldEvent))!.AsObject();
        var result = Documented.Evaluate(JsonSerializer.SerializeToElement(json), new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
        Assert.True(result.IsValid, string.Join('\n', (result.Details ?? []).SelectMany(one => one.Errors ?? new Dictionary<string, string>(), (one, error) => $"{one.InstanceLocation}: {error.Value}")));
        return (told, json["data"]!.AsObject());
    }

    [Fact]
    public void An_ingest_that_is_done_tells_what_it_copied_where()
    {
        var record = Told.Ended(IngestWork.KindName, WorkState.Succeeded, Told.IngestInput(), Told.IngestOutcome);
        var (told, data) = Of(record);

        Assert.Equal((record.Id, "https://metrics.example/", "kubemetrics.ingest.completed", $"ingest/{record.Id}", record.Finished), (told.Id, told.Source, told.Type, told.Subject, told.Time));
        Assert.Equal(
            $$"""{"id":"{{record.Id}}","dataset":"kube","source":"s3://public/dumps","destination":"s3://private/kube/","copied":{"objects":2,"bytes":200},"same":{"objects":7,"bytes":70},"unverified":1,"deleted":0,"failed":1,"created":"2026-01-01T00:00:00.000Z","finished":"2026-01-01T00:01:30.000Z"}"""
                .Replace("2026-01-01T00:00:00.000Z", Instant(record.Created)).Replace("2026-01-01T00:01:30.000Z", Instant(record.Finished!.Value)),
            data.ToJsonString());
    }

    [Theory]
    [InlineData("succeeded", true)]
    [InlineData("failed", true)]
    [InlineData("cancelled", true)]
    [InlineData("succeeded", false)]
    public void A_job_tells_how_it_ended_and_where_it_wrote_if_it_did(string state, bool writes)
    {
        var (told, data) = Of(Told.Ended(JobWork.KindName, Enum.Parse<WorkState>(state, ignoreCase: true), Told.JobInput(writes), state == "succeeded" ? Told.JobOutcome : null, dataset: ""));

        Assert.Equal("kubemetrics.job.finished", told.Type);
        Assert.Equal(state, (string?)data["state"]);
        Assert.Equal("query", (string?)data["kind"]);
        Assert.Equal(state == "succeeded" && writes ? "s3://private/other/made" : null, (string?)data["output"]);
        Assert.Equal(state == "succeeded" ? 12 : null, (int?)data["records"]);
        Assert.Equal(state == "failed" ? "The disk is full." : null, (string?)data["problem"]?["detail"]);
        Assert.Null(data["dataset"]);
    }

    [Fact]
    public void A_report_tells_where_it_lies_and_what_was_found()
    {
        var (told, data) = Of(Told.Ended(AnalysisWork.KindName, WorkState.Succeeded, Told.AnalysisInput, Told.AnalysisOutcome));

        Assert.Equal(("kubemetrics.report.ready", "reports/kube/3y3a7y1knxms5mcge3kq"), (told.Type, told.Subject));
        Assert.Equal("s3://reports/kube/3y3a7y1knxms5mcge3kq/", (string?)data["report"]);
        Assert.Equal("/api/reports/kube/3y3a7y1knxms5mcge3kq/index.html", (string?)data["page"]);
        Assert.Equal("create_container drifts up, 1.2 % a day.", (string?)data["findings"]![0]);
        Assert.True((bool)data["partial"]!);
    }

    [Fact]
    public void Nobody_is_told_of_what_brought_nothing_about()
    {
        WorkRecord[] silent =
        [
            Told.Ended(IngestWork.KindName, WorkState.Succeeded, Told.IngestInput(dryRun: true), Told.IngestOutcome),
            Told.Ended(IngestWork.KindName, WorkState.Failed, Told.IngestInput(), null),
            Told.Ended(IngestWork.KindName, WorkState.Replaced, Told.IngestInput(), null),
            Told.Ended(AnalysisWork.KindName, WorkState.Cancelled, Told.AnalysisInput, null),
            Told.Ended(AnalysisWork.KindName, WorkState.Succeeded, Told.AnalysisInput, Told.AnalysisOutcome, dataset: "gone"),
            Told.Ended(JobWork.KindName, WorkState.Replaced, Told.JobInput(), null),
            Told.Ended("of-another-version", WorkState.Succeeded, Told.IngestInput(), Told.IngestOutcome),
        ];
        Assert.All(silent, record => Assert.Null(Events.Of(record)));
    }

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
