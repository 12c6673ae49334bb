using System.Collections.Concurrent;
using System.Text;
using KubeMetrics.Charts;
using KubeMetrics.Statistics;

namespace KubeMetrics.Reports;

public sealed class ReportWriterTests
{
    [Fact]
    public async Task Charts_come_before_the_document_and_the_page_comes_last()
    {
        var files = await Write(Report.Of(Made.Run(), [Made.Group("info"), Made.Group("version")]), new Pixel());

        Assert.Equal(["report.json", "index.html"], files.Order.TakeLast(2));
        Assert.All(files.Order.SkipLast(2), name => Assert.StartsWith("charts/", name));
        Assert.Equal(files.Order.Count, files.Order.Distinct().Count());
        Assert.Equal(
            files.Order.Where(name => name.EndsWith(".svg")).Select(name => name[..^4]).Order(),
            files.Order.Where(name => name.EndsWith(".png")).Select(name => name[..^4]).Order());
        Assert.Equal("image/svg+xml", files.Types["charts/overview.svg"]);
        Assert.Equal("image/png", files.Types["charts/overview.png"]);
        Assert.Equal("application/json", files.Types["report.json"]);
        Assert.Equal("text/html; charset=utf-8", files.Types["index.html"]);
    }

    [Fact]
    public async Task Every_relative_link_of_the_page_leads_to_a_file_that_was_written()
    {
        var files = await Write(Report.Of(Made.Run(), [Made.Group("info", hosts: ["a", "b"]), Made.Group("</a>"), Made.Empty("idle")]), new Pixel());

        var links = PageReader.Links(files.Text("index.html")).Where(link => !link.StartsWith('#')).Distinct().Order();

        Assert.Equal(files.Order.Where(name => name != "index.html").Order(), links);
    }

    [Fact]
    public async Task Without_a_font_the_drawings_stand_and_the_report_says_which_package_to_install()
    {
        var files = await Write(Report.Of(Made.Run(), [Made.Group("info")]), new NoFonts());

        Assert.DoesNotContain(files.Order, name => name.EndsWith(".png"));
        Assert.Contains("charts/overview.svg", files.Order);
        Assert.Equal(["Install fonts-dejavu-core for PNGs."], files.Returned.Warnings);
        Assert.Contains("Install fonts-dejavu-core", files.Text("report.json"));
        Assert.Contains("Install fonts-dejavu-core", files.Text("index.html"));
        Assert.DoesNotContain(".png", files.Text("index.html"));
    }

    [Fact]
    public async Task Without_a_renderer_there_are_drawings_alone_and_no_warning()
    {
        var files = await Write(Report.Of(Made.Run(), [Made.Group("info")]), null);

        Assert.DoesNotContain(files.Order, name => name.EndsWith(".png"));
        Assert.Empty(files.Returned.Warnings);
    }

    [Fact]
    public async Task A_report_without_a_sample_is_a_document_and_a_page()
    {
        var files = await Write(Report.Of(Made.Run(), [Made.Empty("idle", 1440)]), new Pixel());

        Assert.Equal(["report.json", "index.html"], files.Order);
        Assert.Contains("There is nothing to analyse", files.Text("index.html"));
    }

    public static TheoryData<string, double[]> ExtremeValues => new()
    {
        { "largest", [double.MaxValue, double.MaxValue, double.MaxValue, double.MaxValue, double.MaxValue] },
        { "largest and smallest", [double.MaxValue, double.MinValue, 0, 1, -1, double.MaxValue, double.MinValue, 2] },
        { "positive ends", [double.MaxValue, double.Epsilon, 1, 1e300, 1e-300, 1.796e308, 2, 3] },
        { "variance past the end", [1e155, 2e155, 3e155, 4e155, 5e155, 1e200] },
        { "smallest", [double.Epsilon, double.Epsilon, 0, double.Epsilon] },
    };

    [Theory, MemberData(nameof(ExtremeValues))]
    public async Task Values_at_the_ends_of_the_numbers_make_a_report(string name, double[] values)
    {
        GroupSummary Of(string group, Unit unit) => Samples.Group(group, unit, Samples.Every(60_000, 40, i => values[i % values.Length]));
        foreach (var unit in (Unit[])[Units.None, new Unit(Dimension.Time), new Unit(Dimension.Time, 1e-6), new Unit(Dimension.Ratio), new Unit(Dimension.Bytes)])
        {
            var report = Report.Of(Made.Run(), [Of(name, unit), Of("other", unit)]);

            var files = await Write(report, null);

            Assert.Contains(name, files.Text("index.html"));
            Assert.All(ReportText.Summary(report).Rows, row => Assert.All(row, cell => Assert.InRange(cell.Length, 1, 100)));
        }
    }

