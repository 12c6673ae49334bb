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
