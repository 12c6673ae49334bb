using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>The page as a person uses it, in Chromium, before the real host.</summary>
public sealed class PageTests(DemoHost demo, Browser browser) : IClassFixture<DemoHost>, IClassFixture<Browser>, IAsyncDisposable
{
    // Much more than anything takes, since the machine may be busy.
    private const float Patience = 60_000;

    private static readonly string[] Places =
        ["/", "/datasets/demo", "/datasets/demo/data", "/datasets/demo/analyze", "/datasets/broken", "/datasets/gone", "/datasets/bare/analyze", "/runs", "/runs/0000000000000000", "/activity", "/datasets/fresh", "/datasets/nonesuch", "/elsewhere"];

    private readonly List<string> _asked = [];
    private readonly List<string> _errors = [];

    public ValueTask DisposeAsync() => browser.ClosePagesAsync();

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
            patience => new Promise((resolve, reject) => {
              const seen = [];
              setTimeout(() => reject(new Error(`the bar is still there, at ${seen.join(", ")}`)), patience);
              const look = () => {
                const bar = document.querySelector("[role=progressbar]");
                if (!bar) { clearInterval(timer); resolve(seen); return; }
                const now = Number(bar.getAttribute("aria-valuenow") ?? 0);
                if (seen.at(-1) !== now) seen.push(now);
              };
              const timer = setInterval(look, 20);
            })
            """, (int)Patience);
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
        // As one that failed for a reason that may pass waits for its next try, but for an hour: no machine is slow enough to miss it.
        var waiting = demo.AddWaiting((await demo.Host.AnalysedAsync("""{"dataset":"cut"}""")).Text("id"));
        var page = await OpenAsync($"/runs/{waiting}");
        await Expect(page.GetByText("Waiting").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the analysis of cut" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Cancelled" })).ToBeVisibleAsync();
        Assert.Equal("cancelled", (await demo.Host.GetAsync($"/api/analysis/{waiting}")).Json.Text("state"));
        AssertQuiet();
    }

    [Fact]
    public async Task A_double_click_on_what_starts_a_run_does_not_cancel_it()
    {
        var page = await OpenAsync("/datasets/hasty");
        await page.GetByRole(AriaRole.Button, new() { Name = "Analyze now" }).DblClickAsync(new() { Delay = 100 });
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Open report" }).First).ToBeVisibleAsync(); // the run's, and soon the dataset's too
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

    [Fact]
    public async Task An_ingest_that_somebody_starts_is_seen_live_with_rate_and_time_left_and_is_cancelled_by_its_button()
    {
        var page = await OpenAsync("/activity");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Ingests" })).ToBeVisibleAsync();
        var id = (await demo.Host.PostAsync("/api/ingest", """{"dataset":"slow"}""")).Is(202).Json.Text("id");
        var bar = page.GetByRole(AriaRole.Progressbar, new() { Name = "Ingest of slow" });
        await Expect(bar).ToBeVisibleAsync();
        await Expect(bar).ToHaveAttributeAsync("aria-valuetext", new Regex(@"Copying, \d+.%, [\d.]+ of 64.MiB, .*MiB/s, .+ left"));
        await Expect(page.Locator("[data-nav=activity] .under-way")).ToHaveTextAsync("1");

        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the ingest of slow" }).ClickAsync();
        await Expect(page.GetByText("Stopped before its end; what was copied stays")).ToBeVisibleAsync();
        Assert.Equal("cancelled", (await demo.Host.GetAsync($"/api/ingest/{id}")).Json.Text("state"));
        AssertQuiet();
    }

    [Fact]
    public async Task A_dataset_is_refreshed_and_copied_by_its_buttons_and_told_of_among_what_goes_on()
    {
        var page = await OpenAsync("/datasets/fresh");
        await page.GetByRole(AriaRole.Button, new() { Name = "Refresh now" }).ClickAsync();
        await Expect(page.Locator("aside").GetByText("Somebody asked. Analysed; the report is the dataset’s latest")).ToBeVisibleAsync();
        await Expect(page.Locator("aside").GetByText("1 object copied, ")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy now" }).ClickAsync();
        await Expect(page.Locator("aside").GetByText("1 object there already")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Last refresh" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/activity\?q=[0-9a-z]{16}$"));
        var row = page.GetByRole(AriaRole.Table, new() { Name = "Refreshes" }).GetByRole(AriaRole.Row).Filter(new() { HasText = "fresh" });
        await Expect(row.GetByRole(AriaRole.Link, new() { Name = "Report of refresh" })).ToBeVisibleAsync();
        await row.GetByRole(AriaRole.Link, new() { Name = "its run" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Open report" })).ToBeVisibleAsync();
        AssertQuiet();
    }

    [Fact]
    public async Task A_dead_letter_is_served_again_and_one_that_stays_bad_deleted_by_their_buttons_and_what_came_of_it_is_said()
    {
        var good = demo.AddDeadLetter("Of an older version.", """{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"elsewhere"},"object":{"key":"a.json","size":1}}}""");
        var page = await OpenAsync("/activity");
        var letters = page.GetByRole(AriaRole.Region, new() { Name = "Dead letters" });
        await letters.GetByRole(AriaRole.Button, new() { Name = $"Retry the dead letter {good}" }).ClickAsync();
        await Expect(letters.GetByText("It was served, and told of nothing that counts")).ToBeVisibleAsync();
        await Expect(letters.GetByText(good)).ToHaveCountAsync(0);
        // Served, it is a notification like any other.
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Notifications" })).ToContainTextAsync("s3://elsewhere/a.json");

        // One that comes while the page is open.
        (await demo.Host.PostAsync("/api/notifications", """{"no":"notification"}""")).Is(200);
        var bad = (await demo.Host.GetAsync("/api/dead-letters")).Json.GetProperty("deadLetters")[0].Text("id");
        await letters.GetByRole(AriaRole.Button, new() { Name = $"Retry the dead letter {bad}" }).ClickAsync();
        await Expect(letters.GetByText("can still not be served")).ToBeVisibleAsync();
        await letters.GetByRole(AriaRole.Button, new() { Name = $"Delete the dead letter {bad}" }).ClickAsync();
        await Expect(letters.GetByText("The dead letter was deleted.")).ToBeVisibleAsync();
        await Expect(letters.GetByText(bad)).ToHaveCountAsync(0);
        Assert.DoesNotContain((await demo.Host.GetAsync("/api/dead-letters")).Json.GetProperty("deadLetters").EnumerateArray(), letter => letter.Text("id") == bad || letter.Text("id") == good);
    }

    [Fact]
    public async Task The_next_time_of_a_schedule_is_shown_with_its_dataset()
    {
        var next = (await demo.Host.GetAsync("/api/datasets/fresh")).Json.Text("nextRun");
        var page = await OpenAsync("/activity");
        var row = page.GetByRole(AriaRole.Table, new() { Name = "The next refreshes by schedule" }).GetByRole(AriaRole.Row).Filter(new() { HasText = "fresh" });
        await Expect(row).ToContainTextAsync("06:00 UTC");
        Assert.Equal(DateTimeOffset.Parse(next), DateTimeOffset.Parse((await row.Locator("time").GetAttributeAsync("datetime"))!));
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
    public async Task What_waits_or_fails_has_no_time_left_and_a_report_that_was_deleted_no_link()
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
              return [progressBar(under).textContent, progressBar({ ...under, state: "queued" }).textContent, table.textContent, String(table.querySelectorAll("[data-key=report]").length),
                progressBar({ ...under, progress: { ...progress, trouble: "s3://dumps answers 503" } }).textContent];
            }
            """, run);
        Assert.Contains(" left", words[0]);
        Assert.Contains("Waiting", words[1]);
        Assert.DoesNotContain("left", words[1]);
        Assert.Contains("no longer kept", words[2]);
        Assert.Equal("0", words[3]);
        Assert.Contains("trying again: s3://dumps answers 503", words[4]);
        Assert.DoesNotContain("left", words[4]);
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
