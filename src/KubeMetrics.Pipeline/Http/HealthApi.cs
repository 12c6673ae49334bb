using System.Reflection;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Pipeline.Stores;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Http;

/// <summary>That the process answers.</summary>
/// <param name="Status"><c>healthy</c>.</param>
/// <param name="Version">The program's version.</param>
public sealed record HealthView(string Status, string Version);

/// <summary>Whether it can work.</summary>
/// <param name="Status"><c>ready</c> or <c>not ready</c>.</param>
/// <param name="Checks">What was looked at; what is needed first.</param>
public sealed record ReadyView(string Status, IReadOnlyList<ReadyCheck> Checks);

/// <summary>One thing that has to be.</summary>
/// <param name="Name">What.</param>
/// <param name="Ok">Whether it is.</param>
/// <param name="Needed">Whether the host is out of service without it: one dataset's trouble leaves the others served.</param>
/// <param name="Detail">Why it is not.</param>
public sealed record ReadyCheck(string Name, bool Ok, bool Needed, string? Detail);

/// <summary>Health and readiness over HTTP.</summary>
public static class HealthApi
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The program's version.</summary>
    public static string Version { get; } =
        typeof(HealthApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>Its routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("Health", ApiRoute.Get, "/api/health", Access.Anonymous, "The process answers", _ => Task.FromResult(Health()))
        {
            Answer = typeof(HealthView),
            NeedsNoSettings = true,
        },
        new("Ready", ApiRoute.Get, "/api/ready", Access.Key, "It can work: what it is told can be kept; how each dataset's places stand",
            http => ReadyAsync(http.Service<KubeMetricsOptions>().State, http.Service<DatasetCatalog>(), http.Service<PlaceProbe>(), http.Service<EventPublisher>(), http.RequestAborted))
        {
            Answer = typeof(ReadyView),
            Statuses = [StatusCodes.Status200OK, StatusCodes.Status503ServiceUnavailable],
        },
    ];

    /// <summary>Healthy, as long as it can say so.</summary>
    public static IResult Health() => JsonAnswer.Of(new HealthView("healthy", Version), ApiJson.Plain.HealthView);

    /// <summary>Ready where its state can be written; what is wrong with a dataset's places, or with the topic when it was last tried, is told, and takes no other dataset out of service.</summary>
    public static async Task<IResult> ReadyAsync(StoreUri state, DatasetCatalog datasets, PlaceProbe probe, EventPublisher events, CancellationToken cancellationToken)
    {
        var checks = await Task.WhenAll(
        [
            CheckAsync("State", true, probe.WhyUnwritableAsync(state, PlaceUse.State, Patience, cancellationToken)),
            .. datasets.All.Select(one => CheckAsync($"Datasets:{one.Name}:Location", false, probe.WhyUnreadableAsync(one.Location, PlaceUse.Read, Patience, cancellationToken))),
            .. datasets.All.Select(one => CheckAsync($"Datasets:{one.Name}:Reports", false, probe.WhyUnwritableAsync(one.Reports, PlaceUse.Reports, Patience, cancellationToken))),
            .. events.IsTold ? [Task.FromResult(new ReadyCheck("Events:Topic", events.Problem is null, false, events.Problem))] : Array.Empty<Task<ReadyCheck>>(),
        ]);
        var ready = checks.All(check => check.Ok || !check.Needed);
        return JsonAnswer.Of(new ReadyView(ready ? "ready" : "not ready", checks), ApiJson.Plain.ReadyView,
            ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<ReadyCheck> CheckAsync(string name, bool needed, Task<string?> whyNot) =>
        await whyNot is { } why ? new ReadyCheck(name, false, needed, why) : new ReadyCheck(name, true, needed, null);
}
