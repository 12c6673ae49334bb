using System.Text;
using System.Text.Json;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Refresh;
using KubeMetrics.Pipeline.Settings;
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
        new("WatchChanges", ApiRoute.Get, "/api/changes", Access.Key, "What happens, as server-sent events: runs, ingests, refreshes and datasets",
            http => WatchAsync(http.Service<WorkStore>(), http.Service<DatasetService>(), http.Service<WorkFeed>(), http.Service<TimeProvider>(),
                http.Service<KubeMetricsOptions>().Api.LongestStream, http.Service<IHostApplicationLifetime>().ApplicationStopping, http.RequestAborted))
        {
            AnswerType = "text/event-stream",
        },
    ];

    /// <summary>Tells of work and datasets until the caller goes, the host stops or the longest time is over. Where the work can't be listed this throws, and nothing is told.</summary>
    public static async Task<IResult> WatchAsync(
        WorkStore works, DatasetService datasets, WorkFeed feed, TimeProvider time, TimeSpan? longest, CancellationToken stopping, CancellationToken cancellationToken)
    {
        var listener = feed.Listen();
        try
        {
            return new Events([.. (await works.ListAsync(cancellationToken)).Select(work => feed.Live(work.Record))], listener, datasets, time, longest, stopping);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private sealed class Events(IReadOnlyList<WorkRecord> known, WorkFeed.Subscription listener, DatasetService datasets, TimeProvider time, TimeSpan? longest, CancellationToken stopping) : IResult
    {
        // What was published while the work was listed may be older than the list.
        private readonly Dictionary<string, long> _told = known.ToDictionary(record => record.Id, record => record.Version, StringComparer.Ordinal);

        public async Task ExecuteAsync(HttpContext http)
        {
            using var until = listener;
            http.Response.ContentType = "text/event-stream";
            if (HttpMethods.IsHead(http.Request.Method)) return;
            using var enough = new CancellationTokenSource(longest ?? Timeout.InfiniteTimeSpan, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping, enough.Token);
            http.Response.Headers["X-Accel-Buffering"] = "no"; // a proxy that collects answers would hold events back
            try
            {
                await http.Response.WriteAsync("retry: 2000\n: this is what happens\n\n", end.Token);
                foreach (var record in known.Where(record => record.IsOpen)) await WriteAsync(http.Response, record, end.Token);
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
                // the caller is gone, the host stops, or it is time to connect anew: browsers do that by themselves
            }
        }

        private async Task TellAsync(HttpResponse response, WorkRecord record, CancellationToken cancellationToken)
        {
            if (_told.TryGetValue(record.Id, out var told) && told > record.Version) return;
            _told[record.Id] = record.Version;
            await WriteAsync(response, record, cancellationToken);
            if (!record.IsAnalysis() || record.State != WorkState.Succeeded) return;
            try
            {
                await WriteAsync(response, "dataset", JsonSerializer.SerializeToUtf8Bytes(await datasets.GetAsync(record.Dataset, cancellationToken), ApiJson.Plain.DatasetView), cancellationToken);
            }
            catch (RefusedException)
            {
                // of a dataset that this host does not know
            }
        }

        // What another version of the program wrote is of no kind that is known here.
        private static Task WriteAsync(HttpResponse response, WorkRecord record, CancellationToken cancellationToken) =>
            record.IsAnalysis() ? WriteAsync(response, "run", JsonSerializer.SerializeToUtf8Bytes(RunView.Of(record), ApiJson.Plain.RunView), cancellationToken)
            : record.IsIngest() ? WriteAsync(response, "ingest", JsonSerializer.SerializeToUtf8Bytes(IngestView.Of(record), ApiJson.Plain.IngestView), cancellationToken)
            : record.IsRefresh() ? WriteAsync(response, "refresh", JsonSerializer.SerializeToUtf8Bytes(RefreshView.Of(record), ApiJson.Plain.RefreshView), cancellationToken)
            : record.IsJob() ? WriteAsync(response, "job", JsonSerializer.SerializeToUtf8Bytes(JobView.Brief(record), ApiJson.Plain.JobView), cancellationToken)
            : Task.CompletedTask;

        private static async Task WriteAsync(HttpResponse response, string type, byte[] json, CancellationToken cancellationToken)
        {
            // In one piece: where the host stops meanwhile, it is sent whole or not at all.
            byte[] told = [.. "event: "u8, .. Encoding.UTF8.GetBytes(type), .. "\ndata: "u8, .. json, .. "\n\n"u8];
            await response.Body.WriteAsync(told, cancellationToken);
        }
    }
}
