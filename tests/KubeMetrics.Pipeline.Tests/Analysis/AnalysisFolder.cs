using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;

namespace KubeMetrics.Pipeline.Tests.Analysis;

/// <summary>A folder for one test, with a dataset's dumps, its reports and the state.</summary>
internal sealed class AnalysisFolder(string root) : IDisposable
{
    public const string Name = "KubeMetrics";

    /// <summary>Samples in each group of a dump of <see cref="AddDumpAsync"/>.</summary>
    public const int SamplesPerGroup = 20;

    public AnalysisFolder()
        : this(Directory.CreateTempSubdirectory("kubemetrics-").FullName)
    {
        Directory.CreateDirectory(Path.Combine(Root, "dumps"));
    }

    public string Root => root;

    public Dataset Dataset => new() { Name = Name, Location = Below("dumps"), Reports = Below("reports"), GroupBy = "op" };

    public StoreUri Below(string folder) => StoreUri.Parse(Path.Combine(root, folder));

    /// <summary>Puts a dump there: of one day, counted from 1, two operations, a sample an hour.</summary>
    public async Task AddDumpAsync(int day)
    {
        var start = new DateTimeOffset(2018, 2, day, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        string Line(string op, double level) =>
            $$"""{"metric":{"__name__":"op_seconds","op":"{{op}}"},"values":[{{string.Join(',', Enumerable.Range(0, SamplesPerGroup).Select(i => $"[{start + 3600 * i},\"{level + i % 5}\"]"))}}]}""";
        await File.WriteAllTextAsync(Path.Combine(root, "dumps", $"2018-02-{day:00}.json"), $"{Line("read", 1)}\n{Line("write", 10)}\n");
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
