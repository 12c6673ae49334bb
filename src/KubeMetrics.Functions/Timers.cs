using KubeMetrics.Pipeline.Work;
using Microsoft.Azure.Functions.Worker;

namespace KubeMetrics.Functions;

/// <summary>
/// What the clock starts; when, settings say (NCRONTAB). The host lets one instance at a time run each, but nothing relies on
/// that: work is done under leases.
/// </summary>
/// <param name="work">Does it.</param>
public sealed class Timers(TimedWork work)
{
    /// <summary>
    /// Does the work that is due. A job that runs on a cluster is work too, due again whenever its driver is to be looked at:
    /// so this is its watch as well.
    /// </summary>
    [Function(nameof(RunDue))]
    public Task RunDue([TimerTrigger("%RunDueSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => work.RunDueAsync(cancellationToken);

    /// <summary>Looks which datasets have to be refreshed: by their schedules, by what arrived, by comparing.</summary>
    [Function(nameof(Refresh))]
    public Task Refresh([TimerTrigger("%RefreshSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => work.RefreshAsync(cancellationToken);

    /// <summary>Publishes what has ended and lies in the outbox.</summary>
    [Function(nameof(PublishEvents))]
    public Task PublishEvents([TimerTrigger("%EventsSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => work.PublishEventsAsync(cancellationToken);
}
