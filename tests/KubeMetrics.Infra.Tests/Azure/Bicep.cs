using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace KubeMetrics.Infra.Tests.Azure;

/// <summary>The real bicep, offline, over a copy of infra/azure: what it finds, what it makes of a file, and what a deployment would make.</summary>
internal sealed class Bicep : IDisposable
{
    private static readonly string? Program = typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .SingleOrDefault(one => one.Key == "BicepPath")?.Value?.Replace('\\', '/');

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bicep");

    public Bicep()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64) Assert.Skip("The bicep of the package runs on Linux on x64 alone.");
        foreach (var file in Files.Append("bicepconfig.json")) File.Copy(Repository.PathOf("infra", "azure", file), PathOf(file));
    }

    /// <summary>Names of the files that it reads.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.EnumerateFiles(Repository.PathOf("infra", "azure")).Select(file => Path.GetFileName(file)).Where(file => Path.GetExtension(file) is ".bicep" or ".bicepparam").Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Delete(recursive: true);

    public void Write(string file, string text) => File.WriteAllText(PathOf(file), text);

    public string Read(string file) => File.ReadAllText(PathOf(file));

    /// <summary>Compiles and lints all files; their templates lie beside them then.</summary>
    public async Task<(int ExitCode, string Found)> BuildAsync()
    {
        var (exitCode, _, found) = await RunAsync("build", "--pattern", "*.bicep");
        foreach (var file in Files.Where(file => file.EndsWith(".bicepparam", StringComparison.Ordinal)))
        {
            // Not beside it: there a template of that name lies.
            var parameters = await RunAsync("build-params", file, "--stdout");
            (exitCode, found) = (Math.Max(exitCode, parameters.ExitCode), found + parameters.Found);
        }

        return (exitCode, found);
    }

    /// <summary>Lays all files out as bicep itself does it.</summary>
    public async Task FormatAsync()
    {
        foreach (var files in (string[])["*.bicep", "*.bicepparam"]) Assert.Equal(0, (await RunAsync("format", "--pattern", files)).ExitCode);
    }

    /// <summary>Templates by the file they came from, as Azure gets them.</summary>
    public async Task<IReadOnlyDictionary<string, JsonObject>> TemplatesAsync()
    {
        var (exitCode, found) = await BuildAsync();
        Assert.True(exitCode == 0, found);
        return Files.Where(file => file.EndsWith(".bicep", StringComparison.Ordinal)).ToDictionary(file => file, file => JsonNode.Parse(Read(Path.ChangeExtension(file, ".json")))!.AsObject());
    }

    /// <summary>What a deployment of main.bicep with these parameters would make, or why it would not.</summary>
    public async Task<(Deployment? Made, string Found)> DeployAsync(string parameters)
    {
        Write("tried.bicepparam", $"using 'main.bicep'\n{parameters}\n");
        var (exitCode, _, found) = await RunAsync(
            "snapshot", "tried.bicepparam", "--mode", "overwrite", "--resource-group", "metrics", "--location", "westeurope",
            "--subscription-id", "00000000-0000-0000-0000-000000000001", "--tenant-id", "00000000-0000-0000-0000-000000000002");
        return exitCode == 0 ? (new Deployment(JsonNode.Parse(Read("tried.snapshot.json"))!.AsObject()), found) : (null, found);
    }

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);

    private async Task<(int ExitCode, string Output, string Found)> RunAsync(params string[] arguments)
    {
        Assert.True(File.Exists(Program), $"No bicep at {Program}: restore the package Azure.Bicep.CommandLine.linux-x64.");
        var start = new ProcessStartInfo(Program, arguments) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        // Without it, it needs a library that not every machine has.
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        using var process = Process.Start(start)!;
        var cancellation = TestContext.Current.CancellationToken;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output, await errors);
    }
}
