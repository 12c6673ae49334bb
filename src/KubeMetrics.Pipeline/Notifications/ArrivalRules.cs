using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Orchestration;

namespace KubeMetrics.Pipeline.Notifications;

/// <summary>
/// Which datasets an object's arrival makes dirty. By the first row that holds:
/// <code>
/// event             name                                         is an arrival for
/// not ObjectCreated any                                          none: nothing came
/// ObjectCreated     in no watched dataset's Location             none
/// ObjectCreated     below the Location _SUCCESS, alone or last   the dataset: a job's output is complete
/// ObjectCreated     the Location's own _latest.json              the dataset: another job's output is in force
/// ObjectCreated     below the Location a segment with _ or .     none: programs keep their own there (_temporary/…)
/// ObjectCreated     does not end like a dump                     none: it is never read
/// ObjectCreated     any other                                    each dataset whose Location it is in
/// </code>
/// What a refresh wrote itself is an arrival too: whether it brings news is seen when the dataset is listed.
/// </summary>
public static class ArrivalRules
{
    private const string Created = "ObjectCreated:";
    private const string Completed = "_SUCCESS";

    /// <summary>The datasets that an arrival is for.</summary>
    public static IReadOnlyList<Dataset> DatasetsOf(Arrival arrival, IReadOnlyList<Dataset> datasets)
    {
        if (!arrival.Event.StartsWith(Created, StringComparison.Ordinal)) return [];
        var found = new List<Dataset>();
        foreach (var dataset in datasets)
            if (dataset.Watch && PathIn(dataset.Location, arrival) is { } path && IsNews(path))
                found.Add(dataset);
        return found;
    }

    /// <summary>The datasets that something was written for: whose Location the place is, is in, or holds.</summary>
    internal static IReadOnlyList<Dataset> DatasetsOf(StoreUri place, IReadOnlyList<Dataset> datasets) =>
        [.. datasets.Where(dataset => dataset.Watch && (dataset.Location.Contains(place) || place.Contains(dataset.Location)))];

    /// <summary>Why an arrival is for no dataset, in words that go on after "ignored".</summary>
    internal static string WhyIgnored(Arrival arrival, IReadOnlyList<Dataset> datasets)
    {
        if (!arrival.Event.StartsWith(Created, StringComparison.Ordinal)) return "nothing was created";
        var holds = datasets.Where(dataset => PathIn(dataset.Location, arrival) is not null).ToList();
        if (holds.Count == 0) return "in no dataset's Location";
        return holds.Any(dataset => dataset.Watch) ? "of a name that is not read" : $"Watch of {string.Join(", ", holds.Select(dataset => dataset.Name))} is false";
    }

    private static string? PathIn(StoreUri location, Arrival arrival)
    {
        if (location.Kind != StoreKind.S3 || location.Bucket != arrival.Bucket) return null;
        var prefix = ObjectKey.AsPrefix(location.Key);
        return arrival.Key.StartsWith(prefix, StringComparison.Ordinal) ? arrival.Key[prefix.Length..] : null;
    }

    private static bool IsNews(string path)
    {
        if (path == Outputs.Latest) return true;
        var segments = path.Split('/');
        if (segments[^1] == Completed) return !segments[..^1].Any(segment => DumpNames.IsHidden(segment));
        return DumpNames.IsDump(path) && !segments.Any(segment => DumpNames.IsHidden(segment));
    }
}
