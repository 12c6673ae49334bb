using KubeMetrics.Pipeline.Settings;

namespace KubeMetrics.Pipeline.Datasets;

/// <summary>The datasets that this host was told of.</summary>
/// <param name="datasets">Each of them; names differ in more than case.</param>
public sealed class DatasetCatalog(IReadOnlyList<Dataset> datasets)
{
    private readonly Dictionary<string, Dataset> _byName = datasets.ToDictionary(dataset => dataset.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>All, by name.</summary>
    public IReadOnlyList<Dataset> All => datasets;

    /// <summary>One, whatever the case of its name; null where there is none.</summary>
    public Dataset? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>One that has to be there.</summary>
    /// <exception cref="RefusedException">It is not.</exception>
    public Dataset Get(string name) => Find(name) ?? throw new RefusedException(Refusal.UnknownDataset,
        $"There is no dataset '{name}'.{Similar.Hint(name, _byName.Keys)} {(datasets.Count > 0 ? $"There are: {string.Join(", ", datasets.Select(d => d.Name))}." : "There is none at all.")}",
        "Name one of these, or add it to the settings and start the host again.");
}
