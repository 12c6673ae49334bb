using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>The page as a person uses it, in Chromium, before the real host.</summary>
public sealed class PageTests(DemoHost demo, Browser browser) : IClassFixture<DemoHost>, IClassFixture<Browser>
{
    // Much more than anything takes, since the machine may be busy.
    private const float Patience = 60_000;

    private static readonly string[] Places =
        ["/", "/datasets/demo", "/datasets/demo/data", "/datasets/demo/analyze", "/datasets/broken", "/datasets/gone", "/datasets/bare/analyze", "/runs", "/runs/0000000000000000", "/datasets/nonesuch", "/elsewhere"];

    private readonly List<string> _asked = [];
    private readonly List<string> _errors = [];

    private async Task<IPage> OpenAsync(string path, BrowserNewContextOptions? options = null)
    {
        var page = await browser.OpenAsync(demo.Url(path), _asked, _errors, options);
        page.SetDefaultTimeout(Patience);
        SetDefaultExpectTimeout(Patience);
        return page;
    }

    [Fact]
    public async Task A_person_starts_an_analysis_sees_it_progress_opens_the_report_and_sorts_its_table()
    {
        var page = await OpenAsync("/");
        var dataset = page.GetByRole(AriaRole.Article).Filter(new() { Has = page.GetByRole(AriaRole.Link, new() { Name = "demo", Exact = true }) });
        // Forced by the form's option: another test may have analysed it before.
        await dataset.GetByRole(AriaRole.Link, new() { Name = "demo", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Analyze differently" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Do it again" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Analyze", Exact = true }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/runs/[0-9a-z]{16}$"));
        await Expect(page.GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync();
        // Looked for each time: what waited has another bar than what runs.
        var shares = await page.EvaluateAsync<int[]>(
            """
            () => new Promise(resolve => {
              const seen = [];
              const look = () => {
                const bar = document.querySelector("[role=progressbar]");
                if (!bar) { clearInterval(timer); resolve(seen); return; }
                const now = Number(bar.getAttribute("aria-valuenow") ?? 0);
                if (seen.at(-1) !== now) seen.push(now);
              };
              const timer = setInterval(look, 20);
            })
            """);
        Assert.True(shares.Length >= 3, $"the bar moved through {string.Join(", ", shares)}");
        Assert.Equal(shares.Order(), shares);

        await page.GetByRole(AriaRole.Link, new() { Name = "Open report" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/api/reports/demo/.+/index.html$"));
        await Expect(page.Locator("#findings")).ToContainTextAsync("list_images");
        await page.Locator("#groups th", new() { HasText = "operation" }).GetByRole(AriaRole.Button).ClickAsync();
        var names = await page.Locator("#groups tbody tr th").AllInnerTextsAsync();
        Assert.Equal(11, names.Count);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);

        // The report's own links work from within its sandbox.
        await page.GetByRole(AriaRole.Link, new() { Name = "report.json" }).First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/report.json$"));

        // And so does the way back, to where it was opened.
        await page.GoBackAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Back", Exact = false }).First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/runs/[0-9a-z]{16}$"));
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Open report" })).ToBeVisibleAsync();
        AssertQuiet();
    }

