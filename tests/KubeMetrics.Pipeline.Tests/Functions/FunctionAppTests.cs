using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Refresh;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Pipeline.Work;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace KubeMetrics.Pipeline.Tests.Functions;

/// <summary>
/// The function app as it is written, held against the routes that the local host maps, and against the files that its host
/// reads: so that the two hosts can't drift apart.
/// </summary>
public sealed partial class FunctionAppTests
{
    private static readonly IReadOnlyList<FunctionSource> Http = [.. FunctionSource.All.Where(function => function.IsHttp)];
    private static readonly JsonElement Host = JsonDocument.Parse(Repository.Text("host.json")).RootElement;
    private static readonly IReadOnlyDictionary<string, string> Sample = JsonDocument.Parse(Repository.Text("local.settings.sample.json")).RootElement
        .GetProperty("Values").EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString()!);

    public static TheoryData<string> Routes => [.. KubeMetricsApi.Routes.Select(route => route.Name)];

    [Fact]
    public void Every_route_has_its_function_and_no_function_has_none() =>
        Assert.Equal(KubeMetricsApi.Routes.Select(route => route.Name).Order(StringComparer.Ordinal), Http.Select(function => function.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Routes))]
    public void A_function_has_the_path_the_methods_and_the_guard_of_its_route_and_does_nothing_else(string name)
    {
        var route = KubeMetricsApi.Routes.Single(one => one.Name == name);
        var function = Assert.Single(Http, one => one.Name == name);

        Assert.Equal(route.Pattern, "/" + function.Route);
        Assert.Equal(route.Methods.Order(StringComparer.Ordinal), function.Texts.Select(method => method.ToUpperInvariant()).Order(StringComparer.Ordinal));
        Assert.Equal(route.Access == Access.Key ? "Function" : "Anonymous", function.Level);
        // The method's own name finds the route.
        Assert.Equal((name, "Api.RunAsync(request)"), (function.Method, function.Body));
    }

    /// <summary>
    /// The host takes the first route that fits, by the functions' names, and ASP.NET Core in the worker the one that fits
    /// best: where they differ, a function gets another's path.
    /// </summary>
    [Theory]
    [MemberData(nameof(Routes))]
    public void The_host_finds_the_same_function_for_a_path_as_ASP_NET_Core_does(string name)
    {
        var route = KubeMetricsApi.Routes.Single(one => one.Name == name);
        var path = CatchAll().Replace(route.Pattern, "charts/a.png");
        path = Parameter().Replace(path, "a1");

        var first = Http.OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase)
            .First(function => function.Texts.Contains(route.Methods[0], StringComparer.OrdinalIgnoreCase) && new TemplateMatcher(TemplateParser.Parse(function.Route!), []).TryMatch(path, []));

        Assert.Equal(name, first.Name);
    }

    [Fact]
    public void What_is_no_route_is_started_by_the_clock_or_by_an_event()
    {
        Assert.Equal(
            ["PublishEvents TimerTrigger", "Refresh TimerTrigger", "RunDue TimerTrigger", "TakeEvent EventGridTrigger"],
            FunctionSource.All.Where(function => !function.IsHttp).Select(function => $"{function.Name} {function.Trigger}").Order(StringComparer.Ordinal));
        Assert.All(FunctionSource.All, function => Assert.Equal(function.Method, function.Name));
    }

    [Fact]
    public void Every_timer_has_its_schedule_among_the_settings_that_are_copied()
    {
        var timers = FunctionSource.All.Where(function => function.Trigger == "TimerTrigger").ToList();
        Assert.All(timers, timer =>
        {
            var setting = Setting().Match(Assert.Single(timer.Texts));
            Assert.True(setting.Success, $"{timer.Name} has its schedule in the program");
            Assert.True(Sample.ContainsKey(setting.Groups[1].Value), $"local.settings.sample.json has no {setting.Groups[1].Value}");
            Schedule.Parse(Sample[setting.Groups[1].Value]);
        });
    }

    [Fact]
    public void The_sample_of_settings_is_one_that_the_function_app_works_with()
    {
        var options = HostSettings.Read(SettingsFiles.Load(Path.Combine(Repository.Folder, "local.settings.sample.json")), host: HostKind.FunctionApp);
        Assert.NotEmpty(options.Datasets);
        Assert.Empty(options.Warnings);
        Assert.Equal("dotnet-isolated", Sample["FUNCTIONS_WORKER_RUNTIME"]);
    }

    [Fact]
    public void Paths_have_no_prefix_that_the_host_adds() => Assert.Equal("", Host.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());

    [Fact]
    public void The_host_gives_a_function_more_time_than_it_works_and_streams() =>
        // A step that is under way when the budget is spent is finished first.
        Assert.True(TimeSpan.Parse(Host.GetProperty("functionTimeout").GetString()!, CultureInfo.InvariantCulture) >= 2 * new WorkOptions().Budget);

    [Fact]
    public void The_files_at_the_top_of_the_repository_are_those_that_the_host_reads()
    {
        var project = XDocument.Parse(Repository.Text("src", "KubeMetrics.Functions", "KubeMetrics.Functions.csproj"));
        Assert.All((string[])["host.json", "local.settings.sample.json"], name =>
        {
            var item = Assert.Single(project.Descendants("None"), one => one.Attribute("Link")?.Value == name);
            Assert.Equal(($"../../{name}", "PreserveNewest"), (item.Attribute("Include")?.Value, item.Attribute("CopyToOutputDirectory")?.Value));
            Assert.False(File.Exists(Path.Combine(Repository.Folder, "src", "KubeMetrics.Functions", name)));
        });
    }

    [GeneratedRegex(@"\{\*\*\w+\}")]
    private static partial Regex CatchAll();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("^%(.+)%$")]
    private static partial Regex Setting();
}
