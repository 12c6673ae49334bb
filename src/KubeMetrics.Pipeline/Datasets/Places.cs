using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;

namespace KubeMetrics.Pipeline.Datasets;

/// <summary>
/// What a host writes itself lies outside of everything that it reads: reports or state below a dataset's location would be
/// taken for its dumps, and every report would make a new one. (Below a name that starts with <c>_</c> or <c>.</c> nothing is
/// taken for dumps.)
/// </summary>
internal static class Places
{
    internal static void Check(IReadOnlyList<Dataset> datasets, StoreUri state, List<string> mistakes)
    {
        foreach (var dataset in datasets)
        {
            if (IsReadIn(dataset.Location, state))
                mistakes.Add($"State ({state}) lies in Datasets:{dataset.Name}:Location ({dataset.Location}), where it would be taken for dumps; name another place for one of the two.");
            foreach (var other in datasets)
            {
                // A place that another dataset reads whole is what chains the two; one that lies within would be read with what is beside it.
                if (other.Job is not null && other.Dumps is var made && (ReferenceEquals(dataset, other) ? dataset.Location.Contains(made) || made.Contains(dataset.Location) : made != dataset.Location && IsReadIn(dataset.Location, made)))
                    mistakes.Add($"Datasets:{other.Name}:Job:Output ({made}) lies in Datasets:{dataset.Name}:Location ({dataset.Location}), where what the job makes would be taken for what arrived; name another place for one of the two.");
                if (IsReadIn(dataset.Location, other.Reports))
                    mistakes.Add($"Datasets:{other.Name}:Reports ({other.Reports}) lies in Datasets:{dataset.Name}:Location ({dataset.Location}), where reports would be taken for dumps; name another place for one of the two.");
                if (!ReferenceEquals(dataset, other) && (dataset.Reports.Contains(other.Reports) || other.Reports.Contains(dataset.Reports)) && string.CompareOrdinal(dataset.Name, other.Name) < 0)
                    mistakes.Add($"Datasets:{dataset.Name}:Reports and Datasets:{other.Name}:Reports share {other.Reports}; each dataset needs a place of its own for its reports.");
            }
        }
    }

    private static bool IsReadIn(StoreUri location, StoreUri place) =>
        location.PathTo(place) is { } path && !path.Split('/').Any(segment => DumpNames.IsHidden(segment));
}
