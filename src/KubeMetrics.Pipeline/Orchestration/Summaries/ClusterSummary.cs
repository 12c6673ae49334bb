using System.Text;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Orchestration.InProcess;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Prometheus;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Spark.Summaries;
using KubeMetrics.Statistics;

namespace KubeMetrics.Pipeline.Orchestration.Summaries;

/// <summary>
/// A summary on a cluster, between its two scripts and behind the second: what the first has left makes the plan that the second runs by, and
/// what that has left makes the summary.
/// </summary>
internal sealed class ClusterSummary(JobPlaces places, Job job, string id, bool dumps, CancellationToken cancellationToken)
{
    private readonly SummaryPlaces _left = places.SummaryOf(id);

    /// <summary>The script of a phase: the first, 0, or the second, 1.</summary>
    internal static string Script(JobPlaces places, Job job, string id, int phase, bool dumps) =>
        phase == 0 ? SummaryScript.First(job.Inputs, SummaryOptions.Of(job.Summary), id, places.SummaryOf(id), dumps) : SummaryScript.Second(id, places.SummaryOf(id));

    /// <summary>What follows from what the first script has left.</summary>
    /// <exception cref="WorkFailedException">There is nothing to summarise.</exception>
    internal async Task<SummaryPlan> PlanAsync()
    {
        try
        {
            return SummaryPlan.Of(SummaryOptions.Of(job.Summary), await LinesAsync(_left.Files), await LinesAsync(_left.Series), await LinesAsync(_left.Orders));
        }
        catch (UnknownLabelException e)
        {
            throw new WorkFailedException(e.Message, "Name another label as summary.groupBy, then submit the job again.", e);
        }
        catch (InvalidDataException e)
        {
            throw new WorkFailedException(e.Message, "Then it is done.", e);
        }
    }

    /// <summary>
    /// Whether a file is broken, so that Spark has left out what stands before the break, and the program would not: then what is not turned into
    /// lines yet is, and summarised again.
    /// </summary>
    internal static bool HasBroken(SummaryPlan plan, IReadOnlyList<ReadAs> inputs) =>
        inputs.Any(input => input.Turned is null) && plan.Files.Any(file => file.Problems.Any(problem => problem.Kind == ProblemKind.Malformed));

    /// <summary>All inputs, to be turned into lines.</summary>
    internal async Task<IReadOnlyList<ReadAs>> ToBeTurnedAsync(IReadOnlyList<ReadAs> inputs)
    {
        var turned = new List<ReadAs>();
        foreach (var input in inputs) turned.Add(input.Turned is not null ? input : InputForms.ToBeTurned(input, places, id, await FilesAsync(input)));
        return turned;
    }

    /// <summary>Writes the plan where the second script reads it.</summary>
    internal Task PutPlanAsync(SummaryPlan plan) => places.PutStateAsync(_left.Plan.Below("plan.json"), Encoding.UTF8.GetBytes(string.Join('\n', plan.Lines()) + "\n"), cancellationToken);

    /// <summary>Reads what the second script has left, and keeps it.</summary>
    internal async Task<KeptSummary> CollectAsync(IReadOnlyList<ReadAs> inputs)
    {
        var plan = await PlanAsync();
        var groups = SummaryReader.Read(
            plan,
            new SummaryResults(await LinesAsync(_left.Sums), await LinesAsync(_left.Deviations), await LinesAsync(_left.Edges), await LinesAsync(_left.Boxes), await LinesAsync(_left.Buckets)),
            cancellation: cancellationToken);
        var summary = new KeptSummary(await FilesAsync(plan, inputs), groups);
        await places.PutSummaryAsync(id, summary, cancellationToken);
        return summary;
    }

    /// <summary>What was found in each file that lies in the inputs, those that were turned into lines too.</summary>
    private async Task<IReadOnlyList<SummarisedFile>> FilesAsync(SummaryPlan plan, IReadOnlyList<ReadAs> inputs)
    {
        var found = plan.Files.ToDictionary(file => file.Name, SummarisedFile.Of, StringComparer.Ordinal);
        var files = new List<SummarisedFile>();
        foreach (var input in inputs)
        {
            var listed = await FilesAsync(input);
            for (var i = 0; i < listed.Count; i++)
            {
                var name = listed[i].Name;
                // A file each was written, by its number.
                var read = input.Turned is null ? name : Part.NameOf(input.Turned, i, id, ".json");
                var file = found.GetValueOrDefault(read) ?? new SummarisedFile(name, 0, 0, 0, []);
                files.Add(file with { Name = name, Problems = [.. file.Problems, .. input.Problems.Where(problem => problem.Contains(name, StringComparison.Ordinal))] });
            }
        }

        return files;
    }

    private Task<IReadOnlyList<InputObject>> FilesAsync(ReadAs input) =>
        places.FilesAsync(job.Inputs.First(one => one.Name == input.Name) with { Location = input.Location }, cancellationToken, dumps);

    private Task<IReadOnlyList<string>> LinesAsync(ObjectStorage.StoreUri folder) => places.LinesAsync(folder, int.MaxValue, cancellationToken);
}
