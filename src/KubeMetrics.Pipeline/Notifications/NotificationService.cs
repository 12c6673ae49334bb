using System.Text;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Telemetry;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Pipeline.Notifications;

/// <summary>What became of a notification.</summary>
/// <param name="Accepted">Records that made a dataset dirty.</param>
/// <param name="Ignored">Records of no dataset, or of no arrival.</param>
/// <param name="SetAside">Records that could not be read: dead letters now.</param>
public sealed record NotificationReceipt(int Accepted, int Ignored, int SetAside);

/// <summary>One record of a notification that came lately, for people who watch.</summary>
/// <param name="Received">When (UTC).</param>
/// <param name="Event">What happened.</param>
/// <param name="Object">To which object; null where the record does not tell.</param>
/// <param name="Datasets">The datasets that it made dirty.</param>
/// <param name="Outcome"><c>accepted</c>, <c>ignored</c>, <c>set-aside</c>, or <c>refused</c>: a notification that did not show the key, told once a minute.</param>
/// <param name="Why">Why it was ignored; null where it was not.</param>
public sealed record NotificationView(DateTimeOffset Received, string Event, string? Object, IReadOnlyList<string> Datasets, string Outcome, string? Why);

/// <summary>Takes notifications in: what is accepted is in the store first.</summary>
public sealed partial class NotificationService(
    DatasetCatalog datasets, DirtyMarkers markers, DeadLetters letters, NotificationKey key, TimeProvider time, ILogger<NotificationService> log)
{
    private const int Remembered = 100;
    private const int LettersAtOnce = 8;

    // Ceph sends what was refused again within milliseconds, for ever.
    private static readonly TimeSpan RefusalsToldEvery = TimeSpan.FromMinutes(1);

    private readonly Queue<NotificationView> _recent = new();
    private long? _refusalTold;
    private int _refused;

    /// <summary>What came lately to this process, newest first.</summary>
    public IReadOnlyList<NotificationView> Recent
    {
        get
        {
            lock (_recent) return [.. _recent.Reverse()];
        }
    }

    /// <summary>Takes a notification's records in, each by itself. When this returns, nothing of it can be lost any more.</summary>
    /// <exception cref="IOException">The store does not take it: it has to be sent again.</exception>
    public async Task<NotificationReceipt> AcceptAsync(IReadOnlyList<NotificationItem> items)
    {
        var (accepted, ignored, aside) = (0, 0, 0);
        var dirty = new Dictionary<string, List<Arrival>>(StringComparer.Ordinal);
        var bad = new List<NotificationItem.Bad>();
        foreach (var item in items)
        {
            switch (item)
            {
                case NotificationItem.Told(var arrival):
                    Count(arrival, ArrivalRules.DatasetsOf(arrival, datasets.All), $"s3://{arrival.Bucket}/{arrival.Key}", ArrivalRules.WhyIgnored(arrival, datasets.All));
                    break;
                case NotificationItem.Filled(var happened, var place):
                    Count(new Arrival(happened, place.Bucket, place.Key, null, null), ArrivalRules.DatasetsOf(place, datasets.All), place.ToString(), "in no watched dataset's Location");
                    break;
                case NotificationItem.Other(var happened, var why):
                    ignored++;
                    Remember(happened, null, [], "ignored", why);
                    break;
                case NotificationItem.Bad one:
                    aside++;
                    bad.Add(one);
                    Remember(one.Reason, null, [], "set-aside");
                    break;
                default:
                    ignored++;
                    break;
            }
        }

        void Count(Arrival arrival, IReadOnlyList<Dataset> found, string thing, string why)
        {
            foreach (var dataset in found)
            {
                if (!dirty.TryGetValue(dataset.Name, out var arrivals)) dirty[dataset.Name] = arrivals = [];
                arrivals.Add(arrival);
            }

            if (found.Count > 0) accepted++;
            else ignored++;
            Remember(arrival.Event, thing, [.. found.Select(dataset => dataset.Name)], found.Count > 0 ? "accepted" : "ignored", found.Count > 0 ? null : why);
        }

        var writes = dirty.Select(one => markers.AddAsync(one.Key, one.Value)).ToList();
        if (bad.Count > 0)
            writes.Add(Parallel.ForEachAsync(bad, new ParallelOptions { MaxDegreeOfParallelism = LettersAtOnce }, async (one, _) => await letters.AddAsync(one.Reason, key.Hidden(one.Record))));
        await Task.WhenAll(writes);
        Instruments.Notified(accepted, ignored, aside);
        return new NotificationReceipt(accepted, ignored, aside);
    }

    /// <summary>Takes down that a notification was refused: in the figures each, in the log and for people who watch now and then.</summary>
    /// <param name="why">A sentence.</param>
    /// <param name="remedy">What to do, as a sentence.</param>
    public void Refused(string why, string remedy = "If a bucket sent them, give its topic the key: kubemetrics notifications set DATASET.")
    {
        Instruments.NotificationRefused();
        int refused;
        lock (_recent)
        {
            _refused++;
            if (_refusalTold is { } told && time.GetElapsedTime(told) < RefusalsToldEvery) return;
            _refusalTold = time.GetTimestamp();
            (refused, _refused) = (_refused, 0);
        }

        LogRefused(refused, why, remedy);
        Remember(why, null, [], "refused");
    }

    /// <summary>Serves a dead letter as if it came now: it is gone where that succeeds.</summary>
    /// <exception cref="RefusedException">There is none, or it is still bad: the sentence says why.</exception>
    public async Task<NotificationReceipt> RetryAsync(string id, CancellationToken cancellationToken)
    {
        var letter = await letters.GetAsync(id, cancellationToken);
        var items = NotificationReader.Read(Encoding.UTF8.GetBytes(letter.Record));
        if (items.OfType<NotificationItem.Bad>().FirstOrDefault() is { } bad)
            throw new RefusedException(Refusal.WrongState, $"The dead letter can still not be served: {bad.Reason}", "Mend what sends it, then delete this one; the next reconciliation finds what it told of.");
        var receipt = await AcceptAsync(items);
        await letters.DeleteAsync(id, cancellationToken);
        return receipt;
    }

    private void Remember(string what, string? thing, IReadOnlyList<string> names, string outcome, string? why = null)
    {
        lock (_recent)
        {
            _recent.Enqueue(new NotificationView(time.GetUtcNow(), what, thing, names, outcome, why));
            if (_recent.Count > Remembered) _recent.Dequeue();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notifications were refused, {Count} since this was told last: {Why} {Remedy}")]
    private partial void LogRefused(int count, string why, string remedy);
}
