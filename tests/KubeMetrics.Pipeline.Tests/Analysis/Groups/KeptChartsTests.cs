using System.Text;
using KubeMetrics.Charts;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Tests.Analysis.Groups;

/// <summary>A report whose charts are copied where they are the same is, file by file, the one that drawing all of them gives.</summary>
public sealed class KeptChartsTests : IDisposable
{
    private readonly AnalysisFolder _folder;
    private readonly ManualTime _time = new();
    private readonly Pictures _pictures = new();

    public KeptChartsTests()
        : this(new AnalysisFolder())
    {
    }

    private KeptChartsTests(AnalysisFolder folder) => _folder = folder;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>Pictures that are what was drawn, to the last digit.</summary>
    private sealed class Pictures : IPngRenderer
    {
        public string Font { get; set; } = "DejaVu";

        public List<string> Drawn { get; } = [];

        public byte[] Render(Figure figure, double scale = 2)
        {
            lock (Drawn) Drawn.Add(figure.Id);
            return Encoding.UTF8.GetBytes($"{Font} {scale} {SvgCanvas.Render(figure)}");
        }

        /// <summary>The groups that pictures were drawn of since this was asked last.</summary>
        public IEnumerable<string> Groups()
        {
            var groups = Drawn.Where(id => id.EndsWith("-histogram", StringComparison.Ordinal)).Select(id => id[..^"-histogram".Length]).Order().ToList();
            Drawn.Clear();
            return groups;
        }
    }

    private AnalysisProcess Process(Func<IObjectStore, IObjectStore>? through = null) => new(_folder, _time, through, png: _pictures);

    private Task PutAsync(string op, int start, int count, string metric = "op_seconds", double level = 1) => File.WriteAllTextAsync(
        Path.Combine(_folder.Root, "dumps", $"{op}-{start}.json"),
        $$"""{"metric":{"__name__":"{{metric}}","op":"{{op}}"},"values":[{{string.Join(',', Enumerable.Range(start, count).Select(i => $"[{1517443200 + 3600 * i},\"{level + i % 5}\"]"))}}]}""", Cancellation);

    /// <summary>Three groups whose times and values span what the others' lie within.</summary>
    private async Task PutThreeAsync()
    {
        await PutAsync("read", 0, 100);
        await PutAsync("write", 10, 50, level: 2);
        await PutAsync("sync", 10, 50);
    }

