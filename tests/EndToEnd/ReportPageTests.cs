using System.Globalization;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using KubeMetrics.Pipeline.Demo;
using Microsoft.Playwright;

namespace KubeMetrics.EndToEnd.Tests;

/// <summary>The demo's report as a person meets it: a file opened in Chromium.</summary>
public sealed class ReportPageTests(DemoReport demo, Browser browser) : IClassFixture<DemoReport>, IClassFixture<Browser>, IAsyncDisposable
{
    private readonly List<string> _outside = [];
    private readonly List<string> _errors = [];

    public ValueTask DisposeAsync() => browser.ClosePagesAsync();

    private Task<IPage> OpenAsync(BrowserNewContextOptions? options = null) => browser.OpenAsync(demo.Page, _outside, _errors, options);

    [Fact]
    public async Task The_findings_name_the_operation_that_rises_and_drops_when_and_how_much_and_the_worse_host()
    {
        // What the generator put into the data.
        var truth = DemoTruth.Of(new DemoOptions());
        var page = await OpenAsync();
        var findings = await page.Locator("#findings").InnerTextAsync();
        var rising = Assert.Single(findings.Split('\n'), line => line.Contains(truth.RisingOperation));
        AssertNumber(rising, @"rose (\S+)\s%\sa\sday", truth.RisePercentPerDay, within: 1);
        AssertNumber(rising, @"dropped (\S+)\s%", -truth.DropPercent, within: 3);
        Assert.Contains(truth.DropAt.ToString("yyyy-MM-dd HH:mm"), rising);
        var worse = Assert.Single(findings.Split('\n'), line => line.Contains(truth.SlowHost));
        AssertNumber(worse, @"(\S+)×\sslower in the typical", truth.SlowHostFactor, within: 0.1);
    }

    [Fact]
    public async Task The_page_asks_nothing_of_the_network_and_runs_without_an_error()
    {
        var page = await OpenAsync();
        await page.Locator("#groups th").First.WaitForAsync();
        Assert.Empty(_outside);
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task The_table_is_sorted_by_the_column_whose_heading_is_pressed()
    {
        var page = await OpenAsync();
        await page.Locator("#groups th", new() { HasText = "operation" }).GetByRole(AriaRole.Button).ClickAsync();
        var names = await NamesAsync(page);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);

        await page.Locator("#groups th", new() { HasText = "p90" }).GetByRole(AriaRole.Button).ClickAsync();
        var values = await page.Locator("#groups tbody tr td:nth-of-type(3)").EvaluateAllAsync<double[]>("cells => cells.map(c => +c.dataset.value)");
        Assert.True(values.SequenceEqual(values.Order()) || values.SequenceEqual(values.OrderDescending()), string.Join(", ", values));
        Assert.Equal(1, await page.Locator("#groups th[aria-sort]").CountAsync());
    }

    [Fact]
    public async Task The_table_keeps_only_the_rows_whose_name_holds_what_is_typed()
    {
        var page = await OpenAsync();
        await page.GetByLabel("Filter").FillAsync("image");
        var names = await page.Locator("#groups tbody tr:visible th").AllInnerTextsAsync();
        Assert.Equal(["inspect_image", "list_images", "pull_image"], names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_chart_tells_its_values_under_the_pointer()
    {
        var page = await OpenAsync();
        var chart = page.Locator("#group-list-images .chart").First;
        await chart.ScrollIntoViewIfNeededAsync();
        var before = await page.Locator("body").InnerTextAsync();
        var box = (await chart.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height / 2);
        await page.Mouse.MoveAsync(box.X + box.Width / 2 + 3, box.Y + box.Height / 2);
        await Assertions.Expect(page.Locator("body")).Not.ToHaveTextAsync(before);
    }

    [Fact]
    public async Task Without_scripts_everything_is_there_to_read()
    {
        var page = await OpenAsync(new BrowserNewContextOptions { JavaScriptEnabled = false });
        Assert.Equal(11, await page.Locator("#groups tbody tr").CountAsync());
        Assert.True(await page.Locator("#group-list-images svg").First.IsVisibleAsync());
        Assert.Equal(0, await page.GetByLabel("Filter").Filter(new() { Visible = true }).CountAsync());
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_nothing(ColorScheme scheme)
    {
        var page = await OpenAsync(new BrowserNewContextOptions { ColorScheme = scheme });
        var result = await page.RunAxe();
        Assert.True(result.Violations.Length == 0, string.Join("\n", result.Violations.Select(v => $"{v.Id}: {v.Help} ({v.Nodes.Length} times, first {v.Nodes[0].Html})")));
    }

    [Theory]
    [InlineData(360)]
    [InlineData(1280)]
    [InlineData(3840)]
    public async Task Nothing_makes_the_page_wider_than_the_window(int width)
    {
        var page = await OpenAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 900 } });
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width);
    }

    [Fact]
    public async Task Every_link_to_a_file_leads_to_one()
    {
        var page = await OpenAsync();
        var links = await page.Locator("a[href]").EvaluateAllAsync<string[]>("links => links.map(a => a.getAttribute('href')).filter(h => !h.startsWith('#'))");
        Assert.Contains("report.json", links);
        Assert.All(links.Where(l => !l.StartsWith("http")), link => Assert.True(File.Exists(Path.Combine(demo.Report, Uri.UnescapeDataString(link))), link));
    }

    private static void AssertNumber(string sentence, string pattern, double expected, double within)
    {
        var match = Regex.Match(sentence, pattern);
        Assert.True(match.Success, $"no {pattern} in: {sentence}");
        Assert.Equal(expected, double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), within);
    }

    private static async Task<string[]> NamesAsync(IPage page) => [.. await page.Locator("#groups tbody tr th").AllInnerTextsAsync()];
}
