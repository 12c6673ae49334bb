using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Events;

/// <summary>
/// What is told of work that has ended. One event of a piece of work at most, called as the work is: whoever gets it twice sees that by
/// its id.
/// </summary>
/// <param name="options">Who tells.</param>
/// <param name="datasets">Where reports lie.</param>
public sealed class WorkEvents(EventOptions options, DatasetCatalog datasets)
{
    /// <summary>The event; null where nobody is told of it: a dry run, what failed but for jobs, what other work does instead.</summary>
    internal ToldEvent? Of(WorkRecord ended) => ended switch
    {
        { State: WorkState.Succeeded } when ended.IsIngest() => OfIngest(ended),
        { State: WorkState.Succeeded } when ended.IsAnalysis() => OfReport(ended),
        { State: WorkState.Succeeded or WorkState.Failed or WorkState.Cancelled } when ended.IsJob() => OfJob(ended),
        _ => null,
    };

    private ToldEvent? OfIngest(WorkRecord ended)
    {
        var (input, done) = (ended.IngestInput(), ended.IngestOutcome()!.Done);
        return input.DryRun ? null : Event(ended, EventTypes.IngestCompleted, $"ingest/{ended.Id}", EventJson.Default.IngestCompleted, new IngestCompleted
        {
            Id = ended.Id,
            Dataset = DatasetOf(ended),
            Source = input.Source,
            Destination = input.Destination,
            Copied = done.Copied,
            Same = done.Same,
            Unverified = done.Unverified,
            Deleted = done.Deleted,
            Failed = done.Failed,
            Created = ended.Created,
            Finished = ended.Finished!.Value,
        });
    }

    private ToldEvent OfJob(WorkRecord ended)
    {
        var view = JobView.Brief(ended);
        return Event(ended, EventTypes.JobFinished, $"jobs/{ended.Id}", EventJson.Default.JobFinished, new JobFinished
        {
            Id = ended.Id,
            Dataset = DatasetOf(ended),
            Kind = view.Job.Kind,
            State = view.State,
            Output = view.State == JobState.Succeeded ? view.Job.Output?.Location : null,
            Records = view.Result?.Records,
            Corrupt = view.Result?.Corrupt,
            Files = view.Result?.Files,
            Problem = ended.Problem,
            Created = ended.Created,
            Finished = ended.Finished!.Value,
        });
    }

    private ToldEvent? OfReport(WorkRecord ended)
    {
        if (datasets.Find(ended.Dataset) is not { } dataset) return null; // settings have it no longer, so nobody knows where its reports lie
        var outcome = ended.AnalysisOutcome()!;
        return Event(ended, EventTypes.ReportReady, $"reports/{ended.Dataset}/{outcome.Report.RunId}", EventJson.Default.ReportReady, new ReportReady
        {
            Id = ended.Id,
            Dataset = ended.Dataset,
            RunId = outcome.Report.RunId,
            Report = dataset.Reports.Below($"{outcome.Report.RunId}/").ToString(),
            Page = ReportRoutes.PageOf(ended.Dataset, outcome.Report.RunId),
            Partial = outcome.Report.Partial,
            Reused = outcome.Reused,
            Period = outcome.Report.Period,
            Samples = outcome.Report.Samples,
            Groups = outcome.Report.Groups,
            Findings = outcome.Report.Findings,
            Inputs = outcome.Inputs,
            Created = ended.Created,
            Finished = ended.Finished!.Value,
        });
    }

    private static string? DatasetOf(WorkRecord record) => record.Dataset.Length > 0 ? record.Dataset : null;

    private ToldEvent Event<T>(WorkRecord ended, string type, string subject, JsonTypeInfo<T> form, T data) => new()
    {
        Id = ended.Id,
        Source = options.Source,
        Type = type,
        Subject = subject,
        Time = ended.Finished!.Value,
        Data = JsonSerializer.SerializeToElement(data, form),
    };
}
