using KubeMetrics.Pipeline.Http;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>Analyses over HTTP.</summary>
public static class AnalysisApi
{
    private const int Usual = 50, Most = 1000;

    /// <summary>Its routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("StartAnalysis", ["POST"], "/api/analysis", Access.Key, "Analyse a dataset now",
            async http => await StartAsync(
                await RequestBody.ReadAsync(http.Request, ApiJson.Plain.AnalysisRequest, http.RequestAborted),
                http.IdempotencyKey(), http.Response, http.Service<AnalysisService>(), http.RequestAborted))
        {
            Body = typeof(AnalysisRequest),
            Answer = typeof(RunView),
            Statuses = [StatusCodes.Status202Accepted, StatusCodes.Status200OK],
            Parameters = [new(RequestExtensions.IdempotencyHeader, "header", "Any text of up to 255 characters: the same key with the same body gives the same run again")],
        },
        new("ListAnalyses", ApiRoute.Get, "/api/analysis", Access.Key, "Runs, newest first",
            http => ListAsync(http.Query("dataset"), http.Number("limit", Usual, Most), http.Service<AnalysisService>(), http.RequestAborted))
        {
            Answer = typeof(RunList),
            Parameters = [new("dataset", "query", "Only this dataset's"), new("limit", "query", $"At most so many ({Usual}; at most {Most})", "integer")],
        },
        new("GetAnalysis", ApiRoute.Get, "/api/analysis/{id}", Access.Key, "One run, as it is this moment",
            http => GetAsync(http.Value("id"), http.Service<AnalysisService>(), http.RequestAborted))
        {
            Answer = typeof(RunView),
        },
        new("CancelAnalysis", ["DELETE"], "/api/analysis/{id}", Access.Key, "Cancel a run",
            http => CancelAsync(http.Value("id"), http.Service<AnalysisService>(), http.RequestAborted))
        {
            Answer = typeof(RunView),
            Statuses = [StatusCodes.Status202Accepted, StatusCodes.Status200OK],
        },
    ];

    /// <summary>Where a run is followed.</summary>
    public static string LocationOf(string id) => $"/api/analysis/{id}";

    /// <summary>Asks for an analysis: 202 where it is to be done or under way, 200 where it has been.</summary>
    public static async Task<IResult> StartAsync(
        AnalysisRequest request, string? key, HttpResponse response, AnalysisService service, CancellationToken cancellationToken)
    {
        var record = await service.StartAsync(request, key, cancellationToken);
        response.Headers.Location = LocationOf(record.Id);
        return JsonAnswer.OfWork(record, RunView.Of, ApiJson.Plain.RunView);
    }

    /// <summary>Runs, newest first.</summary>
    public static async Task<IResult> ListAsync(string? dataset, int limit, AnalysisService service, CancellationToken cancellationToken) =>
        JsonAnswer.Of(new RunList([.. (await service.ListAsync(dataset, limit, cancellationToken)).Select(RunView.Of)]), ApiJson.Plain.RunList);

    /// <summary>One run.</summary>
    public static async Task<IResult> GetAsync(string id, AnalysisService service, CancellationToken cancellationToken) =>
        JsonAnswer.Of(RunView.Of(await service.GetAsync(id, cancellationToken)), ApiJson.Plain.RunView);

    /// <summary>Cancels a run: 202 where it will stop soon, 200 where it has.</summary>
    public static async Task<IResult> CancelAsync(string id, AnalysisService service, CancellationToken cancellationToken) =>
        JsonAnswer.OfWork(await service.CancelAsync(id, cancellationToken), RunView.Of, ApiJson.Plain.RunView);
}

/// <summary>Some runs.</summary>
/// <param name="Runs">Newest first.</param>
public sealed record RunList(IReadOnlyList<RunView> Runs);
