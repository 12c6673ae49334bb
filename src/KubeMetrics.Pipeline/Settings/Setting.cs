namespace KubeMetrics.Pipeline.Settings;

/// <summary>One setting, as help and documentation list it.</summary>
/// <param name="Key">Its name, sections parted by colons; <c>&lt;name&gt;</c> stands for a dataset's.</param>
/// <param name="Default">What holds where it is not set; null where it must be, or means nothing then.</param>
/// <param name="Meaning">What it is for, as a phrase.</param>
public sealed record Setting(string Key, string? Default, string Meaning);

/// <summary>Settings that can't be worked with: a sentence for each mistake, with its place and the remedy.</summary>
public sealed class SettingsException(IReadOnlyList<string> mistakes) : Exception(string.Join(Environment.NewLine, mistakes))
{
    /// <summary>The sentences.</summary>
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
