using KubeMetrics.Pipeline.Telemetry;
using KubeMetrics.Pipeline.Work;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Pipeline.Events;

/// <summary>
/// Publishes what lies in the outbox. An event leaves it when the topic has taken it: where a process is killed in between, or two do
/// this at once, the topic gets it twice, under one id. One that the topic will never take is set aside and keeps no other.
/// </summary>
public sealed partial class EventPublisher(EventOptions options, Outbox outbox, WorkStore works, EventTopic topic, ILogger<EventPublisher> log)
{
    // Event Grid takes at most 1 MB at once; an event has a few KiB.
    private const int AtOnce = 100;

    private const string Published = "published", Refused = "refused";

    private string? _told;

    /// <summary>Whether anybody is told.</summary>
    public bool IsTold => options.IsTold;

    /// <summary>Why the topic took nothing when it was last tried here, as a sentence; null where it did.</summary>
    public string? Problem { get; private set; }

    /// <summary>How many events of this process's the topic will never take.</summary>
    public int SetAside { get; private set; }

    /// <summary>Publishes everything that can be.</summary>
    /// <returns>Whether nothing is left that has to be tried again.</returns>
    /// <exception cref="IOException">The outbox can't be looked through.</exception>
    public async Task<bool> PublishDueAsync(CancellationToken cancellationToken)
    {
        if (!IsTold) return true;
        foreach (var outcome in (string[])[Published, Refused]) Instruments.Published(0, outcome);
        var due = new List<OutboxEntry>();
        var entries = await outbox.ListAsync(cancellationToken);
        foreach (var entry in entries)
            if (await IsDueAsync(entry, cancellationToken))
                due.Add(entry);
        Instruments.EventsWaiting = due.Count;
        foreach (var some in due.Chunk(AtOnce))
        {
            if (!await PublishAsync(some, cancellationToken)) return false;
            Instruments.EventsWaiting -= some.Length;
        }

        return true;
    }

    /// <summary>An event is due when its work has ended, and in that way: it is taken down before.</summary>
    private async Task<bool> IsDueAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        if (await works.FindAsync(entry.Work, cancellationToken) is not { } work) return true; // no longer kept: it ended long ago
        if (work.Record.IsOpen) return false;
        if (Outbox.Ending(work.Record) == entry.Ending) return true;
        await outbox.DeleteAsync(entry, cancellationToken);
        return false;
    }

    private async Task<bool> PublishAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        var found = new List<(OutboxEntry Entry, ToldEvent Event)>();
        foreach (var entry in entries)
            if (await outbox.FindAsync(entry, cancellationToken) is { } told)
                found.Add((entry, told));
        if (found.Count == 0) return true;
        var delivery = await topic.SendAsync([.. found.Select(one => one.Event)], cancellationToken);
        if (delivery is Delivery.Never && found.Count > 1)
        {
            // One of them is meant, and the topic does not say which.
            foreach (var (entry, _) in found)
                if (!await PublishAsync([entry], cancellationToken))
                    return false;
            return true;
        }

        if (delivery is Delivery.NotNow(var why))
        {
            Problem = why;
            if (_told != why) LogNotNow(_told = why);
            return false;
        }

        if (delivery is Delivery.Never(var reason))
        {
            LogNever(found[0].Event.Type, found[0].Event.Id, reason);
            Instruments.Published(found.Count, Refused);
            SetAside++;
            await outbox.SetAsideAsync(found[0].Entry, cancellationToken);
        }
        else
        {
            Instruments.Published(found.Count, Published);
            foreach (var (entry, told) in found)
            {
                LogPublished(told.Type, told.Id);
                await outbox.DeleteAsync(entry, cancellationToken);
            }
        }

        (Problem, _told) = (null, null);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events wait in the outbox: {Reason} They are sent again until they are taken.")]
    private partial void LogNotNow(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The event {Type} {Id} was set aside under dead-letter/events/: {Reason}")]
    private partial void LogNever(string type, string id, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Type} {Id} was published")]
    private partial void LogPublished(string type, string id);
}
