using KubeMetrics.Pipeline.Http;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>Ingests over HTTP.</summary>
public static class IngestApi
{
    private const int Usual = 50, Most = 1000;

    /// <summary>Its routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("StartIngest", ["POST"], "/api/ingest", Access.Key, "Copy a dataset's source to its location, or one place to another",
            async http => await StartAsync(
                await RequestBody.ReadAsync(http.Request, ApiJson.Plain.IngestRequest, http.RequestAborted),
                http.IdempotencyKey(), http.Response, http.Service<IngestService>(), http.RequestAborted))
        {
            Body = typeof(IngestRequest),
            Answer = typeof(IngestView),
            Statuses = [StatusCodes.Status202Accepted, StatusCodes.Status200OK],
            Parameters = [new(RequestExtensions.IdempotencyHeader, "header", "Any text of up to 255 characters: the same key with the same body gives the same ingest again")],
        },
        new("ListIngests", ApiRoute.Get, "/api/ingest", Access.Key, "Ingests, newest first",
            http => ListAsync(http.Number("limit", Usual, Most), http.Service<IngestService>(), http.RequestAborted))
        {
            Answer = typeof(IngestList),
            Parameters = [new("limit", "query", $"At most so many ({Usual}; at most {Most})", "integer")],
        },
        new("GetIngest", ApiRoute.Get, "/api/ingest/{id}", Access.Key, "One ingest, as it is this moment",
            http => GetAsync(http.Value("id"), http.Service<IngestService>(), http.RequestAborted))
        {
            Answer = typeof(IngestView),
        },
        new("CancelIngest", ["DELETE"], "/api/ingest/{id}", Access.Key, "Cancel an ingest; what was copied stays",
            http => CancelAsync(http.Value("id"), http.Service<IngestService>(), http.RequestAborted))
        {
            Answer = typeof(IngestView),
            Statuses = [StatusCodes.Status202Accepted, StatusCodes.Status200OK],
        },
    ];

    /// <summary>Asks for an ingest: 202 where it is to be done or under way, 200 where it has been.</summary>
    public static async Task<IResult> StartAsync(IngestRequest request, string? key, HttpResponse response, IngestService service, CancellationToken cancellationToken)
    {
        var record = await service.StartAsync(request, key, cancellationToken);
        response.Headers.Location = $"/api/ingest/{record.Id}";
        return JsonAnswer.OfWork(record, IngestView.Of, ApiJson.Plain.IngestView);
    }

    /// <summary>Ingests, newest first.</summary>
    public static async Task<IResult> ListAsync(int limit, IngestService service, CancellationToken cancellationToken) =>
        JsonAnswer.Of(new IngestList([.. (await service.ListAsync(limit, cancellationToken)).Select(IngestView.Of)]), ApiJson.Plain.IngestList);

    /// <summary>One ingest.</summary>
    public static async Task<IResult> GetAsync(string id, IngestService service, CancellationToken cancellationToken) =>
        JsonAnswer.Of(IngestView.Of(await service.GetAsync(id, cancellationToken)), ApiJson.Plain.IngestView);

    /// <summary>Cancels an ingest: 202 where it will stop soon, 200 where it has.</summary>
    public static async Task<IResult> CancelAsync(string id, IngestService service, CancellationToken cancellationToken) =>
        JsonAnswer.OfWork(await service.CancelAsync(id, cancellationToken), IngestView.Of, ApiJson.Plain.IngestView);
}
