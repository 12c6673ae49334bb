namespace KubeMetrics.Spark.Tests.Clusters;

/// <summary>Scripts in a folder of a test's own, and names that no other test gives.</summary>
internal sealed class Scripts : IDisposable
{
    /// <summary>One that goes on for hours, in twenty tasks, and sleeps: what runs beside it has the cores.</summary>
    public const string Endless = "SELECT count(*) FROM range(0, 20, 1, 20) WHERE java_method('java.lang.Thread', 'sleep', 3600000L + id) IS NULL;";

    private readonly string _folder = Directory.CreateTempSubdirectory("it's \"a\" $(folder) ").FullName;

    public string Folder => _folder;

    /// <summary>Where a script lies, whatever it says.</summary>
    public string Of(string text)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.sql");
        File.WriteAllText(path, text);
        return path;
    }

    public static string NewName(string what) => $"kubemetrics-{what}-{Guid.NewGuid():N}";

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