    [Fact]
    public async Task A_run_that_somebody_else_starts_shows_without_reloading_and_leaves_its_finding()
    {
        var page = await OpenAsync("/datasets/demo");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "demo" })).ToBeVisibleAsync();
        var started = await demo.Host.PostAsync("/api/analysis", """{"dataset":"demo","force":true}""");
        var id = started.Json.GetProperty("id").GetString();
        await Expect(page.Locator($"a[href='/runs/{id}']").First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Progressbar)).ToHaveCountAsync(0);
        await Expect(page.Locator("#findings-title + .lead")).ToContainTextAsync("list_images");
        AssertQuiet();
    }

    [Fact]
    public async Task A_run_that_waits_is_cancelled_by_its_button()
    {
        var page = await OpenAsync("/");
        // Several at once with other options each: the last waits for those before it, longer than the page takes.
        foreach (var where in (string[])["quantile=0.99", "quantile=~0.9", "quantile=~0.99"])
            await demo.Host.PostAsync("/api/analysis", $$"""{"dataset":"demo","where":["{{where}}"],"force":true}""");
        var second = await demo.Host.PostAsync("/api/analysis", """{"dataset":"demo","where":["quantile=0.5"],"force":true}""");
        await page.GotoAsync(demo.Url($"/runs/{second.Json.GetProperty("id").GetString()}"));
        // The button guards itself against a double click on what was there before it.
        await page.EvaluateAsync("() => new Promise(done => { const look = () => performance.now() > 1500 ? done() : requestAnimationFrame(look); look(); })");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the analysis of demo" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Cancelled" })).ToBeVisibleAsync();
        Assert.Equal("cancelled", (await demo.Host.GetAsync($"/api/analysis/{second.Json.GetProperty("id").GetString()}")).Json.GetProperty("state").GetString());
        AssertQuiet();
    }

    [Fact]
    public async Task The_form_offers_the_labels_that_are_there_counts_exactly_and_asks_for_what_it_shows()
    {
        var page = await OpenAsync("/datasets/demo/analyze");
        // By the generator: 4 hosts × 11 operations of one quantile; of 3 quantiles of one host 33.
        await Expect(page.GetByText("44 of 132 series match.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Group by" }).SelectOptionAsync("hostname");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Value" }).First.FillAsync("0.99");
        await page.GetByLabel("Unit", new() { Exact = true }).SelectOptionAsync("us");
        await Expect(page).ToHaveURLAsync(new Regex("groupBy=hostname"));
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Group by" })).ToHaveValueAsync("hostname");
        await page.GetByRole(AriaRole.Button, new() { Name = "Analyze", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/runs/[0-9a-z]{16}$"));

        var options = (await demo.Host.GetAsync("/api/analysis/" + page.Url.Split('/')[^1])).Json.GetProperty("options");
        Assert.Equal("hostname", options.GetProperty("groupBy").GetString());
        Assert.Equal("quantile=0.99", Assert.Single(options.GetProperty("where").EnumerateArray()).GetString());
        Assert.Equal("us", options.GetProperty("unit").GetString());
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Open report" })).ToBeVisibleAsync();
        AssertQuiet();
    }

    [Fact]
    public async Task What_went_wrong_is_said_with_its_remedy_and_can_be_tried_again()
    {
        var page = await OpenAsync("/datasets/broken");
        await page.GetByRole(AriaRole.Button, new() { Name = "Analyze now" }).ClickAsync();
        await Expect(page.GetByText("No series matches job=nonesuch").First).ToBeVisibleAsync();
        await Expect(page.GetByText("then correct the conditions").First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Try again" })).ToBeVisibleAsync();
        AssertQuiet();
    }

    [Fact]
    public async Task Labels_and_samples_are_shown_and_a_value_that_is_pressed_filters_them()
    {
        var page = await OpenAsync("/datasets/demo/data?where=operation_type%3Dlist_images");
        var samples = page.GetByRole(AriaRole.Table).Filter(new() { HasText = "2018-02-10" }).Last;
        await Expect(samples).ToContainTextAsync("list_images");
        await Expect(samples).Not.ToContainTextAsync("pull_image");
        await Expect(page.GetByText("Looked into all 110 inputs.")).ToBeVisibleAsync();
        AssertQuiet();
    }

    [Fact]
    public async Task A_dataset_whose_folder_is_gone_says_so_in_the_list_and_on_its_own_page()
    {
        var page = await OpenAsync("/");
        foreach (var path in (string[])["/", "/datasets/gone"])
        {
            await page.GotoAsync(demo.Url(path));
            await Expect(page.GetByText("A place of this dataset can’t be reached")).ToHaveCountAsync(1);
            await Expect(page.GetByText("does not exist; create it, or correct the path")).ToHaveCountAsync(1);
        }

        AssertQuiet();
    }

    [Theory]
    [InlineData("/datasets/nonesuch")]
    [InlineData("/datasets/nonesuch/data")]
    [InlineData("/datasets/nonesuch/analyze")]
    public async Task From_a_dataset_that_is_none_there_is_a_way_back_and_no_way_further_in(string path)
    {
        var page = await OpenAsync(path);
        await Expect(page.GetByText("There is no dataset 'nonesuch'.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Data", Exact = true })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Datasets" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(demo.Url("/"));
    }

    [Fact]
    public async Task That_there_are_no_dumps_is_said_once()
    {
        var page = await OpenAsync("/datasets/bare/analyze");
        await page.GetByRole(AriaRole.Button, new() { Name = "Analyze", Exact = true }).ClickAsync();
        await Expect(page.GetByText("for the reason said above")).ToBeVisibleAsync();
        await Expect(page.GetByText("There are no dumps in")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_partial_run_says_so_beside_its_state_with_room_between()
    {
        var run = await demo.Host.AnalysedAsync("""{"dataset":"cut"}""");
        var page = await OpenAsync($"/runs/{run.Text("id")}");
        var gap = await page.Locator(".facts .state .partial").EvaluateAsync<double>(
            "badge => { const word = document.createRange(); word.selectNode(badge.previousSibling); return badge.getBoundingClientRect().left - word.getBoundingClientRect().right; }");
        Assert.InRange(gap, 4, 16);
        AssertQuiet();
    }

    [Theory]
    [InlineData(360)]
    [InlineData(1280)]
    public async Task A_command_is_seen_whole_beside_its_button(int width)
    {
        var page = await OpenAsync("/datasets/demo/analyze", new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 900 } });
        var block = page.Locator(".copy-block");
        await Expect(block).ToBeVisibleAsync();
        Assert.True(await block.Locator("pre").EvaluateAsync<bool>("lines => lines.scrollWidth <= lines.clientWidth"));
        Assert.True(await block.EvaluateAsync<bool>("block => block.querySelector('code').getBoundingClientRect().bottom <= block.querySelector('.copy').getBoundingClientRect().top"));
    }

    [Fact]
    public async Task What_waits_has_no_time_left_and_a_report_that_was_deleted_no_link()
    {
        var run = (await demo.Host.AnalysedAsync("""{"dataset":"cut"}""")).ToString();
        var page = await OpenAsync("/runs");
        var words = await page.EvaluateAsync<string[]>(
            """
            async run => {
              const { progressBar } = await import("/page/progress.js");
              const { runsTable } = await import("/page/runs-table.js");
              const progress = { step: "reading", done: 1048576, total: 4194304, unit: "bytes", fraction: 0.1, secondsLeft: 42 };
              const under = { ...JSON.parse(run), state: "running", progress };
              const table = runsTable([{ ...JSON.parse(run), report: null, reportDeleted: true }], {}).element;
              return [progressBar(under).textContent, progressBar({ ...under, state: "queued" }).textContent, table.textContent, String(table.querySelectorAll("[data-key=report]").length)];
            }
            """, run);
        Assert.Contains(" left", words[0]);
        Assert.Contains("Waiting", words[1]);
        Assert.DoesNotContain("left", words[1]);
        Assert.Contains("no longer kept", words[2]);
        Assert.Equal("0", words[3]);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_nothing_anywhere(ColorScheme scheme)
    {
        var page = await OpenAsync("/", new BrowserNewContextOptions { ColorScheme = scheme });
        foreach (var place in Places)
        {
            await page.GotoAsync(demo.Url(place));
            await Expect(page.Locator("h1")).ToBeVisibleAsync();
            var result = await page.RunAxe();
            Assert.True(result.Violations.Length == 0, $"{place}: " + string.Join("\n", result.Violations.Select(v => $"{v.Id}: {v.Help} ({v.Nodes.Length} times, first {v.Nodes[0].Html})")));
        }
    }

    [Theory]
    [InlineData(360)]
    [InlineData(1280)]
    [InlineData(3840)]
    public async Task Nothing_makes_the_page_wider_than_the_window(int width)
    {
        var page = await OpenAsync("/", new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 900 } });
        foreach (var place in Places)
        {
            await page.GotoAsync(demo.Url(place));
            await Expect(page.Locator("h1")).ToBeVisibleAsync();
            Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, place);
        }
    }

    [Fact]
    public async Task By_the_keyboard_alone_one_gets_from_the_start_to_a_dataset()
    {
        var page = await OpenAsync("/");
        var link = page.GetByRole(AriaRole.Link, new() { Name = "demo", Exact = true });
        await Expect(link).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to the content" })).ToBeFocusedAsync();
        for (var i = 0; i < 30 && !await link.EvaluateAsync<bool>("e => e === document.activeElement"); i++) await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(demo.Url("/datasets/demo"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeFocusedAsync();
    }

    // Everything came from the host itself, and nothing went wrong unseen (a 404 that a test asks for is told by Chromium too).
    private void AssertQuiet()
    {
        Assert.All(_asked, url => Assert.StartsWith(demo.Url("/"), url));
        Assert.Empty(_errors);
    }
}
