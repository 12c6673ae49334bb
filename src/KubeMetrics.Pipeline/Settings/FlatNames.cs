namespace KubeMetrics.Pipeline.Settings;

/// <summary>
/// Names of settings as environment variables have them: two underscores for each colon. They stand among those of other
/// programs, so what is not clearly one of ours is passed over, and what only looks like one is told.
/// </summary>
internal static class FlatNames
{
    private const string Separator = "__";

    /// <summary>The name's parts; a colon is taken too, where something can set such a variable.</summary>
    public static string[] Parts(string name) => name.Replace(Separator, ":").Split(':');

    /// <summary>Whether a name is one of ours: <c>State</c>, or one that starts with a section's name.</summary>
    public static bool IsOurs(string name, StringComparison comparison)
    {
        var parts = Parts(name);
        return HostSettings.Sections.Any(section => section.Equals(parts[0], comparison) && (parts.Length == 1) == (section == HostSettings.State));
    }

    /// <summary>A question with the name that a person meant who wrote one that is none; empty where it looks like nothing of ours.</summary>
    public static string Hint(string name)
    {
        var parts = name.Contains(Separator) || name.Contains(':') ? Parts(name) : name.Split('_');
        var index = parts.Length > 2 && parts[^1].All(char.IsAsciiDigit) ? Separator + parts[^1] : "";
        if (index.Length > 0) parts = parts[..^1];
        foreach (var setting in HostSettings.All)
        {
            var known = setting.Key.Split(':');
            if (known.Length < 2 || (known.Length == 2 ? parts.Length != 2 : parts.Length < 3)) continue;
            var (first, last) = (Similar.To(parts[0], [known[0]]), Similar.To(parts[^1], [known[^1]]));
            // One of the two as it is, the other near: more is guessing.
            if (first is null || last is null || !(Same(first, parts[0]) || Same(last, parts[^1]))) continue;
            return $" Is '{string.Join(Separator, [first, .. parts[1..^1], last])}{index}' meant?";
        }

        return "";
    }

    /// <summary>The settings of that name that are there already in another case or form, which no source may have.</summary>
    public static IEnumerable<(string First, string Second)> Twice(IEnumerable<string> names) =>
        names.GroupBy(name => string.Join(':', Parts(name)), StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1)
            .Select(group => (group.First(), group.ElementAt(1)));

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
