using System.Text.RegularExpressions;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Reports;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>One report of a dataset.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Written">When its page was written (UTC).</param>
/// <param name="Latest">Whether <c>latest.json</c> points at it.</param>
/// <param name="Page">Where its page is.</param>
/// <param name="Document">Where its document is.</param>
public sealed record ReportView(string RunId, DateTimeOffset Written, bool Latest, string Page, string Document);

/// <summary>The reports of a dataset.</summary>
/// <param name="Reports">Newest first.</param>
public sealed record ReportList(IReadOnlyList<ReportView> Reports);

/// <summary>Reports over HTTP, streamed out of the store.</summary>
public static partial class ReportApi
{
    // What is larger goes out in pieces, each when the reader has taken the one before: Kestrel copies what it is given at
    // once, and of a page with its charts a few hundred slow readers would have a gigabyte of copies made.
    private const int AtOnce = 64 << 10;

    /// <summary>Its routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("ListReports", ApiRoute.Get, "/api/reports/{name}", Access.Key, "The reports of a dataset, newest first",
            http => ListAsync(http.Value("name"), http.Service<DatasetCatalog>(), http.Service<AnalysisPlaces>(), http.RequestAborted))
        {
            Answer = typeof(ReportList),
        },
        new("GetLatestReport", ApiRoute.Get, "/api/reports/{name}/latest", Access.Key, "Redirects to the newest report's page",
            http => LatestAsync(http.Value("name"), ReportFiles.Page, http.Service<DatasetCatalog>(), http.Service<AnalysisPlaces>(), http.RequestAborted))
        {
            Statuses = [StatusCodes.Status302Found],
        },
        new("GetLatestReportFile", ApiRoute.Get, "/api/reports/{name}/latest/{**file}", Access.Key, "Redirects to a file of the newest report",
            http => LatestAsync(http.Value("name"), http.Value("file"), http.Service<DatasetCatalog>(), http.Service<AnalysisPlaces>(), http.RequestAborted))
        {
            Statuses = [StatusCodes.Status302Found],
        },
        new("GetReportFile", ApiRoute.Get, "/api/reports/{name}/{run}/{**file}", Access.Key, "A file of a report: index.html, report.json, charts/…",
            http => FileAsync(http.Value("name"), http.Value("run"), http.Value("file"), http.Response,
                http.Service<DatasetCatalog>(), http.Service<AnalysisPlaces>(), http.Service<ReportCache>(), http.RequestAborted))
        {
            AnswerType = "text/html",
            Statuses = [StatusCodes.Status200OK, StatusCodes.Status206PartialContent, StatusCodes.Status304NotModified],
        },
    ];

    /// <summary>The reports of a dataset.</summary>
    public static async Task<IResult> ListAsync(string name, DatasetCatalog datasets, AnalysisPlaces places, CancellationToken cancellationToken)
    {
        var dataset = datasets.Get(name);
        var reports = places.Reports(dataset);
        var store = places.ReportPlace(dataset).Store;
        var latest = await reports.LatestAsync(cancellationToken);
        var found = new List<ReportView>();
        foreach (var run in await reports.RunsAsync(cancellationToken))
            if (await store.HeadAsync(reports.KeyOf(run, ReportFiles.Page), cancellationToken) is { } page)
                found.Add(new ReportView(run, page.LastModified, run == latest?.RunId, ReportRoutes.PageOf(dataset.Name, run), ReportRoutes.FileOf(dataset.Name, run, ReportFiles.Document)));
        return JsonAnswer.Of(new ReportList([.. found.OrderByDescending(report => report.Written)]), ApiJson.Plain.ReportList);
    }

    /// <summary>To the newest report.</summary>
    public static async Task<IResult> LatestAsync(string name, string file, DatasetCatalog datasets, AnalysisPlaces places, CancellationToken cancellationToken)
    {
        var dataset = datasets.Get(name);
        if (file.Length == 0) file = ReportFiles.Page;
        if (!FileName().IsMatch(file)) throw UnknownFile(file);
        return await places.Reports(dataset).LatestAsync(cancellationToken) is { } latest
            ? TypedResults.Redirect(ReportRoutes.FileOf(dataset.Name, latest.RunId, file))
            : throw new RefusedException(Refusal.UnknownReport, $"'{dataset.Name}' has no report yet.", "Analyse it; the report is there when the run has succeeded.");
    }

    /// <summary>A file of a report. Only names that a report can have are looked up, so no path leads out of it.</summary>
    public static async Task<IResult> FileAsync(
        string name, string run, string file, HttpResponse response, DatasetCatalog datasets, AnalysisPlaces places, ReportCache cache, CancellationToken cancellationToken)
    {
        var dataset = datasets.Get(name);
        if (!RunId.IsOne(run)) throw new RefusedException(Refusal.UnknownReport, $"'{run}' is no run's id.", Reports);
        if (file.Length == 0) return TypedResults.Redirect(ReportRoutes.PageOf(dataset.Name, run));
        if (!FileName().IsMatch(file)) throw UnknownFile(file);
        var store = places.ReportPlace(dataset).Store;
        var reports = places.Reports(dataset);
        // Without its page a report is not there: half of it may be.
        if (await cache.FindAsync(store, reports.KeyOf(run, ReportFiles.Page), cancellationToken) is not { } page)
            throw new RefusedException(Refusal.UnknownReport, $"'{dataset.Name}' has no report {run}; it is not written yet, or was deleted.", Reports);
        var found = file == ReportFiles.Page ? page : await cache.FindAsync(store, reports.KeyOf(run, file), cancellationToken);
        if (found is null) throw UnknownFile(file);

        response.Headers.ContentSecurityPolicy = SecurityHeaders.ReportPolicy;
        response.Headers.CacheControl = "private, no-cache"; // kept, but asked about each time: 304 costs next to nothing
        var type = found.Info.ContentType ?? "application/octet-stream";
        var tag = new EntityTagHeaderValue($"\"{found.Info.ETag}\"");
        IResult answer;
        if (found.Content is { Length: <= AtOnce } small) answer = TypedResults.Bytes(small, type, null, enableRangeProcessing: true, found.Info.LastModified, tag);
        else
        {
            Stream content = found.Content is { } held ? new MemoryStream(held, writable: false) : new ReportStream(store, found.Info);
            answer = TypedResults.Stream(content, type, null, found.Info.LastModified, tag, enableRangeProcessing: true);
        }

        return new Conditional(found.Info.Size, answer);
    }

    private const string Reports = "See the dataset's list of reports for those there are.";

    private static RefusedException UnknownFile(string file) =>
        new(Refusal.UnknownReport, $"A report has no file '{(file.Length > 100 ? file[..100] + "…" : file)}'.", $"It has {ReportFiles.Page}, {ReportFiles.Document} and charts/NAME.svg or .png.");

    [GeneratedRegex(@"^(index\.html|report\.json|charts/[A-Za-z0-9_-]{1,200}\.(svg|png))\z")]
    private static partial Regex FileName();
}
