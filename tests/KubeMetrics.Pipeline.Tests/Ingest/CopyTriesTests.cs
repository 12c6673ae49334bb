using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Tests.Work;

namespace KubeMetrics.Pipeline.Tests.Ingest;

/// <summary>When a request that fails is the fault of one object, and when of a store: however short the runs are that it is tried in.</summary>
public sealed class CopyTriesTests
{
    private static readonly IngestLimits Limits = new() { Patience = TimeSpan.FromSeconds(60), RetryAfter = TimeSpan.Zero };

    private readonly ManualTime _time = new();
    private readonly CopyTries _tries;
    private bool _lists;

    public CopyTriesTests() => _tries = new CopyTries(new CopyRoute(new StorePlace(new MemoryStore("source"), "in"), new StorePlace(new Destination(this), "out"), null, false), Limits, _time);

    private static CopyItem Item(string key) => new(key, new ObjectEntry(key, 1, "etag", DateTimeOffset.UnixEpoch));

    /// <summary>One run, whose time is up at once: so what fails is tried once in it.</summary>
    private async Task<T> OnceAsync<T>(string key, Func<Task<T>> request, bool writes = true)
    {
        using var stop = new CancellationTokenSource();
        return await _tries.TryingAsync(Item(key), request, new CopyRun(new Queue<CopyItem>(), (_, _) => { }, () => true, stop), writes: writes);
    }

    private Task<Exception> FailsAsync(string key) =>
        Assert.ThrowsAnyAsync<Exception>(() => OnceAsync<int>(key, () => throw new ObjectStoreException(ObjectStoreError.Unavailable, $"503 for {key}.")));

    private async Task SucceedsAsync(string key, bool writes = true)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        await OnceAsync(key, () => Task.FromResult(1), writes);
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task What_fails_alone_has_failed_itself_where_the_store_answers_what_else_it_is_asked()
    {
        await SucceedsAsync("other");
        for (var i = 1; i < 8; i++) Assert.Equal(Setback.Paused, Assert.IsType<SetbackException>(await FailsAsync("a")).Kind);
        Assert.Equal(Setback.Paused, Assert.IsType<SetbackException>(await FailsAsync("a")).Kind); // it answers nothing
        _lists = true;
        Assert.Equal(Setback.Impossible, Assert.IsType<SetbackException>(await FailsAsync("a")).Kind);
    }

    [Fact]
    public async Task What_fails_time_after_time_while_others_get_through_has_failed_itself()
    {
        for (var i = 1; i < 8; i++)
        {
            Assert.Equal(Setback.Paused, Assert.IsType<SetbackException>(await FailsAsync("a")).Kind);
            await SucceedsAsync($"{i}");
        }

        // The first time nobody else had got through yet.
        Assert.Equal(Setback.Paused, Assert.IsType<SetbackException>(await FailsAsync("a")).Kind);
        await SucceedsAsync("9");
        var setback = Assert.IsType<SetbackException>(await FailsAsync("a"));
        Assert.Equal((Setback.Impossible, "503 for a."), (setback.Kind, setback.Message));
    }

    [Fact]
    public async Task What_fails_while_nobody_gets_through_is_the_stores_failure_after_long()
    {
        await SucceedsAsync("before");
        for (var i = 0; i < 59; i++)
        {
            foreach (var key in (string[])["a", $"of many {i}"]) Assert.Equal(Setback.Paused, Assert.IsType<SetbackException>(await FailsAsync(key)).Kind);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("503 for one more.", Assert.IsType<ObjectStoreException>(await FailsAsync("one more")).Message);
    }

    [Fact]
    public async Task What_fails_longest_is_told_after_some_seconds_and_no_more_once_it_succeeds()
    {
        await FailsAsync("a");
        Assert.Null(_tries.Lasting);
        _time.Advance(TimeSpan.FromSeconds(4));
        await FailsAsync("b");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("503 for a.", _tries.Lasting);
        _time.Advance(TimeSpan.FromSeconds(4));
        await SucceedsAsync("a");
        Assert.Equal("503 for b.", _tries.Lasting);
        await FailsAsync("c");
        _tries.Forget(Item("b"));
        Assert.Null(_tries.Lasting);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("503 for c.", _tries.Lasting);
    }

    [Fact]
    public async Task What_stood_still_for_long_while_others_got_through_is_no_silence_of_the_store()
    {
        async Task<int> StallAsync()
        {
            _time.Advance(TimeSpan.FromSeconds(90));
            await SucceedsAsync("other");
            throw new ObjectStoreException(ObjectStoreError.Unavailable, "Nothing moved.");
        }

        Assert.Equal(Setback.Paused, (await Assert.ThrowsAsync<SetbackException>(() => OnceAsync("a", StallAsync))).Kind);
    }

    [Fact]
    public async Task That_the_other_side_answers_is_no_sign_of_this_one()
    {
        for (var i = 0; i < 29; i++)
        {
            Assert.IsType<SetbackException>(await FailsAsync("a"));
            await SucceedsAsync($"{i}", writes: false);
        }

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.IsType<ObjectStoreException>(await FailsAsync("a"));
    }

    [Fact]
    public async Task What_has_succeeded_begins_anew_and_an_outage_that_is_over_counts_once()
    {
        for (var i = 0; i < 20; i++) Assert.IsType<SetbackException>(await FailsAsync("a"));
        await SucceedsAsync("other");
        for (var i = 0; i < 20; i++) Assert.Equal(Setback.Paused, Assert.IsType<SetbackException>(await FailsAsync("a")).Kind);
        await SucceedsAsync("a");
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.IsType<SetbackException>(await FailsAsync("a"));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.IsType<SetbackException>(await FailsAsync("a"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<ObjectStoreException>(await FailsAsync("a"));
    }

    [Fact]
    public async Task What_waits_for_its_turn_is_no_trouble_any_more_once_the_store_has_answered_others()
    {
        await FailsAsync("a");
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("503 for a.", _tries.Lasting);
        await SucceedsAsync("b");
        Assert.Null(_tries.Lasting);
    }

    /// <summary>A store that may not answer even a listing.</summary>
    private sealed class Destination(CopyTriesTests of) : StoreDecorator(new MemoryStore("destination"))
    {
        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => of._lists ? operation() : throw new ObjectStoreException(ObjectStoreError.Unavailable, "No answer.");
    }
}
