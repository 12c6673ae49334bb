using KubeMetrics.Pipeline.Refresh;
using KubeMetrics.Pipeline.Work;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Cli.Serve;

/// <summary>Looks for datasets that have to be refreshed, as long as the host runs.</summary>
internal sealed partial class RefreshLoop(RefreshWatch watch, WorkOptions options, IHostApplicationLifetime application, TimeProvider time, ILogger<RefreshLoop> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (application.ApplicationStarted.Register(listening.SetResult)) await listening.Task.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Poll, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (var refresh in await watch.LookAsync(stoppingToken)) LogStarted(refresh.Dataset, refresh.Id);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogStore(e.Message, options.Poll);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Dataset} is refreshed: {Id}")]
    private partial void LogStarted(string dataset, string id);

    [LoggerMessage(Level = LogLevel.Error, Message = "Whether datasets have to be refreshed can't be seen: {Reason} Looking again in {Poll}.")]
    private partial void LogStore(string reason, TimeSpan poll);
}
