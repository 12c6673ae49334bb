namespace KubeMetrics.Pipeline.Settings;

/// <summary>
/// What is wrong with the settings of a host that has started all the same: nobody reads the output of a function app that
/// ends, so it stays, and whoever asks it for anything is told.
/// </summary>
/// <param name="sentences">One for each mistake.</param>
public sealed class SettingsMistakes(IReadOnlyList<string> sentences)
{
    /// <summary>The sentences.</summary>
    public IReadOnlyList<string> Sentences { get; } = sentences;
}
