using System.Text.Json.Serialization;

namespace KubeMetrics.Spark.Clusters.Standalone;

/// <summary>What a master says of itself at <c>/json/</c>: it knows applications by name, and drivers by id, and not which is whose.</summary>
internal sealed record MasterPage(
    IReadOnlyList<MasterWorker>? Workers,
    IReadOnlyList<MasterApp>? ActiveApps,
    IReadOnlyList<MasterDriver>? ActiveDrivers,
    IReadOnlyList<MasterDriver>? CompletedDrivers)
{
    /// <summary>All drivers it remembers, the newest first.</summary>
    internal IEnumerable<MasterDriver> Drivers => (ActiveDrivers ?? []).Concat(CompletedDrivers ?? []).OrderByDescending(driver => driver.StartTime);

    /// <summary>A worker; null where it is gone.</summary>
    internal MasterWorker? Worker(string? id) => Workers?.FirstOrDefault(worker => worker.Id == id && worker.State != "DEAD");

    internal static async Task<MasterPage> ReadAsync(Uri ui, ClusterHttp http, CancellationToken cancellationToken)
    {
        var answer = await http.GetAsync(new Uri(ui, "/json/"), cancellationToken);
        var page = answer.Json(MasterPageJson.Default.MasterPage);
        return answer.Ok && page is { Workers: not null, ActiveDrivers: not null } ? page : throw answer.NotWhatItShould();
    }
}

/// <summary>A worker.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">ALIVE, DEAD, …</param>
/// <param name="WebUiAddress">Its pages.</param>
internal sealed record MasterWorker(string? Id, string? State, string? WebUiAddress);

/// <summary>An application.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">WAITING: it has no executor; RUNNING, FINISHED, …</param>
internal sealed record MasterApp(string? Name, string? State);

/// <summary>A driver.</summary>
/// <param name="Id">Its id.</param>
/// <param name="StartTime">When it was submitted, in milliseconds since 1970 (UTC).</param>
/// <param name="Worker">The id of its worker; the word None where it has none.</param>
internal sealed record MasterDriver(string? Id, long StartTime, string? Worker);

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(MasterPage))]
internal sealed partial class MasterPageJson : JsonSerializerContext;
