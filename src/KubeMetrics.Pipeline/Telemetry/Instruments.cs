using System.Diagnostics;
using System.Diagnostics.Metrics;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Telemetry;

/// <summary>What is counted and traced; docs/operations.md says what each is for. Both hosts export the same.</summary>
public static class Instruments
{
    /// <summary>The name of the meter and of the source of traces.</summary>
    public const string Name = "KubeMetrics";

    /// <summary>The meters that a host exports: this one, and those of the frameworks below it.</summary>
    public static IReadOnlyList<string> Meters { get; } = [Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    /// <summary>Whether the usual variables of OpenTelemetry name a collector.</summary>
    public static bool HasCollector => Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 };

    /// <summary>Traces: a span for each piece of work.</summary>
    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly UpDownCounter<int> Running = Meter.CreateUpDownCounter<int>(
        "kubemetrics.work.running", "{work}", "Work that this process does right now");

    internal static readonly Counter<long> LeasesLost = Meter.CreateCounter<long>(
        "kubemetrics.work.leases_lost", "{lease}", "Work that another process took over because this one was too slow");

    internal static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "kubemetrics.work.retries", "{retry}", "Steps that failed for a reason that may pass");

    internal static readonly Counter<long> Samples = Meter.CreateCounter<long>(
        "kubemetrics.analysis.samples", "{sample}", "Samples that analyses kept");

    internal static readonly Counter<long> BytesRead = Meter.CreateCounter<long>(
        "kubemetrics.analysis.read", "By", "Bytes that analyses read, as stored");

    private static readonly Counter<long> NotifiedCount = Meter.CreateCounter<long>(
        "kubemetrics.notifications", "{record}", "Records of bucket notifications, by what became of them");

    private static readonly Counter<long> PublishedCount = Meter.CreateCounter<long>(
        "kubemetrics.events", "{event}", "Events that left the outbox, by what became of them");

    internal static readonly Counter<long> Opened = Meter.CreateCounter<long>(
        "kubemetrics.analysis.opened", "{object}", "Objects that analyses opened: those that were not kept from before");

    private static readonly Counter<long> EndedCount = Meter.CreateCounter<long>(
        "kubemetrics.work.ended", "{work}", "Work that ended, by what became of it");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "kubemetrics.work.duration", "s", "From the start of work to its end, waits between attempts included",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200] });

    private static readonly Histogram<double> WaitTime = Meter.CreateHistogram(
        "kubemetrics.work.wait", "s", "From the asking for work to its start",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 1800, 7200] });

    static Instruments()
    {
        Meter.CreateObservableGauge("kubemetrics.work.waiting", () => Waiting, "{work}", "Work in the store that nobody has taken up, at this process's last look");
        Meter.CreateObservableGauge("kubemetrics.events.waiting", () => EventsWaiting, "{event}", "Events in the outbox that no topic has taken, at this process's last look");
    }

    internal static int Waiting { get; set; }

    internal static int EventsWaiting { get; set; }

    /// <summary>Counts nothing, once for everything that may be counted of a kind: a counter that is first seen at 1 never rose, and no alert on its rise would fire.</summary>
    internal static void Begin(string name)
    {
        var kind = Kind(name);
        Running.Add(0, kind);
        LeasesLost.Add(0, kind);
        Retries.Add(0, kind);
        foreach (var state in (WorkState[])[WorkState.Succeeded, WorkState.Failed, WorkState.Cancelled, WorkState.Replaced]) EndedCount.Add(0, kind, State(state));
    }

    internal static void Ended(WorkRecord record)
    {
        var (kind, state) = (Kind(record.Kind), State(record.State));
        EndedCount.Add(1, kind, state);
        if (record is not { Started: { } started, Finished: { } finished }) return;
        Duration.Record((finished - started).TotalSeconds, kind, state);
        WaitTime.Record((started - record.Created).TotalSeconds, kind);
    }

    /// <summary>Counts what came in one notification.</summary>
    internal static void Notified(int accepted, int ignored, int setAside)
    {
        NotifiedCount.Add(accepted, Outcome("accepted"));
        NotifiedCount.Add(ignored, Outcome("ignored"));
        NotifiedCount.Add(setAside, Outcome("set-aside"));
    }

    /// <summary>Counts events that left the outbox.</summary>
    internal static void Published(int events, string outcome) => PublishedCount.Add(events, Outcome(outcome));

    /// <summary>Counts a notification that was refused.</summary>
    internal static void NotificationRefused() => NotifiedCount.Add(1, Outcome("refused"));

    internal static KeyValuePair<string, object?> Kind(string name) => new("kind", name);

    private static KeyValuePair<string, object?> Outcome(string outcome) => new("outcome", outcome);

    private static KeyValuePair<string, object?> State(WorkState state) => new("state", state.ToString().ToLowerInvariant());
}
