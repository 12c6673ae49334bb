using KubeMetrics.Cli.Terminal;
using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Work;
using Microsoft.Extensions.DependencyInjection;

namespace KubeMetrics.Cli.Commands;

/// <summary>Work that a command does itself, whoever else may want to.</summary>
internal static class OwnWork
{
    private const int MostFailures = 60;

    /// <summary>Does it to its end.</summary>
    /// <param name="screen">Is told where the state does not answer.</param>
    /// <param name="services">The pipeline.</param>
    /// <param name="id">The work.</param>
    /// <param name="find">Finds it as it is.</param>
    /// <param name="cancellationToken">Leaves it to others.</param>
    internal static async Task<WorkRecord> DoAsync(Screen screen, ServiceProvider services, string id, Func<CancellationToken, Task<WorkRecord>> find, CancellationToken cancellationToken)
    {
        var (executor, options) = (services.GetRequiredService<WorkExecutor>(), services.GetRequiredService<WorkOptions>());
        for (var failures = 0; ;)
        {
            try
            {
                await executor.RunDueAsync(TimeSpan.MaxValue, cancellationToken, id);
                cancellationToken.ThrowIfCancellationRequested();
                if (await find(cancellationToken) is { IsOpen: false } record)
                {
                    await TellAsync(screen, services.GetRequiredService<EventPublisher>(), cancellationToken);
                    return record;
                }

                failures = 0;
            }
            catch (IOException e) when (++failures < MostFailures)
            {
                // The state may be in the store that does not answer; what was done is known there.
                if (failures == 1) screen.Note($"{e.Message} Trying again.");
            }

            await Task.Delay(options.Poll, cancellationToken);
        }
    }

    /// <summary>Nobody else may run on this state: what has ended is told now, where anybody is told at all.</summary>
    private static async Task TellAsync(Screen screen, EventPublisher publisher, CancellationToken cancellationToken)
    {
        try
        {
            if (!await publisher.PublishDueAsync(cancellationToken)) screen.Note($"{publisher.Problem} A host that runs on the same state sends it again (kubemetrics serve).");
            if (publisher.SetAside > 0) screen.Note("The topic (Events:Topic) will never take the event of this: it lies under dead-letter/events/ of the state, and is sent again when it is moved back to events/.");
        }
        catch (IOException e)
        {
            screen.Note($"{e.Message} What has ended is told by a host that runs on the same state (kubemetrics serve).");
        }
    }
}
