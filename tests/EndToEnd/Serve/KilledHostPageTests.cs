using System.Text.Json;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Demo;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>The page before a host that is killed under it and started again.</summary>
public sealed class KilledHostPageTests(Browser browser) : IClassFixture<Browser>
{
    // Much more than anything takes, since the machine may be busy.
    private const float Patience = 60_000;

    [Fact]
    public async Task A_run_is_followed_past_the_kill_of_its_host_to_its_end()
    {
        using var folder = new TemporaryFolder();
        await DemoDataset.WriteAsync(FolderStore.Create(Path.Combine(folder.Path, "dumps"), flushToDisk: false), new DemoOptions(), cancellationToken: TestContext.Current.CancellationToken);
        var settings = new Dictionary<string, string> { ["Datasets:kube:Location"] = "dumps", ["Datasets:kube:Where"] = "quantile=0.9", ["Work:LeaseTerm"] = "1s", ["Work:Poll"] = "0.1s" };
        IPage page;
        ILocator bar;
        int port;
        await using (var host = await RunningHost.StartAsync(folder.Path, settings))
        {
            port = host.Port;
            page = await browser.OpenAsync(new Uri(host.Client.BaseAddress!, "/datasets/kube").AbsoluteUri, [], []);
            page.SetDefaultTimeout(Patience);
            SetDefaultExpectTimeout(Patience);
            await page.GetByRole(AriaRole.Button, new() { Name = "Analyze now" }).ClickAsync();
            bar = page.GetByRole(AriaRole.Region, new() { Name = "Under way" }).GetByRole(AriaRole.Progressbar); // while it runs, the table has one too
            await Expect(bar).ToBeVisibleAsync();
            await host.KillAsync();
        }

        var record = Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "state", "work"), "*.json"));
        Assert.Contains(JsonDocument.Parse(await File.ReadAllTextAsync(record, TestContext.Current.CancellationToken)).RootElement.Text("state"), (string[])["queued", "running"]);
        var lost = page.Locator(".connection");
        await Expect(lost).ToBeVisibleAsync();
        await Expect(bar).ToBeVisibleAsync();

        await using var next = await RunningHost.StartAsync(folder.Path, settings, "--listen", $"http://127.0.0.1:{port}");
        await Expect(lost).ToBeHiddenAsync();
        await Expect(page.Locator("#findings-title + .lead")).ToContainTextAsync("list_images");
        await Expect(page.GetByRole(AriaRole.Progressbar)).ToHaveCountAsync(0);
        var runs = page.GetByRole(AriaRole.Table, new() { Name = "Runs of kube" }).Locator("tbody tr");
        await Expect(runs).ToHaveCountAsync(1);
        await Expect(runs).ToContainTextAsync("Succeeded");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Open report" })).ToBeVisibleAsync();
    }
}
