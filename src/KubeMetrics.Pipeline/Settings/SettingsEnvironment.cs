using System.Collections;

namespace KubeMetrics.Pipeline.Settings;

/// <summary>
/// Settings in the environment, which every other program's variables share: only a first word written exactly as settings
/// have it counts (<c>State</c>, and not <c>STATE</c>), so that nothing foreign is taken for ours.
/// </summary>
public static class SettingsEnvironment
{
    /// <summary>Reads this process's environment.</summary>
    public static SettingsSource Read() => Read(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(one => ((string)one.Key, (string?)one.Value ?? "")));

    private const string StoragePrefix = "Storage__Default__";

    private static readonly (string Variable, string Setting)[] Notebook = [("RGW_API_ENDPOINT", "Endpoint"), ("ACCESSKEY", "AccessKey"), ("SECRETKEY", "SecretKey")];

    internal static SettingsSource Read(IEnumerable<(string Name, string Text)> all)
    {
        var variables = all.ToList();
        var warnings = new List<string>();
        var ours = new List<(string Name, string Text)>();
        foreach (var (name, text) in variables.OrderBy(one => one.Name, StringComparer.Ordinal))
        {
            if (!FlatNames.IsOurs(name, StringComparison.Ordinal))
            {
                if (!IsSparks(name) && FlatNames.Hint(name) is { Length: > 0 } hint) warnings.Add($"The environment variable {name} is not read.{hint}");
            }
            else if (IsForeign(FlatNames.Parts(name))) warnings.Add($"The environment variable {name} is no setting and is not read; kubemetrics serve --help lists every one.");
            else ours.Add((name, text));
        }

        IEnumerable<(string[] Path, string Text, string Origin)> values = ours.Select(one => (FlatNames.Parts(one.Name), one.Text, $"environment variable {one.Name}"));
        // The notebook's, for the private store: all three or none, so that no key goes to an endpoint that it was not meant for.
        var wanting = Notebook.Select(one => one.Variable).Where(name => !variables.Any(variable => variable.Name == name && variable.Text.Length > 0)).ToList();
        var isSaid = ours.Any(one => one.Name.StartsWith(StoragePrefix, StringComparison.Ordinal));
        // A key alone may be meant for anybody; beside the endpoint, or as a pair, it is meant for this.
        if (!isSaid && wanting.Count > 0 && (wanting.Count == 1 || !wanting.Contains(Notebook[0].Variable)))
            warnings.Add($"Of {string.Join(", ", Notebook[..2].Select(one => one.Variable))} and {Notebook[2].Variable}, which make Storage:Default together or not at all, {string.Join(" and ", wanting)} {(wanting.Count == 1 ? "is" : "are")} not set, or empty: set {(wanting.Count == 1 ? "it" : "them")} too, or none.");
        if (wanting.Count == 0 && !isSaid)
            values = values.Concat(Notebook.Select(one => (FlatNames.Parts(StoragePrefix + one.Setting), variables.First(variable => variable.Name == one.Variable).Text, $"environment variable {one.Variable}")));
        return new SettingsSource(SettingsNode.Of([.. values]))
        {
            Warnings = warnings,
            Mistakes = [.. FlatNames.Twice(ours.Select(one => one.Name)).Select(twice => $"The environment variables {twice.First} and {twice.Second} are the same setting; leave one of the two out.")],
        };
    }

    // SPARK_HOME, SPARK_MASTER_HOST: Spark's own, which are no misspelt settings.
    private static bool IsSparks(string name) => name.StartsWith("SPARK_", StringComparison.Ordinal) && !name.Contains("__", StringComparison.Ordinal);

    // Sections but Datasets have names that others use as well (Api__BaseUrl); one that is no near miss is somebody else's.
    private static bool IsForeign(string[] parts) =>
        parts.Length > 1 && HostSettings.NamesIn(parts[0]) is { Count: > 0 } known && Similar.To(parts[1], known) is null;
}
