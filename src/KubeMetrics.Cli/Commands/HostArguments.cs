using System.CommandLine;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Settings;
using Microsoft.Extensions.Configuration;

namespace KubeMetrics.Cli.Commands;

/// <summary>What commands that read settings have in common on the line.</summary>
internal static class HostArguments
{
    public static Option<string?> Settings() => new("--settings") { Description = "Read settings from this file instead of those in the current folder", HelpName = "file" };

    /// <summary>Settings with what the line says over them, and <paramref name="standard"/> below them.</summary>
    public static KubeMetricsOptions Read(
        Screen screen, string? file, IReadOnlyDictionary<string, string?>? over = null, Func<StoreUri, IReadOnlyList<Dataset>>? more = null,
        IReadOnlyDictionary<string, string?>? standard = null)
    {
        var mistakes = new List<string>();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(standard ?? new Dictionary<string, string?>()).AddConfiguration(SettingsFiles.Load(file, mistakes));
        if (over is { Count: > 0 }) configuration.AddInMemoryCollection(over);
        var options = HostSettings.Read(configuration.Build(), mistakes, more);
        foreach (var warning in options.Warnings) screen.Note(warning);
        return options;
    }
}
