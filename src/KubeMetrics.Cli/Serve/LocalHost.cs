using System.Net;
using KubeMetrics.Charts;
using KubeMetrics.Charts.Skia;
using KubeMetrics.Pipeline;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Queries;
using KubeMetrics.Sql;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Cli.Serve;

/// <summary>
/// The local host: the routes that Azure Functions has, the page, and a loop that does the work. Built from nothing instead
/// of ASP.NET Core's defaults, which look for files and settings that this host does not have and take their time.
/// </summary>
internal static class LocalHost
{
    // Time for what runs to come to its next checkpoint or to give its work back.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    public static WebApplication Build(KubeMetricsOptions options, bool jsonLog)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "kubemetrics" });
        Logs.Add(builder.Logging, options.LogLevel, jsonLog);
        WebApplication? app = null;
        // What keeps the host from starting is told in a sentence by whoever starts it: no trace beside it.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", level => level >= LogLevel.Warning && app?.Lifetime.ApplicationStarted.IsCancellationRequested == true);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // More than handlers take: a body that is a little too large is read to its end, so that whoever sends it gets to read
            // why it is refused. Of one that is larger the connection is closed.
            kestrel.Limits.MaxRequestBodySize = 2 * NotificationOptions.LargestBody;
            foreach (var address in options.Api.Listen) Listen(kestrel, BindingAddress.Parse(address));
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton<HostLog>().AddSingleton<ReportPlaces>();
        builder.Services.AddSingleton<Lifetime>().AddSingleton<IHostLifetime>(services => services.GetRequiredService<Lifetime>());
        builder.Services.AddSingleton<IPngRenderer, SkiaPngRenderer>().AddSingleton<ISeriesEngine, SeriesEngine>();
        builder.Services.AddKubeMetrics(options);
        builder.Services.AddSingleton<Telemetry>();
        builder.Services.AddHostedService<WorkLoop>().AddHostedService<RefreshLoop>();
        if (options.Events.IsTold) builder.Services.AddHostedService<EventLoop>();

        app = builder.Build();
        var guard = new Guard(options.Api);
        app.Use(Answers.WithoutHoles);
        app.Use(guard.InvokeAsync);
        app.UseRouting();
        foreach (var route in KubeMetricsApi.Routes)
            app.MapMethods(route.Pattern, route.Methods, (RequestDelegate)(async http => await (await route.RunAsync(http)).ExecuteAsync(http))).WithMetadata(route);
        Session.Map(app, guard);
        PageFiles.Map(app);
        Telemetry.Map(app);
        return app;
    }

    private static void Listen(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions kestrel, BindingAddress address)
    {
        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)) kestrel.Listen(ip, address.Port);
        else if (address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) kestrel.ListenLocalhost(address.Port);
        else kestrel.ListenAnyIP(address.Port);
    }
}
