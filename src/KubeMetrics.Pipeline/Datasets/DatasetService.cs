using System.Collections.Concurrent;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Refresh;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Datasets;

/// <summary>How datasets stand.</summary>
public sealed class DatasetService(DatasetCatalog datasets, AnalysisPlaces places, PlaceProbe probe, WorkStore works, WorkFeed feed, TimeProvider time)
{
    // Of one dataset's places that hang nobody waits longer, who wants to see the others.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // What latest.json points at does not change while that stays the same; reading it again to say the same would cost megabytes.
    private readonly ConcurrentDictionary<string, (LatestPointer Of, ReportBrief Brief)> _briefs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All, by name.</summary>
    public async Task<IReadOnlyList<DatasetView>> ListAsync(CancellationToken cancellationToken)
    {
        var runs = await RunsAsync(cancellationToken);
        return await Task.WhenAll(datasets.All.Select(dataset => ViewAsync(dataset, runs, cancellationToken)));
    }

    /// <summary>One.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public async Task<DatasetView> GetAsync(string name, CancellationToken cancellationToken)
    {
        var dataset = datasets.Get(name);
        return await ViewAsync(dataset, await RunsAsync(cancellationToken), cancellationToken);
    }

    private async Task<ILookup<string, WorkRecord>> RunsAsync(CancellationToken cancellationToken) =>
        (await works.ListAsync(cancellationToken)).Select(work => work.Record).Where(record => record.IsAnalysis())
        .OrderByDescending(record => record.Id, StringComparer.Ordinal).ToLookup(record => record.Dataset, StringComparer.OrdinalIgnoreCase);

    private async Task<DatasetView> ViewAsync(Dataset dataset, ILookup<string, WorkRecord> runs, CancellationToken cancellationToken)
    {
        var own = runs[dataset.Name];
        var dumps = probe.WhyUnreadableAsync(dataset.Location, PlaceUse.Read, Patience, cancellationToken);
        var (latest, unread) = await LatestAsync(dataset, own, cancellationToken);
        var problem = await dumps is { } why ? Problem(why, dataset, nameof(dataset.Location)) : unread is null ? null : Problem(unread, dataset, nameof(dataset.Reports));
        var options = RunOptions.Of(dataset);
        return new DatasetView
        {
            Name = dataset.Name,
            Source = dataset.Source?.ToString(),
            Location = dataset.Location.ToString(),
            Where = options.Where,
            GroupBy = options.GroupBy,
            Window = options.Window,
            Unit = options.Unit,
            Raw = options.Raw,
            Reports = dataset.Reports.ToString(),
            Schedule = dataset.Schedule?.Text,
            NextRun = dataset.Schedule?.After(time.GetUtcNow()),
            Watch = dataset.Watch,
            Job = dataset.Job?.Output?.Location,
            Engine = dataset.Engine,
            Latest = latest is null ? null : LatestView.Of(dataset.Name, latest),
            LastRun = own.FirstOrDefault() is { } last ? RunView.Of(feed.Live(last)) : null,
            Running = [.. own.Where(run => run.IsOpen).Select(run => run.Id)],
            Problem = problem,
        };
    }

    private static WorkProblem Problem(string why, Dataset dataset, string setting) => new(why, $"Mend that, or correct Datasets:{dataset.Name}:{setting} and start the host again.");

    /// <summary>The newest report, or why it can't be read.</summary>
    private async Task<(ReportBrief? Latest, string? Problem)> LatestAsync(Dataset dataset, IEnumerable<WorkRecord> runs, CancellationToken cancellationToken)
    {
        if (await probe.WhyUnreadableAsync(dataset.Reports, PlaceUse.Reports, Patience, cancellationToken) is { } why) return (null, why);
        try
        {
            return (await Task.Run(() => NewestAsync(dataset, runs, cancellationToken), cancellationToken).WaitAsync(Patience, time, cancellationToken), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, e.Message);
        }
        catch (TimeoutException)
        {
            return (_briefs.GetValueOrDefault(dataset.Name).Brief, $"{dataset.Reports} has not answered for {Patience.TotalSeconds:0} s; see whether the disk or the network behind it hangs.");
        }
    }

    private async Task<ReportBrief?> NewestAsync(Dataset dataset, IEnumerable<WorkRecord> runs, CancellationToken cancellationToken)
    {
        var reports = places.Reports(dataset);
        if (await reports.LatestAsync(cancellationToken) is not { } pointer) return null;
        if (_briefs.TryGetValue(dataset.Name, out var known) && known.Of == pointer with { AsOf = known.Of.AsOf }) return known.Brief;
        // The run that made it says the same without reading the whole document; one made by the command has none.
        var brief = runs.Select(run => run.AnalysisOutcome()?.Report).FirstOrDefault(one => one is not null && Is(one, pointer))
            ?? (await reports.FindAsync(pointer.RunId, cancellationToken) is { } report ? ReportBrief.Of(report) : null);
        if (brief is not null) _briefs[dataset.Name] = (pointer, brief);
        return brief;
    }

    private static bool Is(ReportBrief brief, LatestPointer pointer) => brief.RunId == pointer.RunId && brief.Generated == pointer.Generated;
}
