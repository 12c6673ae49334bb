using System.Text;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Prometheus;
using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Tests.Analysis;

public sealed class AnalyzerTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2018, 2, 10, 12, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("kubemetrics-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static InputObject Input(string name, string text) =>
        new(name, text.Length, $"etag-{text.Length}", _ => ValueTask.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes(text))));

    private static string Line(string op, params (long Seconds, double Value)[] samples) =>
        $$"""{"metric":{"__name__":"op_seconds","op":"{{op}}"},"values":[{{string.Join(',', samples.Select(s => $"[{s.Seconds},\"{s.Value}\"]"))}}]}""";

    private static AnalysisOptions ByOp => new() { Name = "test", GroupBy = "op" };

    private static Task<AnalysisResult> AnalyzeAsync(AnalysisOptions options, params InputObject[] inputs) =>
        new Analyzer(new Clock(Now), parallelism: 2).AnalyzeAsync(inputs, options, null, TestContext.Current.CancellationToken);

    [Fact]
    public async Task Analyze_merges_what_several_inputs_hold_of_a_series_and_describes_it()
    {
        var result = await AnalyzeAsync(ByOp,
            Input("a", Line("read", (100, 1), (160, 2))), Input("b", Line("read", (160, 2), (220, 6)) + "\n" + Line("write", (100, 5))));

        var groups = result.Report.Groups.ToDictionary(g => g.Key);
        Assert.Equal(3, groups["read"].Values!.Mean); // (1 + 2 + 6) / 3: the sample that both hold counts once
        Assert.Equal(1, groups["read"].Counts.Dropped.Duplicate);
        Assert.Equal(5, groups["write"].Values!.Median);
        Assert.Equal(["a", "b"], result.Report.Run.Inputs.Select(i => i.Key));
        Assert.Equal(Now, result.Report.Run.Generated);
        Assert.False(result.Report.Partial);
    }

    [Fact]
    public async Task Analyze_with_a_broken_input_is_partial_names_it_and_keeps_the_others()
    {
        var result = await AnalyzeAsync(ByOp, Input("good", Line("read", (100, 1))), Input("cut", Line("read", (160, 3))[..^4]), Input("none", "<html>"));

        Assert.True(result.Report.Partial);
        Assert.Contains(result.Report.PartialReasons, r => r.Contains("cut"));
        Assert.Contains(result.Report.PartialReasons, r => r.Contains("none"));
        Assert.True(result.Report.Groups.Single().Counts.Kept >= 1);
    }

    [Fact]
    public async Task Analyze_with_an_input_that_cannot_be_opened_names_it_and_keeps_the_others()
    {
        var gone = new InputObject("gone", 1, "x", _ => throw new FileNotFoundException("It is not there."));
        var result = await AnalyzeAsync(ByOp, Input("good", Line("read", (100, 1))), gone);

        Assert.Contains("gone", Assert.Single(result.Report.PartialReasons));
        Assert.Equal(1, result.Report.Groups.Single().Counts.Kept);
    }

    [Fact]
    public async Task Analyze_leaves_out_what_lies_outside_the_times_and_counts_it()
    {
        var result = await AnalyzeAsync(ByOp with { From = 160_000, To = 220_000 }, Input("a", Line("read", (100, 1), (160, 2), (220, 3))));

        var group = result.Report.Groups.Single();
        Assert.Equal(2, group.Values!.Mean);
        Assert.Equal(2, group.Counts.Dropped.OutsideWindow);
    }

    [Fact]
    public async Task Analyze_where_no_series_matches_says_how_many_there_were()
    {
        var error = await Assert.ThrowsAsync<NothingToAnalyzeException>(() =>
            AnalyzeAsync(ByOp with { Where = [LabelMatcher.Parse("op=none")] }, Input("a", Line("read", (100, 1)))));
        Assert.Equal("No series matches op=none.", error.Message);
    }

    [Fact]
    public async Task Analyze_by_a_label_that_no_series_has_names_those_there_are()
    {
        var error = await Assert.ThrowsAsync<NothingToAnalyzeException>(() =>
            AnalyzeAsync(ByOp with { GroupBy = "nonesuch" }, Input("a", Line("read", (100, 1)))));
        Assert.Contains("nonesuch", error.Message);
        Assert.Contains("op", error.Message);
    }

    [Fact]
    public void RunIdOf_changes_with_the_inputs_and_the_options_and_with_nothing_else()
    {
        InputObject[] inputs = [Input("a", "1"), Input("b", "22")];
        var id = Analyzer.RunIdOf(inputs, ByOp);
        Assert.Equal(id, Analyzer.RunIdOf([inputs[1], inputs[0]], ByOp));
        Assert.NotEqual(id, Analyzer.RunIdOf([inputs[0]], ByOp));
        Assert.NotEqual(id, Analyzer.RunIdOf([inputs[0], Input("b", "333")], ByOp));
        Assert.NotEqual(id, Analyzer.RunIdOf(inputs, ByOp with { Raw = true }));
        Assert.NotEqual(id, Analyzer.RunIdOf(inputs, ByOp with { Window = TimeSpan.FromDays(1) }));
    }

    [Fact]
    public async Task Publish_writes_the_report_then_points_at_it_and_never_back()
    {
        var store = new FolderStore(_folder);
        var reports = new ReportFolder(store, "kept");
        var cancellation = TestContext.Current.CancellationToken;
        var old = (await AnalyzeAsync(ByOp, Input("a", Line("read", (100, 1))))).Report;
        var young = (await AnalyzeAsync(ByOp, Input("a", Line("read", (100, 1), (7200, 1))))).Report;

        Assert.Null(await reports.FindAsync(old.Run.RunId, cancellation));
        await reports.PublishAsync(young, ManualTime.Begin.AddMinutes(1), null, cancellation);
        await reports.PublishAsync(old, ManualTime.Begin, null, cancellation); // listed before, and done after it

        Assert.Equal(old.Run.RunId, (await reports.FindAsync(old.Run.RunId, cancellation))!.Run.RunId);
        var latest = ReportJson.ReadLatest(await File.ReadAllBytesAsync(Path.Combine(_folder, "kept", "latest.json"), cancellation));
        Assert.Equal(young.Run.RunId, latest.RunId);
        Assert.True(File.Exists(Path.Combine(_folder, "kept", latest.Page)));
    }

    [Fact]
    public async Task Find_takes_a_folder_without_its_page_for_unfinished()
    {
        var reports = new ReportFolder(new FolderStore(_folder));
        var report = (await AnalyzeAsync(ByOp, Input("a", Line("read", (100, 1))))).Report;
        await reports.PublishAsync(report, ManualTime.Begin, null, TestContext.Current.CancellationToken);
        File.Delete(Path.Combine(_folder, report.Run.RunId, "index.html"));
        Assert.Null(await reports.FindAsync(report.Run.RunId, TestContext.Current.CancellationToken));
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