    private async Task<string> AnalyseAsync(AnalysisProcess process, bool force = false)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        var run = await process.AnalyseAsync(request => request with { Force = force });
        Assert.Equal(WorkState.Succeeded, run.State);
        return run.AnalysisOutcome()!.Report.RunId;
    }

    /// <summary>All files of a report are as if everything were computed and drawn now.</summary>
    private async Task AssertAsDrawnAnewAsync(AnalysisProcess process, string runId)
    {
        var made = (await process.Reports.FindAsync(runId, Cancellation))!;
        var inputs = await process.Places.InputsAsync(_folder.Dataset, Cancellation);
        var report = (await new Analyzer(_time, 2).AnalyzeAsync(inputs, _folder.Dataset.Options, null, Cancellation)).Report;
        report = report with { Run = report.Run with { Generated = made.Run.Generated } };
        var anew = Path.Combine(_folder.Root, Guid.NewGuid().ToString("N"));
        var pictures = new Pictures { Font = _pictures.Font };
        await new ReportFolder(FolderStore.Create(anew, flushToDisk: false)).PublishAsync(report, _time.GetUtcNow(), pictures, Cancellation);

        var (expected, actual) = (Files(Path.Combine(anew, runId)), Files(Path.Combine(_folder.Root, "reports", runId)));
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.All(expected, file => Assert.True(file.Value.AsSpan().SequenceEqual(actual[file.Key]), $"{file.Key} is another."));

        static Dictionary<string, byte[]> Files(string folder) =>
            Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllBytes);
    }

    [Fact]
    public async Task After_an_arrival_only_the_group_that_it_is_of_is_drawn()
    {
        await PutThreeAsync();
        var process = Process();
        await AssertAsDrawnAnewAsync(process, await AnalyseAsync(process));
        Assert.Equal(["read", "sync", "write"], _pictures.Groups());

        await PutAsync("write", 70, 20, level: 2);
        await AssertAsDrawnAnewAsync(process, await AnalyseAsync(process));

        Assert.Equal(["write"], _pictures.Groups());
    }

    [Fact]
    public async Task After_an_arrival_that_moves_the_axes_all_groups_are_drawn()
    {
        await PutThreeAsync();
        var process = Process();
        await AnalyseAsync(process);
        _pictures.Groups();

        await PutAsync("write", 150, 20);
        await AssertAsDrawnAnewAsync(process, await AnalyseAsync(process));

        Assert.Equal(["read", "sync", "write"], _pictures.Groups());
    }

    [Fact]
    public async Task Groups_that_come_and_go_leave_the_others_as_they_are()
    {
        await PutThreeAsync();
        var process = Process();
        await AnalyseAsync(process);
        _pictures.Groups();

        await PutAsync("open", 20, 20, level: 2);
        await AssertAsDrawnAnewAsync(process, await AnalyseAsync(process));
        Assert.Equal(["open"], _pictures.Groups());

        File.Delete(Path.Combine(_folder.Root, "dumps", "sync-10.json"));
        await AssertAsDrawnAnewAsync(process, await AnalyseAsync(process));
        Assert.Empty(_pictures.Groups());
    }

    [Fact]
    public async Task Another_process_copies_too_and_one_with_other_fonts_does_not()
    {
        await PutThreeAsync();
        await AnalyseAsync(Process());
        _pictures.Groups();
        await PutAsync("write", 70, 5, level: 2);
        await AnalyseAsync(Process());
        Assert.Equal(["write"], _pictures.Groups());

        _pictures.Font = "Noto";
        await PutAsync("write", 80, 5, level: 2);
        var process = Process();
        await AssertAsDrawnAnewAsync(process, await AnalyseAsync(process));

        Assert.Equal(["read", "sync", "write"], _pictures.Groups());
    }

    [Fact]
    public async Task Names_that_the_first_font_may_lack_are_written_anew_each_time()
    {
        await PutThreeAsync();
        await PutAsync("日本", 10, 20);
        var process = Process();
        await AnalyseAsync(process);
        _pictures.Groups();

        await PutAsync("write", 70, 20, level: 2);
        await AssertAsDrawnAnewAsync(process, await AnalyseAsync(process));

        Assert.Equal(2, _pictures.Groups().Count());
    }

    [Theory]
    [InlineData("charts/read-time.svg", true)]
    [InlineData("charts/read-histogram.png", true)]
    [InlineData("charts/sync-time.png", false)]
    [InlineData("", false)]
    public async Task What_is_gone_or_changed_of_the_report_before_is_drawn(string file, bool changed)
    {
        await PutThreeAsync();
        var process = Process();
        var path = Path.Combine(_folder.Root, "reports", await AnalyseAsync(process), file);
        _pictures.Groups();
        if (changed) await File.AppendAllTextAsync(path, "x", Cancellation);
        else if (file.Length > 0) File.Delete(path);
        else Directory.Delete(path, recursive: true);

        await PutAsync("write", 70, 20, level: 2);
        await AssertAsDrawnAnewAsync(process, await AnalyseAsync(process));

        Assert.Equal(file.Length == 0 ? ["read", "sync", "write"] : file.Contains("read", StringComparison.Ordinal) ? ["read", "write"] : ["sync", "write"], _pictures.Groups());
    }

    [Theory]
    [InlineData(".charts")]
    [InlineData(".groups")]
    [InlineData(".pack")]
    public async Task What_is_damaged_of_what_is_kept_is_made_anew(string extension)
    {
        await PutThreeAsync();
        var process = Process();
        await AnalyseAsync(process);
        _pictures.Groups();
        var kept = Directory.GetFiles(Path.Combine(_folder.Root, "state"), $"*{extension}", SearchOption.AllDirectories).Single();
        var content = await File.ReadAllBytesAsync(kept, Cancellation);
        // Of every pack some columns: which input comes first in it is left to chance.
        for (var at = 3; at < content.Length / 4; at += 8) content[at] ^= 1;
        await File.WriteAllBytesAsync(kept, content, Cancellation);

        await PutAsync("write", 70, 20, level: 2);
        await AssertAsDrawnAnewAsync(process, await AnalyseAsync(process));

        // Of a group whose summary had to be computed anew the charts are still the same.
        if (extension == ".pack") Assert.Contains("write", _pictures.Groups());
        else Assert.Equal(extension == ".groups" ? ["write"] : ["read", "sync", "write"], _pictures.Groups());
    }

    [Fact]
    public async Task Where_nothing_can_be_copied_everything_is_drawn()
    {
        await PutThreeAsync();
        await AnalyseAsync(Process());
        _pictures.Groups();
        var process = Process(store => new WithoutCopies(store));

        await PutAsync("write", 70, 20, level: 2);
        await AssertAsDrawnAnewAsync(process, await AnalyseAsync(process));

        Assert.Equal(["read", "sync", "write"], _pictures.Groups());
    }

    private sealed class WithoutCopies(IObjectStore inner) : StoreDecorator(inner)
    {
        public override Task<string> CopyAsync(string sourceKey, string key, string? ifMatch = null, CancellationToken cancellationToken = default) =>
            throw new ObjectStoreException(ObjectStoreError.AccessDenied, "Copies are not allowed here.");

        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();
    }

    [Fact]
    public async Task Who_forces_gets_everything_computed_and_drawn_anew()
    {
        await PutThreeAsync();
        var process = Process();
        await AnalyseAsync(process);
        _pictures.Groups();

        await AssertAsDrawnAnewAsync(process, await AnalyseAsync(process, force: true));

        Assert.Equal(["read", "sync", "write"], _pictures.Groups());
    }

    [Fact]
    public async Task Counters_windows_and_trends_are_the_same_over_many_arrivals()
    {
        var random = new Random(5);
        var process = Process();
        for (var i = 0; i < 12; i++)
        {
            var op = "abcde"[random.Next(5)].ToString();
            await PutAsync(op, random.Next(100), 5 + random.Next(60), random.Next(3) == 0 ? "op_total" : "op_seconds", random.Next(3));
            await AssertAsDrawnAnewAsync(process, await AnalyseAsync(process));
        }
    }

    [Theory]
    [InlineData(Death.BeforeTheOperation)]
    [InlineData(Death.BeforeTheAnswer)]
    public async Task The_second_report_is_the_same_wherever_its_process_is_killed(Death death)
    {
        for (var operations = 0; ; operations++)
        {
            using var folder = new AnalysisFolder();
            var tests = new KeptChartsTests(folder);
            await folder.AddDumpAsync(1);
            await folder.AddDumpAsync(2);
            await tests.AnalyseAsync(tests.Process());
            File.Delete(Path.Combine(folder.Root, "dumps", "2018-02-01.json"));
            await tests.PutAsync("read", 30, 3);
            var life = new Life(operations, death);
            var next = tests.Process();
            var id = (await next.AskAsync()).Id;

            await Record.ExceptionAsync(() => tests.Process(store => new MortalStore(store, life)).Work.RunAsync());
            await next.Work.TakeOverAsync();

            var run = await next.FindAsync(id);
            Assert.Equal(WorkState.Succeeded, run.State);
            await tests.AssertAsDrawnAnewAsync(next, run.AnalysisOutcome()!.Report.RunId);
            if (life.HasEnded) return;
        }
    }
}
