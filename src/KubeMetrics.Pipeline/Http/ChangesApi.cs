using System.Text.Json;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
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
        new("WatchChanges", ["GET"], "/api/changes", Access.Key, "What happens, as server-sent events: runs and datasets",
            http => Task.FromResult(Watch(http.Service<AnalysisService>(), http.Service<DatasetService>(), http.Service<WorkFeed>(), http.Service<TimeProvider>(), http.Service<IHostApplicationLifetime>().ApplicationStopping)))
        {
            AnswerType = "text/event-stream",
        },
    ];

    /// <summary>Tells of runs and datasets until the caller goes or the host stops.</summary>
    public static IResult Watch(AnalysisService analyses, DatasetService datasets, WorkFeed feed, TimeProvider time, CancellationToken stopping) =>
        new Events(analyses, datasets, feed, time, stopping);

    private sealed class Events(AnalysisService analyses, DatasetService datasets, WorkFeed feed, TimeProvider time, CancellationToken stopping) : IResult
    {
        public async Task ExecuteAsync(HttpContext http)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers["X-Accel-Buffering"] = "no"; // a proxy that collects answers would hold events back
            using var listener = feed.Listen();
            try
            {
                await http.Response.WriteAsync("retry: 2000\n: this is what happens\n\n", end.Token);
                foreach (var record in (await analyses.ListAsync(null, int.MaxValue, end.Token)).Where(record => record.IsOpen).Reverse())
                    await WriteRunAsync(http.Response, record, end.Token);
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
            if (!record.IsAnalysis()) return;
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
