using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Refresh;
using KubeMetrics.Pipeline.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Pipeline.Work;

/// <summary>
/// What a host does each time that a timer of its own fires: one that has no loop, since it is started when there is
/// something to do and ended when there is nothing. Where its settings are wrong, it says so and does nothing.
/// </summary>
public sealed partial class TimedWork(IServiceProvider services, IHostApplicationLifetime application, ILogger<TimedWork> log) : IHostedService
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>Does the work that is due, as long as one call may take.</summary>
    /// <exception cref="IOException">The state can't be looked through.</exception>
    public Task RunDueAsync(CancellationToken cancellationToken) => RunAsync(async (options, stopping) =>
        await services.GetRequiredService<WorkExecutor>().RunDueAsync(options.Budget, stopping), cancellationToken);

    /// <summary>Looks which datasets have to be refreshed, until what arrived has settled or one call has taken long enough.</summary>
    /// <exception cref="IOException">The state can't be looked through.</exception>
    public Task RefreshAsync(CancellationToken cancellationToken) => RunAsync(async (options, stopping) =>
    {
        foreach (var refresh in await services.GetRequiredService<RefreshWatch>().LookAsync(options.Budget, options.Poll, stopping)) LogStarted(refresh.Dataset, refresh.Id);
    }, cancellationToken);

    /// <summary>Publishes what has ended and lies in the outbox.</summary>
    /// <exception cref="IOException">The state can't be looked through.</exception>
    public Task PublishEventsAsync(CancellationToken cancellationToken) =>
        RunAsync((_, stopping) => services.GetRequiredService<EventPublisher>().PublishDueAsync(stopping), cancellationToken);

    /// <summary>Says what is wrong with the settings, and what may surprise.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var sentence in services.GetService<SettingsMistakes>()?.Sentences ?? []) LogMistake(sentence);
        foreach (var sentence in services.GetService<KubeMetricsOptions>()?.Warnings ?? []) LogWarning(sentence);
        return Task.CompletedTask;
    }

    /// <summary>Waits until what runs has given its work back: whoever takes it up need not wait for a lease to expire then.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Task[] running;
        lock (_lock) running = [.. _running];
        return Task.WhenAll(running).WaitAsync(cancellationToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task RunAsync(Func<WorkOptions, CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        if (services.GetService<SettingsMistakes>() is { Sentences.Count: var count })
        {
            LogNothing(count);
            return;
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, application.ApplicationStopping);
        var running = run(services.GetRequiredService<WorkOptions>(), stopping.Token);
        lock (_lock) _running.Add(running);
        try
        {
            await running;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the next tick goes on, here or in another process
        }
        finally
        {
            lock (_lock) _running.Remove(running);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Settings: {Sentence}")]
    private partial void LogMistake(string sentence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sentence}")]
    private partial void LogWarning(string sentence);

    [LoggerMessage(Level = LogLevel.Error, Message = "Nothing is done, since settings are wrong ({Mistakes} told at the start, and by /api/ready)")]
    private partial void LogNothing(int mistakes);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Dataset} is refreshed: {Id}")]
    private partial void LogStarted(string dataset, string id);
}
