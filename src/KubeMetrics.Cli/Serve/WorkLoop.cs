using KubeMetrics.Pipeline.Work;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Cli.Serve;

/// <summary>Does the work that is due, as long as the host runs: at once what is asked for here, soon what others left.</summary>
internal sealed partial class WorkLoop(
    WorkExecutor executor, WorkFeed feed, WorkOptions options, Telemetry telemetry, ReportPlaces reports, IHostApplicationLifetime application, TimeProvider time, ILogger<WorkLoop> log) : BackgroundService
{
    // Who waits for the first answer has the machine to himself: what follows compiles a good deal.
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host listens first, and what is done is counted from the first on.
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (application.ApplicationStarted.Register(listening.SetResult)) await listening.Task.WaitAsync(stoppingToken);
        await Task.Delay(Courtesy, time, stoppingToken);
        telemetry.Start();
        // Beside the work: a place that does not answer holds up nobody else.
        _ = Task.Run(() => reports.CheckAsync(stoppingToken), stoppingToken);
        using var added = new SemaphoreSlim(0);
        void Wake() => added.Release();
        feed.WorkAdded += Wake;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                while (added.Wait(0, CancellationToken.None))
                {
                    // what was added by now is seen by the look that follows
                }

                try
                {
                    await executor.RunDueAsync(TimeSpan.MaxValue, stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    LogStore(e.Message, options.Poll);
                }

                using var enough = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                await Task.WhenAny(Task.Delay(options.Poll, time, enough.Token), added.WaitAsync(enough.Token));
                await enough.CancelAsync();
            }
        }
        finally
        {
            feed.WorkAdded -= Wake;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The state store can't be looked through: {Reason} Looking again in {Poll}.")]
    private partial void LogStore(string reason, TimeSpan poll);
}
