using System.CommandLine;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Settings;

namespace KubeMetrics.Cli.Commands;

/// <summary>What commands that read settings have in common on the line.</summary>
internal static class HostArguments
{
    public static Option<string?> Settings() => new("--settings") { Description = "Read settings from this file instead of those in the current folder", HelpName = "file" };

    /// <summary>Settings with what the line says over them, and <paramref name="standard"/> below them.</summary>
    public static KubeMetricsOptions Read(
        Screen screen, string? file, SettingsSource? over = null, Func<StoreUri, IReadOnlyList<Dataset>>? more = null, SettingsSource? standard = null)
    {
        SettingsSource?[] sources = [standard, .. SettingsFiles.Load(file), SettingsEnvironment.Read(), over];
        var options = HostSettings.Read([.. sources.OfType<SettingsSource>()], more);
        foreach (var warning in options.Warnings) screen.Note(warning);
        return options;
    }
}
