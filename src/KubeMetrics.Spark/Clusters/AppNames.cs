namespace KubeMetrics.Spark.Clusters;

/// <summary>What an application may be called: its name stands in paths, in folders' names and in launch commands, and is looked for there.</summary>
internal static class AppNames
{
    private const int Longest = 200;

    /// <exception cref="ArgumentException">It may not be called so.</exception>
    internal static string Checked(string name)
    {
        var well = name.Length is > 0 and <= Longest && name[0] != '-'
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && !name.All(char.IsAsciiDigit);
        return well ? name : throw new ArgumentException($"'{name}' can't be an application's name: letters, digits and hyphens, at most {Longest}, not digits alone.", nameof(name));
    }
}
