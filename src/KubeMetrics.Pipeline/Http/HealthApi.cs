using System.Reflection;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Stores;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Http;

/// <summary>That the process answers.</summary>
/// <param name="Status"><c>healthy</c>.</param>
/// <param name="Version">The program's version.</param>
public sealed record HealthView(string Status, string Version);

/// <summary>Whether it can work.</summary>
/// <param name="Status"><c>ready</c> or <c>not ready</c>.</param>
/// <param name="Checks">What was looked at.</param>
public sealed record ReadyView(string Status, IReadOnlyList<ReadyCheck> Checks);

/// <summary>One thing that has to be.</summary>
/// <param name="Name">What.</param>
/// <param name="Ok">Whether it is.</param>
/// <param name="Detail">Why it is not.</param>
public sealed record ReadyCheck(string Name, bool Ok, string? Detail);

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
        new("Health", ["GET", "HEAD"], "/api/health", Access.Anonymous, "The process answers", _ => Task.FromResult(Health()))
        {
            Answer = typeof(HealthView),
        },
        new("Ready", ["GET", "HEAD"], "/api/ready", Access.Key, "It can work: every store that it needs answers",
            http => ReadyAsync(http.Service<DatasetCatalog>(), http.Service<StoreAccess>(), http.Service<StorePlace>(), http.RequestAborted))
        {
            Answer = typeof(ReadyView),
            Statuses = [StatusCodes.Status200OK, StatusCodes.Status503ServiceUnavailable],
        },
    ];

    /// <summary>Healthy, as long as it can say so.</summary>
    public static IResult Health() => TypedResults.Json(new HealthView("healthy", Version), ApiJson.Plain.HealthView);

    /// <summary>Asks the state store and every dataset's places.</summary>
    public static async Task<IResult> ReadyAsync(DatasetCatalog datasets, StoreAccess stores, StorePlace state, CancellationToken cancellationToken)
    {
        var checks = await Task.WhenAll(
        [
            CheckAsync("State", token => state.Store.HeadAsync(ObjectKey.AsPrefix(state.Prefix) + "ready", token), cancellationToken),
            .. datasets.All.Select(dataset => CheckAsync($"Datasets:{dataset.Name}:Location", token => OneAsync(stores.At(dataset.Location, PlaceUse.Read), token), cancellationToken)),
            .. datasets.All.Select(dataset => CheckAsync($"Datasets:{dataset.Name}:Reports", token => OneAsync(stores.At(dataset.Reports, PlaceUse.Reports), token), cancellationToken)),
        ]);
        var ready = checks.All(check => check.Ok);
        return TypedResults.Json(new ReadyView(ready ? "ready" : "not ready", checks), ApiJson.Plain.ReadyView,
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static Task<ListPage> OneAsync(StorePlace place, CancellationToken cancellationToken) =>
        place.Store.ListPageAsync(new ListRequest { Prefix = ObjectKey.AsPrefix(place.Prefix), PageSize = 1 }, cancellationToken);

    private static async Task<ReadyCheck> CheckAsync(string name, Func<CancellationToken, Task> look, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await look(patience.Token).WaitAsync(patience.Token);
            return new ReadyCheck(name, true, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ReadyCheck(name, false, $"It did not answer within {Patience.TotalSeconds:0} s.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ReadyCheck(name, false, e.Message);
        }
    }
}
