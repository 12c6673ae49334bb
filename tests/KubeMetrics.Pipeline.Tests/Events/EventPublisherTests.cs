using System.Globalization;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Testing;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Tests.Events;

/// <summary>What has ended reaches the topic, whatever becomes of the topic and of the process; see <see cref="EventGridStandIn"/> for how it behaves.</summary>
public sealed class EventPublisherTests : IAsyncLifetime
{
    private readonly MemoryStore _store = new();
    private EventGridStandIn? _topic;

    private EventGridStandIn Topic => _topic!;

    public async ValueTask InitializeAsync() => _topic = await EventGridStandIn.StartAsync();

    public ValueTask DisposeAsync() => Topic.DisposeAsync();

    private EventProcess Process(string key = EventGridStandIn.Key, Func<StepOutcome>? step = null, IObjectStore? store = null) => new(store ?? _store, EventProcess.To(Topic, key), step: step);

    private IEnumerable<string?> Ids => Topic.Taken.Select(one => (string?)one["id"]);

    [Fact]
    public async Task What_has_ended_is_published_once_and_leaves_the_outbox()
    {
        var process = Process();
        var ids = await process.IngestAsync(3);

        Assert.True(await process.PublishAsync());
        Assert.Equal(ids, Ids);
        Assert.Equal(1, Topic.Requests); // in one go
        Assert.Empty(await process.KeysAsync("events/"));

        Assert.True(await process.PublishAsync());
        Assert.Equal(1, Topic.Requests);
    }

    [Fact]
    public async Task Where_nobody_is_told_nothing_is_kept_for_it()
    {
        var process = new EventProcess(_store, new EventOptions());
        Assert.False(process.Publisher.IsTold);
        Assert.True(await process.PublishAsync());
        Assert.Equal(0, Topic.Requests);
    }

    [Theory]
    [InlineData(StatusCodes.Status503ServiceUnavailable)]
    [InlineData(StatusCodes.Status500InternalServerError)]
    [InlineData(StatusCodes.Status429TooManyRequests)]
    public async Task While_the_topic_takes_nothing_all_waits_and_is_told_why_and_then_it_is_drained(int status)
    {
        Topic.Instead = (http, _) =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.RetryAfter = "0";
            return Task.FromResult(true);
        };
        var process = Process();
        var ids = (await process.IngestAsync(2)).ToList();
        Assert.False(await process.PublishAsync());
        Assert.Contains(status.ToString(CultureInfo.InvariantCulture), process.Publisher.Problem);
        ids.AddRange(await process.IngestAsync(1));
        Assert.False(await process.PublishAsync());
        Assert.Equal(3, (await process.KeysAsync("events/")).Count);

