using System.Collections.Concurrent;
using System.Net;
using System.Text;
using KubeMetrics.Functions.Tests.StandIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Functions.Tests;

/// <summary>What goes to a collector, where one is named.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Metrics_traces_and_logs_go_to_the_collector_that_the_usual_variables_name()
    {
        var cancellation = TestContext.Current.CancellationToken;
        // The paths and the contents are OTLP's over HTTP: protobuf, in which names stand as they are.
        var wanted = new ConcurrentDictionary<(string Path, string Name), byte>
        {
            [("/v1/metrics", "kubemetrics.work.ended")] = 0,
            [("/v1/metrics", "http.server.request.duration")] = 0,
            [("/v1/traces", "work analysis")] = 0,
            [("/v1/logs", " of made ended: Succeeded")] = 0,
        };
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var collector = builder.Build();
        collector.MapPost("/v1/{signal}", async (HttpRequest request) =>
        {
            var sent = new MemoryStream();
            await request.Body.CopyToAsync(sent, cancellation);
            var text = Encoding.UTF8.GetString(sent.ToArray());
            foreach (var (path, name) in wanted.Keys)
                if (request.Path == path && text.Contains(name, StringComparison.Ordinal))
                    wanted.TryRemove((path, name), out _);
            if (wanted.IsEmpty) all.TrySetResult();
        });
        await collector.StartAsync(cancellation);
        using var folder = await MadeFolder.CreateAsync(cancellation);
        var settings = new Dictionary<string, string>(folder.Settings)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.Single(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
        };

        await using var host = await StandInHost.StartAsync(settings, cancellation);
        using var asked = await host.Client.PostAsync("/api/analysis", Answer.Json($$"""{"dataset":"{{MadeFolder.Dataset}}"}"""), cancellation);
        await host.TickAsync("RunDue", cancellation);

        if (await Task.WhenAny(all.Task, Task.Delay(TimeSpan.FromMinutes(1), cancellation)) != all.Task) Assert.Fail($"Never sent: {string.Join(", ", wanted.Keys)}");
    }
}
