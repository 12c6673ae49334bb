namespace KubeMetrics.Pipeline.Settings;

/// <summary>What one place says of settings: a file, the environment, the command line.</summary>
public sealed class SettingsSource
{
    internal SettingsSource(SettingsNode root) => Root = root;

    internal SettingsNode Root { get; }

    /// <summary>What is wrong with it, one sentence each.</summary>
    public IReadOnlyList<string> Mistakes { get; internal init; } = [];

    /// <summary>What may surprise without being wrong, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>Settings by their names.</summary>
    /// <param name="settings">Each with its name, sections parted by colons; its text; where it was given, as it stands in parentheses in a sentence.</param>
    public static SettingsSource Of(params IEnumerable<(string Key, string Text, string Origin)> settings) =>
        new(SettingsNode.Of([.. settings.Select(one => (one.Key.Split(':'), one.Text, one.Origin))]));
}