        Topic.Instead = null;
        Assert.True(await Process().PublishAsync()); // another process than that which did the work
        Assert.Equal(ids.Order(StringComparer.Ordinal), Ids);
        Assert.Empty(await process.KeysAsync("events/"));
    }

    [Fact]
    public async Task A_topic_that_is_busy_is_given_the_time_that_it_asks_for()
    {
        var times = new List<long>();
        Topic.Instead = (http, _) =>
        {
            times.Add(TimeProvider.System.GetTimestamp());
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            http.Response.Headers.RetryAfter = "1";
            return Task.FromResult(times.Count == 1);
        };
        var process = Process();
        await process.IngestAsync();

        Assert.True(await process.PublishAsync());
        Assert.Single(Topic.Taken);
        Assert.True(TimeProvider.System.GetElapsedTime(times[0], times[1]) >= TimeSpan.FromSeconds(0.95));
    }

    [Fact]
    public async Task A_topic_that_asks_for_an_hour_is_not_waited_for_but_told()
    {
        Topic.Instead = (http, _) =>
        {
            (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (StatusCodes.Status429TooManyRequests, "3600");
            return Task.FromResult(true);
        };
        var process = new EventProcess(_store, EventProcess.To(Topic) with { Patience = TimeSpan.FromSeconds(1) });
        await process.IngestAsync();

        Assert.False(await process.PublishAsync());
        Assert.Contains("Retry-After", process.Publisher.Problem);
        Assert.Single(await process.KeysAsync("events/"));
    }

    [Fact]
    public async Task What_the_topic_took_without_saying_so_is_sent_again_under_the_same_id()
    {
        var lost = 0;
        Topic.Instead = async (http, _) =>
        {
            if (lost++ > 0) return false;
            http.Request.Body = Stream.Null;
            http.Abort();
            await Task.CompletedTask;
            return true;
        };
        var process = Process();
        var ids = await process.IngestAsync();
        Assert.True(await process.PublishAsync());
        Assert.Equal(2, Topic.Requests);
        Assert.Equal(ids, Ids.Distinct());
    }

    [Fact]
    public async Task A_topic_that_can_not_be_reached_is_told_by_its_address()
    {
        var process = new EventProcess(_store, new EventOptions { Topic = new Uri("http://127.0.0.1:9/api/events"), TopicKey = "k" });
        await process.IngestAsync();
        Assert.False(await process.PublishAsync());
        Assert.Contains("http://127.0.0.1:9/api/events", process.Publisher.Problem);
        Assert.Single(await process.KeysAsync("events/"));
    }

    [Fact]
    public async Task A_wrong_key_is_told_without_it_and_loses_nothing()
    {
        var process = Process("another key");
        var ids = await process.IngestAsync();
        Assert.False(await process.PublishAsync());
        Assert.Contains("Events:TopicKey", process.Publisher.Problem);
        Assert.DoesNotContain("another key", process.Publisher.Problem);

        Assert.True(await Process().PublishAsync());
        Assert.Equal(ids, Ids);
    }

    [Fact]
    public async Task One_that_the_topic_will_never_take_is_set_aside_and_keeps_no_other()
    {
        var process = Process();
        var ids = await process.IngestAsync(4);
        Topic.Instead = (http, body) =>
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.FromResult(body.Contains(ids[1], StringComparison.Ordinal));
        };

        Assert.True(await process.PublishAsync());
        Assert.Equal(ids.Where(id => id != ids[1]), Ids);
        Assert.Empty(await process.KeysAsync("events/"));
        Assert.Contains(ids[1], Assert.Single(await process.KeysAsync("dead-letter/events/")));
        Assert.Equal(1, process.Publisher.SetAside);
    }

    [Fact]
    public async Task One_that_is_damaged_is_set_aside_and_keeps_no_other()
    {
        var process = Process();
        var ids = await process.IngestAsync(2);
        var first = (await process.KeysAsync("events/"))[0];
        await _store.PutBytesAsync(first, "{\"half"u8.ToArray(), null, TestContext.Current.CancellationToken);

        Assert.True(await process.PublishAsync());
        Assert.Equal([ids[1]], Ids);
        Assert.Single(await process.KeysAsync("dead-letter/events/"));
    }

    [Fact]
    public async Task An_end_that_did_not_come_about_is_told_to_nobody()
    {
        var process = Process();
        var id = await process.AskAsync();
        // A process that took the event down and was killed before the record said so; the work was cancelled then.
        var record = (await process.Work.FindAsync(id)).Record;
        var outbox = new Outbox(new Pipeline.Stores.StorePlace(_store, "state"), new WorkEvents(EventProcess.To(Topic), Told.Datasets));
        await outbox.TakeDownAsync(record with { State = WorkState.Succeeded, Finished = record.Created, Result = Told.IngestOutcome }, TestContext.Current.CancellationToken);

        Assert.True(await process.PublishAsync());
        Assert.Empty(Ids);
        Assert.Single(await process.KeysAsync("events/")); // it may still come about

        await process.Work.Works.CancelAsync(id, "ingest", record.Created.AddSeconds(1), TestContext.Current.CancellationToken);
        Assert.True(await process.PublishAsync());
        Assert.Empty(Ids);
        Assert.Empty(await process.KeysAsync("events/"));
    }

    [Fact]
    public async Task What_ended_so_long_ago_that_nothing_else_is_kept_of_it_is_told()
    {
        var process = Process();
        var ids = await process.IngestAsync();
        await process.Work.Works.DeleteAsync(ids[0], TestContext.Current.CancellationToken);

        Assert.True(await process.PublishAsync());
        Assert.Equal(ids, Ids);
    }

    [Theory]
    [InlineData(Death.BeforeTheOperation)]
    [InlineData(Death.BeforeTheAnswer)]
    public async Task Wherever_a_process_is_killed_the_topic_is_told_of_every_end_and_of_no_other(Death death)
    {
        for (var operations = 0; ; operations++)
        {
            var store = new MemoryStore();
            var life = new Life(operations, death);
            var mortal = new MortalStore(store, life);
            var told = Topic.Taken.Count;
            var id = await Process(store: store).AskAsync();

            await Record.ExceptionAsync(async () =>
            {
                var first = Process(store: mortal);
                await first.Work.RunAsync();
                await first.PublishAsync();
            });
            var next = Process(store: store);
            await next.Work.TakeOverAsync();
            Assert.True(await next.PublishAsync());

            Assert.Equal(WorkState.Succeeded, (await next.Work.FindAsync(id)).Record.State);
            var ids = Ids.Skip(told).ToList();
            Assert.Equal([id], ids.Distinct());
            Assert.InRange(ids.Count, 1, 2); // twice where it was killed before it knew
            Assert.Empty(await next.KeysAsync("events/"));
            if (life.HasEnded) continue;
            Assert.True(operations > 8, $"Only {operations} operations were died at.");
            return;
        }
    }
}
