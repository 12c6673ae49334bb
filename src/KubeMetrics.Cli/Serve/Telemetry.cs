using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace KubeMetrics.Cli.Serve;

/// <summary>
/// Metrics for Prometheus at <c>/metrics</c>; metrics and traces to a collector where the usual variables of OpenTelemetry
/// name one (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>). What is counted: docs/operations.md. Made when the host listens, and not
/// before: it takes a quarter of a start, and nobody who waits for the first answer waits for it.
/// </summary>
internal sealed class Telemetry : IDisposable
{
    private const string Path = "/metrics";

    private readonly Lazy<MeterProvider> _metrics = new(CreateMetrics);
    private readonly Lazy<TracerProvider?> _traces = new(CreateTraces);

    /// <summary>Counts and traces from now on.</summary>
    public void Start()
    {
        _ = _metrics.Value;
        _ = _traces.Value;
    }

    public static void Map(WebApplication app)
    {
        var telemetry = app.Services.GetRequiredService<Telemetry>();
        var scrape = new Lazy<RequestDelegate>(() => ((IApplicationBuilder)app).New().UseOpenTelemetryPrometheusScrapingEndpoint(telemetry._metrics.Value, null, Path, null, null).Build());
        app.MapMethods(Path, ApiRoute.Get, http => scrape.Value(http));
    }

    public void Dispose()
    {
        if (_metrics.IsValueCreated) _metrics.Value.Dispose();
        if (_traces.IsValueCreated) _traces.Value?.Dispose();
    }

    private static MeterProvider CreateMetrics()
    {
        var builder = Sdk.CreateMeterProviderBuilder().ConfigureResource(Describe).AddMeter([.. Instruments.Meters]).AddPrometheusExporter();
        if (Instruments.HasCollector) builder.AddOtlpExporter();
        return builder.Build();
    }

    private static TracerProvider? CreateTraces() => Instruments.HasCollector
        ? Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(Describe)
            .AddSource(Instruments.Name)
            .AddAspNetCoreInstrumentation(options => options.Filter = http => http.Request.Path != Path && http.Request.Path != "/api/health")
            .AddOtlpExporter()
            .Build()
        : null;

    private static void Describe(ResourceBuilder resource) => resource.AddService("kubemetrics", serviceVersion: HealthApi.Version);
}
