using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>The page of a host that wants a key.</summary>
public sealed class SignInTests(Browser browser) : IClassFixture<Browser>, IAsyncDisposable
{
    private const string Key = "a key of this test's own";

    public ValueTask DisposeAsync() => browser.ClosePagesAsync();

    [Fact]
    public async Task The_page_asks_for_the_key_once_and_reports_open_without_it_in_their_address()
    {
        using var folder = new TemporaryFolder();
        folder.Write("dumps/dump.json", """{"metric":{"__name__":"op_seconds","operation_type":"a"},"values":[[1517443200,"1"],[1517443260,"2"],[1517443320,"3"]]}""");
        await using var host = await RunningHost.StartAsync(folder.Path, new Dictionary<string, string> { ["Api:Key"] = Key }, "dumps");
        List<string> asked = [], errors = [];
        var page = await browser.OpenAsync(host.Client.BaseAddress!.AbsoluteUri, asked, errors);
        page.SetDefaultTimeout(60_000);
        SetDefaultExpectTimeout(60_000);

        await page.GetByLabel("Key").FillAsync("not the key of this host");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByText("This is not the key of this host.")).ToBeVisibleAsync();
        await page.GetByLabel("Key").FillAsync(Key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Analyze now" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Open report" }).ClickAsync();
        await Expect(page.Locator("#groups")).ToContainTextAsync("a");
        await page.GetByRole(AriaRole.Link, new() { Name = "report.json" }).First.ClickAsync();
        await Expect(page.Locator("body")).ToContainTextAsync("schemaVersion");
        Assert.DoesNotContain(asked, url => url.Contains("code="));

        await page.GotoAsync(host.Client.BaseAddress!.AbsoluteUri);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByLabel("Key")).ToBeVisibleAsync();
    }
}