    [Fact]
    public async Task Of_very_many_groups_the_hundred_most_telling_are_drawn_and_all_are_in_the_table_and_the_document()
    {
        var groups = Enumerable.Range(0, 1500).Select(i => Made.Group($"g{i}", 1000 + i, sigma: 0.1, days: 1, seed: i)).ToArray();

        // The group with the smallest median is the one that moves.
        groups[0] = groups[0] with { Trend = Made.Trends(1, [Made.Trend(50, 0, 10, 1e-9)]) };

        var files = await Write(Report.Of(Made.Run(), groups), null);
        var page = files.Text("index.html");
        var tags = PageReader.Tags(page);
        var links = PageReader.Links(page).Where(link => link.StartsWith('#')).Select(link => link[1..]).ToHashSet();
        var ids = tags.Where(tag => tag.Attributes.ContainsKey("id")).Select(tag => tag.Attributes["id"]).ToHashSet();

        Assert.Equal(100, files.Order.Count(name => name.EndsWith("-time.svg")));
        Assert.Contains("charts/g0-time.svg", files.Order);
        Assert.Contains("charts/g1499-time.svg", files.Order);
        Assert.DoesNotContain("charts/g1-time.svg", files.Order);
        Assert.Equal(100, tags.Count(tag => tag.Name == "section" && tag.Attributes.GetValueOrDefault("class") == "group"));
        Assert.Equal(1500, tags.Count(tag => tag.Name == "tr" && tag.Attributes.ContainsKey("data-name")));
        Assert.Contains("Charts and sections are of 100 of the 1\u202F500 operations", PageReader.Text(page));
        Assert.Subset(ids, links);
        Assert.Equal(1500, ReportJson.Read(files.Contents["report.json"]).Groups.Count);
    }

    [Fact]
    public async Task The_same_report_is_written_as_the_same_bytes()
    {
        var report = Report.Of(Made.Run(), Made.DockerOperations());

        var (first, second) = (await Write(report, null), await Write(report, null));

        Assert.Equal(first.Contents.Keys.Order(), second.Contents.Keys.Order());
        Assert.All(first.Contents, file => Assert.True(file.Value.AsSpan().SequenceEqual(second.Contents[file.Key]), file.Key));
    }

    [Fact]
    public async Task A_cancelled_writing_leaves_no_page()
    {
        using var stop = new CancellationTokenSource();
        var names = new ConcurrentQueue<string>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReportWriter.WriteAsync(
            Report.Of(Made.Run(), Made.DockerOperations()),
            (name, _, _, cancellation) =>
            {
                names.Enqueue(name);
                stop.Cancel();
                cancellation.ThrowIfCancellationRequested();
                return Task.CompletedTask;
            },
            null,
            cancellation: stop.Token));

        Assert.DoesNotContain("index.html", names);
    }

    internal static async Task<Written> Write(Report report, IPngRenderer? png)
    {
        var order = new ConcurrentQueue<string>();
        var types = new ConcurrentDictionary<string, string>();
        var contents = new ConcurrentDictionary<string, byte[]>();
        var returned = await ReportWriter.WriteAsync(
            report,
            (name, type, content, _) =>
            {
                order.Enqueue(name);
                types[name] = type;
                contents[name] = content.ToArray();
                return Task.CompletedTask;
            },
            png,
            cancellation: TestContext.Current.CancellationToken);
        return new Written(returned, [.. order], types, contents);
    }

    internal sealed record Written(Report Returned, List<string> Order, IReadOnlyDictionary<string, string> Types, IReadOnlyDictionary<string, byte[]> Contents)
    {
        public string Text(string name) => Encoding.UTF8.GetString(Contents[name]);
    }

    private sealed class Pixel : IPngRenderer
    {
        public byte[] Render(Figure figure, double scale = 2) => [1];
    }

    private sealed class NoFonts : IPngRenderer
    {
        public byte[] Render(Figure figure, double scale = 2) => throw new FontsMissingException("Install fonts-dejavu-core for PNGs.");
    }
}
