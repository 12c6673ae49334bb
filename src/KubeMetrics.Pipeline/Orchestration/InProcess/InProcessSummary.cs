using System.Text.Json;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Orchestration.Summaries;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Prometheus;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Spark.Summaries;
using KubeMetrics.Statistics;

namespace KubeMetrics.Pipeline.Orchestration.InProcess;

/// <summary>A summary without a cluster: the series are read whole, and each group is summarised, as an analysis does it.</summary>
internal sealed class InProcessSummary(JobPlaces places, long memory, WorkContext context, Job job, CancellationToken cancellationToken)
{
    private const double Read = 0.6;
    private static readonly int Cores = Environment.ProcessorCount;

    internal async Task<StepOutcome> SummariseAsync()
    {
        var options = SummaryOptions.Of(job.Summary);
        var inputs = new List<InputObject>();
        foreach (var input in job.Inputs) inputs.AddRange(await places.FilesAsync(input, cancellationToken));
        var total = inputs.Sum(input => input.Length);
        var reading = new ReadOptions { Where = options.Where, FromMs = options.From ?? long.MinValue, ToMs = options.To ?? long.MaxValue };
        await MemoryEstimate.EnsureFitsAsync(inputs, 0, reading, memory, Cores, bytes => context.Report("measuring", bytes, total, "bytes", 0, 0.1), cancellationToken);
        var loaded = await SeriesLoader.LoadAsync(inputs, reading, Cores, bytes => context.Report("reading", bytes, total, "bytes", 0.1, Read), cancellationToken);
        if (loaded.Files.SelectMany(file => file.Problems).FirstOrDefault(problem => problem.Kind == ProblemKind.Unreadable) is { } unread) throw new IOException(unread.Message);
        var series = options.Window is { } window ? TimeWindow.Last(window, loaded.Series) : loaded.Series;
        IReadOnlyList<SeriesGroup> groups;
        try
        {
            groups = Grouping.Group(series, options.Grouping);
        }
        catch (UnknownLabelException e)
        {
            throw new WorkFailedException(e.Message, "Name another label as summary.groupBy, then submit the job again.", e);
        }

        if (groups.Count == 0) throw KeptSummary.Nothing(job, [.. loaded.Files.Select(SummarisedFile.Of)]);
        var progress = new ImmediateProgress<SummaryProgress>(at => context.Report("summarising", at.Done, at.Total, "groups", Read, 1));
        var summary = new KeptSummary([.. loaded.Files.Select(SummarisedFile.Of)], await Task.Run(() => Summarizer.SummarizeAll(groups, Cores, progress, cancellationToken), cancellationToken));
        await context.EnsureHeldAsync(cancellationToken);
        await places.PutSummaryAsync(context.Record.Id, summary, cancellationToken);
        return new StepOutcome.Done(JsonSerializer.SerializeToElement(JobOutcome.Of(summary), JobJson.Default.JobOutcome));
    }
}
