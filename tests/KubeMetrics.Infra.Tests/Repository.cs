namespace KubeMetrics.Infra.Tests;

/// <summary>The files of the repository that the tests are about.</summary>
internal static class Repository
{
    private static readonly string Root = Find();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "KubeMetrics.slnf")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"The repository was not found above {AppContext.BaseDirectory}.");
        return folder;
    }
}
