namespace KubeMetrics.Pipeline.Tests;

/// <summary>The repository that the tests were built from: what is written in it is held against what the program does.</summary>
internal static class Repository
{
    public static string Folder { get; } = Find(AppContext.BaseDirectory);

    public static string Text(params string[] path) => File.ReadAllText(Path.Combine([Folder, .. path]));

    private static string Find(string folder)
    {
        while (!File.Exists(Path.Combine(folder, "KubeMetrics.slnf"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
