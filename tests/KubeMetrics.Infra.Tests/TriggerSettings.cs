using System.Text.RegularExpressions;

namespace KubeMetrics.Infra.Tests;

/// <summary>The settings that the triggers of the function app ask the host for (<c>%RunDueSchedule%</c>), read from its source.</summary>
internal static partial class TriggerSettings
{
    public static IReadOnlyList<string> Read()
    {
        var folder = Repository.PathOf("src", "KubeMetrics.Functions");
        if (!Directory.Exists(folder)) Assert.Skip($"{folder} is not there: nothing asks for settings yet.");
        var settings = Directory.EnumerateFiles(folder, "*.cs").SelectMany(file => Setting().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.NotEmpty(settings);
        return settings;
    }

    [GeneratedRegex("\"%([A-Za-z0-9_:]+)%\"")]
    private static partial Regex Setting();
}
