namespace KubeMetrics.Pipeline.Analysis;

/// <summary>Which names are dumps', where a folder or prefix holds other things too.</summary>
public static class DumpNames
{
    private static readonly string[] Extensions = [".json", ".jsonl", ".ndjson"];
    private static readonly string[] Compressions = [".gz", ".bz2"];

    /// <summary>The ends of a dump's name, for people.</summary>
    public const string Ends = ".json, .jsonl, .ndjson, with or without .gz or .bz2";

    /// <summary>Whether a name ends like a dump's.</summary>
    public static bool IsDump(string name)
    {
        foreach (var compression in Compressions)
            if (name.EndsWith(compression, StringComparison.OrdinalIgnoreCase))
                name = name[..^compression.Length];
        return Extensions.Any(extension => name.EndsWith(extension, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether a name between slashes is one that programs keep for themselves: <c>_SUCCESS</c>, <c>_temporary</c>, <c>.kubemetrics</c>.</summary>
    public static bool IsHidden(ReadOnlySpan<char> name) => name is ['_' or '.', ..];
}
