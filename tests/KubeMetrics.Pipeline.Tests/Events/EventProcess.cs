using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Tests.Work;
using KubeMetrics.Pipeline.Work;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeMetrics.Pipeline.Tests.Events;

/// <summary>What one process has of events: work that is told of, an outbox, and a topic to publish to. Its ingests end as the test wants.</summary>
internal sealed class EventProcess
{
    private readonly IObjectStore _store;

    public EventProcess(IObjectStore store, EventOptions options, TimeProvider? time = null, Func<StepOutcome>? step = null)
    {
        _store = store;
        var outbox = new Outbox(new StorePlace(store, WorkProcess.Prefix), new WorkEvents(options, Told.Datasets));
        Work = new WorkProcess(store, time ?? new ManualTime(), WorkProcess.Usual, _ => [new Ending(step ?? (() => new StepOutcome.Done(Told.IngestOutcome)))], outbox.TakeDownAsync);
        Publisher = new EventPublisher(options, outbox, Work.Works, new EventTopic(options), NullLogger<EventPublisher>.Instance);
    }

    public WorkProcess Work { get; }

    public EventPublisher Publisher { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static EventOptions To(EventGridStandIn topic, string key = EventGridStandIn.Key) => new() { Topic = new Uri(topic.Endpoint), TopicKey = key, RetryDelay = TimeSpan.FromMilliseconds(10) };

    public async Task<string> AskAsync() => (await Work.AddAsync(IngestWork.KindName, record => record with { Dataset = "kube", Input = Told.IngestInput() })).Id;

    /// <summary>Asks for some ingests and does them.</summary>
    /// <returns>Their ids, in order.</returns>
    public async Task<IReadOnlyList<string>> IngestAsync(int count = 1)
    {
        var ids = new List<string>();
        for (var i = 0; i < count; i++) ids.Add(await AskAsync());
        await Work.RunAsync();
        return [.. ids.Order(StringComparer.Ordinal)];
    }

    public Task<bool> PublishAsync() => Publisher.PublishDueAsync(Cancellation);

    /// <summary>What lies below a prefix of the state.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync(string prefix)
    {
        var keys = new List<string>();
        await foreach (var entry in _store.ListAsync($"{WorkProcess.Prefix}/{prefix}", Cancellation)) keys.Add(entry.Key);
        return keys;
    }

    private sealed class Ending(Func<StepOutcome> step) : IWorkKind
    {
        public string Name => IngestWork.KindName;

        public int Concurrency => 1;

        public Task<StepOutcome> StepAsync(WorkContext context, CancellationToken cancellationToken) => Task.FromResult(step());

        public Task TidyAsync(IReadOnlySet<string>? only, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
