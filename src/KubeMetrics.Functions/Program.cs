using KubeMetrics.Charts;
using KubeMetrics.Charts.Skia;
using KubeMetrics.Functions;
using KubeMetrics.Pipeline;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Queries;
using KubeMetrics.Sql;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
// Without it a function's answer is not executed but written as JSON.
builder.ConfigureFunctionsWebApplication();
builder.Services.AddSingleton<IPngRenderer, SkiaPngRenderer>().AddSingleton<ISeriesEngine, SeriesEngine>();
// The environment alone: that is where Azure puts an app's settings, and Core Tools what stands in local.settings.json.
var options = builder.Services.AddKubeMetrics(() => HostSettings.Read([SettingsEnvironment.Read()], host: HostKind.FunctionApp));
Telemetry.Add(builder, options?.LogLevel);
builder.Build().Run();
