namespace KubeMetrics.Benchmarks;

/// <summary>The whole command as a user has it: published as a native program.</summary>
internal static class PublishedCommand
{
    /// <summary>Its path; publishes it from this repository if it is not given.</summary>
    internal static string Find(string? given)
    {
        if (given is not null) return File.Exists(given) ? given : throw new BenchmarkException($"There is no command at '{given}'.");
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "KubeMetrics.slnf")))
            root = Path.GetDirectoryName(root) ?? throw new BenchmarkException("The repository was not found above this program; give the published command with --command PATH.");
        var target = Path.Combine(AppContext.BaseDirectory, "published");
        Console.Error.WriteLine($"Publishing the command to {target} …");
        Processes.Run("dotnet", "publish", Path.Combine(root, "src", "KubeMetrics.Cli"), "-c", "Release", "-v", "q", "-o", target,
            "--use-current-runtime", "-p:PublishAot=true");
        return Path.Combine(target, OperatingSystem.IsWindows() ? "kubemetrics.exe" : "kubemetrics");
    }
}
