using System.Text.Json;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Work;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace KubeMetrics.Pipeline.Http;

/// <summary>What happens, as server-sent events.</summary>
public static class ChangesApi
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);

    /// <summary>Its routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("WatchChanges", ApiRoute.Get, "/api/changes", Access.Key, "What happens, as server-sent events: runs, ingests and datasets",
            http => WatchAsync(http.Service<AnalysisService>(), http.Service<DatasetService>(), http.Service<WorkFeed>(), http.Service<TimeProvider>(),
                http.Service<IHostApplicationLifetime>().ApplicationStopping, http.RequestAborted))
        {
            AnswerType = "text/event-stream",
        },
    ];

    /// <summary>Tells of runs and datasets until the caller goes or the host stops. Where the runs can't be listed this throws, and nothing is told.</summary>
    public static async Task<IResult> WatchAsync(
        AnalysisService analyses, DatasetService datasets, WorkFeed feed, TimeProvider time, CancellationToken stopping, CancellationToken cancellationToken)
    {
        var listener = feed.Listen();
        try
        {
            return new Events(await analyses.ListAsync(null, int.MaxValue, cancellationToken), listener, datasets, time, stopping);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private sealed class Events(IReadOnlyList<WorkRecord> runs, WorkFeed.Subscription listener, DatasetService datasets, TimeProvider time, CancellationToken stopping) : IResult
    {
        // What was published while the runs were listed may be older than the list.
        private readonly Dictionary<string, long> _told = runs.ToDictionary(run => run.Id, run => run.Version, StringComparer.Ordinal);

        public async Task ExecuteAsync(HttpContext http)
        {
            using var until = listener;
            http.Response.ContentType = "text/event-stream";
            if (HttpMethods.IsHead(http.Request.Method)) return;
            using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
            http.Response.Headers["X-Accel-Buffering"] = "no"; // a proxy that collects answers would hold events back
            try
            {
                await http.Response.WriteAsync("retry: 2000\n: this is what happens\n\n", end.Token);
                foreach (var record in runs.Where(run => run.IsOpen).Reverse()) await WriteRunAsync(http.Response, record, end.Token);
                await http.Response.Body.FlushAsync(end.Token);
                while (true)
                {
                    using var quiet = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
                    var more = listener.Records.WaitToReadAsync(quiet.Token).AsTask();
                    await Task.WhenAny(more, Task.Delay(Quiet, time, quiet.Token));
                    if (!more.IsCompleted) await http.Response.WriteAsync(": still here\n\n", end.Token);
                    else if (!await more) return;
                    await quiet.CancelAsync();
                    while (listener.Records.TryRead(out var record)) await TellAsync(http.Response, record, end.Token);
                    await http.Response.Body.FlushAsync(end.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // the caller is gone, or the host stops
            }
        }

        private async Task TellAsync(HttpResponse response, WorkRecord record, CancellationToken cancellationToken)
        {
            if (record.IsIngest())
            {
                await WriteAsync(response, "ingest", JsonSerializer.SerializeToUtf8Bytes(IngestView.Of(record), ApiJson.Plain.IngestView), cancellationToken);
                return;
            }

            if (!record.IsAnalysis() || (_told.TryGetValue(record.Id, out var told) && told > record.Version)) return;
            _told[record.Id] = record.Version;
            await WriteRunAsync(response, record, cancellationToken);
            if (record.State != WorkState.Succeeded) return;
            try
            {
                await WriteAsync(response, "dataset", JsonSerializer.SerializeToUtf8Bytes(await datasets.GetAsync(record.Dataset, cancellationToken), ApiJson.Plain.DatasetView), cancellationToken);
            }
            catch (RefusedException)
            {
                // of a dataset that this host does not know
            }
        }

        private static Task WriteRunAsync(HttpResponse response, WorkRecord record, CancellationToken cancellationToken) =>
            WriteAsync(response, "run", JsonSerializer.SerializeToUtf8Bytes(RunView.Of(record), ApiJson.Plain.RunView), cancellationToken);

        private static async Task WriteAsync(HttpResponse response, string type, byte[] json, CancellationToken cancellationToken)
        {
            await response.WriteAsync($"event: {type}\ndata: ", cancellationToken);
            await response.Body.WriteAsync(json, cancellationToken);
            await response.WriteAsync("\n\n", cancellationToken);
        }
    }
}
