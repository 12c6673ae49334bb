using System.Collections;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace KubeMetrics.Cli.Serve;

/// <summary>
/// Metrics for Prometheus at <c>/metrics</c>; metrics and traces to a collector where the usual variables of OpenTelemetry
/// name one (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>). What is counted: docs/operations.md.
/// </summary>
internal static class Telemetry
{
    private static readonly string[] Meters = [Instruments.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    private static bool HasCollector => Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 };

    public static void Add(WebApplicationBuilder builder)
    {
        // OpenTelemetry looks for its variables in the host's configuration, and this host is built with an empty one.
        builder.Configuration.AddInMemoryCollection(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => KeyValuePair.Create((string)variable.Key, variable.Value as string)).Where(variable => variable.Key.StartsWith("OTEL_", StringComparison.Ordinal)));
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("kubemetrics", serviceVersion: HealthApi.Version))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters).AddPrometheusExporter();
                if (HasCollector) metrics.AddOtlpExporter();
            });
        if (HasCollector)
            telemetry.WithTracing(traces => traces.AddSource(Instruments.Name).AddAspNetCoreInstrumentation(options => options.Filter = http => http.Request.Path != "/metrics" && http.Request.Path != "/api/health").AddOtlpExporter());
    }

    public static void Map(IEndpointRouteBuilder app) => app.MapPrometheusScrapingEndpoint("/metrics");
}
