using KubeMetrics.Pipeline.Http;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Refresh;

/// <summary>Refreshes over HTTP.</summary>
public static class RefreshApi
{
    private const int Usual = 50, Most = 1000;

    /// <summary>Its routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("StartRefresh", ["POST"], "/api/refresh", Access.Key, "Copy a dataset's source, if it has one, then analyse it",
            async http => await StartAsync(
                await RequestBody.ReadAsync(http.Request, ApiJson.Plain.RefreshRequest, http.RequestAborted),
                http.IdempotencyKey(), http.Response, http.Service<RefreshService>(), http.RequestAborted))
        {
            Body = typeof(RefreshRequest),
            Answer = typeof(RefreshView),
            Statuses = [StatusCodes.Status202Accepted, StatusCodes.Status200OK],
            Parameters = [new(RequestExtensions.IdempotencyHeader, "header", "Any text of up to 255 characters: the same key with the same body gives the same refresh again")],
        },
        new("ListRefreshes", ApiRoute.Get, "/api/refresh", Access.Key, "Refreshes, newest first",
            http => ListAsync(http.Number("limit", Usual, Most), http.Service<RefreshService>(), http.RequestAborted))
        {
            Answer = typeof(RefreshList),
            Parameters = [new("limit", "query", $"At most so many ({Usual}; at most {Most})", "integer")],
        },
        new("GetRefresh", ApiRoute.Get, "/api/refresh/{id}", Access.Key, "One refresh, as it is this moment",
            http => GetAsync(http.Value("id"), http.Service<RefreshService>(), http.RequestAborted))
        {
            Answer = typeof(RefreshView),
        },
        new("CancelRefresh", ["DELETE"], "/api/refresh/{id}", Access.Key, "Cancel a refresh, and the ingest or run that it waits for",
            http => CancelAsync(http.Value("id"), http.Service<RefreshService>(), http.RequestAborted))
        {
            Answer = typeof(RefreshView),
            Statuses = [StatusCodes.Status202Accepted, StatusCodes.Status200OK],
        },
    ];

    /// <summary>Asks for a refresh: 202 where it is to be done or under way, 200 where it has been.</summary>
    public static async Task<IResult> StartAsync(RefreshRequest request, string? key, HttpResponse response, RefreshService service, CancellationToken cancellationToken)
    {
        var record = await service.StartAsync(request, key, cancellationToken);
        response.Headers.Location = $"/api/refresh/{record.Id}";
        return JsonAnswer.OfWork(record, RefreshView.Of, ApiJson.Plain.RefreshView);
    }

    /// <summary>Refreshes, newest first.</summary>
    public static async Task<IResult> ListAsync(int limit, RefreshService service, CancellationToken cancellationToken) =>
        JsonAnswer.Of(new RefreshList([.. (await service.ListAsync(limit, cancellationToken)).Select(RefreshView.Of)]), ApiJson.Plain.RefreshList);

    /// <summary>One refresh.</summary>
    public static async Task<IResult> GetAsync(string id, RefreshService service, CancellationToken cancellationToken) =>
        JsonAnswer.Of(RefreshView.Of(await service.GetAsync(id, cancellationToken)), ApiJson.Plain.RefreshView);

    /// <summary>Cancels a refresh: 202 where it will stop soon, 200 where it has.</summary>
    public static async Task<IResult> CancelAsync(string id, RefreshService service, CancellationToken cancellationToken) =>
        JsonAnswer.OfWork(await service.CancelAsync(id, cancellationToken), RefreshView.Of, ApiJson.Plain.RefreshView);
}
