using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Telemetry;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace KubeMetrics.Functions;

/// <summary>What is logged, counted and traced: the same as on the local host (docs/operations.md).</summary>
internal static class Telemetry
{
    public static void Add(FunctionsApplicationBuilder builder, string? level)
    {
        if (level is not null) builder.Logging.SetMinimumLevel(Enum.Parse<LogLevel>(level, ignoreCase: true));
        // Of the framework only what goes wrong: each call has its own line in the host's log.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        // To say that the worker exports for itself ends what the host exports for it: only where there is a collector.
        if (!Instruments.HasCollector) return;
        builder.Logging.AddOpenTelemetry(log => log.IncludeFormattedMessage = true);
        builder.Services.AddOpenTelemetry()
            .UseFunctionsWorkerDefaults()
            .ConfigureResource(resource => resource.AddService("kubemetrics", serviceVersion: HealthApi.Version))
            .WithMetrics(metrics => metrics.AddMeter([.. Instruments.Meters]))
            .WithTracing(traces => traces
                .AddSource(Instruments.Name)
                .AddAspNetCoreInstrumentation(requests => requests.Filter = http => http.Request.Path != "/api/health"))
            .UseOtlpExporter();
    }
}
