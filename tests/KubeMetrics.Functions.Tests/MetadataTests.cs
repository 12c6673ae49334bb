using KubeMetrics.Functions.Tests.StandIn;
using KubeMetrics.Pipeline.Http;

namespace KubeMetrics.Functions.Tests;

/// <summary>What the worker tells the host of its functions.</summary>
public sealed class MetadataTests
{
    [Fact]
    public async Task The_functions_are_the_routes_with_their_paths_methods_and_guards_and_the_timers()
    {
        await using var host = await StandInHost.StartAsync(new Dictionary<string, string>(), TestContext.Current.CancellationToken);

        var expected = KubeMetricsApi.Routes.Select(route => (route.Name, Route: route.Pattern, Methods: string.Join(' ', route.Methods.Order()), Level: route.Access == Access.Key ? "Function" : "Anonymous"));
        var http = host.Functions.Where(function => function.Trigger == "httpTrigger");
        Assert.Equal(expected.OrderBy(one => one.Name, StringComparer.Ordinal), http.Select(function => (function.Name, Route: "/" + function.Route, Methods: string.Join(' ', function.Methods.Order()), function.Level!)).OrderBy(one => one.Name, StringComparer.Ordinal));

        var timers = host.Functions.Where(function => function.Trigger == "timerTrigger").ToDictionary(function => function.Name, function => function.Schedule);
        Assert.Equal(("%RunDueSchedule%", "%RefreshSchedule%", "%EventsSchedule%"), (timers["RunDue"], timers["Refresh"], timers["PublishEvents"]));
    }
}
