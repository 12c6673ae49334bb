using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Work;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Cli.Serve;

/// <summary>Publishes what has ended, as long as the host runs: soon where the topic takes it, less and less often while it does not.</summary>
internal sealed partial class EventLoop(EventPublisher publisher, WorkOptions options, IHostApplicationLifetime application, TimeProvider time, ILogger<EventLoop> log) : BackgroundService
{
    private const int LongestWait = 32; // times Work:Poll

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (application.ApplicationStarted.Register(listening.SetResult)) await listening.Task.WaitAsync(stoppingToken);
        for (var wait = 1; !stoppingToken.IsCancellationRequested; await Task.Delay(wait * options.Poll, time, stoppingToken))
        {
            try
            {
                wait = await publisher.PublishDueAsync(stoppingToken) ? 1 : Math.Min(wait * 2, LongestWait);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogStore(e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What has to be published can't be seen: {Reason}")]
    private partial void LogStore(string reason);
}
