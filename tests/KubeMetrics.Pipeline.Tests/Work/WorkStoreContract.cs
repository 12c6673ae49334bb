using System.Text;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Work;

public abstract class WorkStoreContract(Func<Task<ITestBucket>> newBucket) : WorkContract(newBucket)
{
    private WorkProcess NewProcess() => new(Store, new ManualTime());

    [Fact]
    public async Task What_one_process_adds_another_finds_whole()
    {
        var added = await NewProcess().AddAsync("analysis", record => record with { Due = ManualTime.Begin.AddMinutes(1), Checkpoint = Made.Json("""{"done":7}""") });

        var found = (await NewProcess().FindAsync(added.Id)).Record;

        Assert.Equal((added.Id, "analysis", "made", ManualTime.Begin, ManualTime.Begin.AddMinutes(1)), (found.Id, found.Kind, found.Dataset, found.Created, found.Due));
        Assert.Equal(("""{"of":"a test"}""", """{"done":7}"""), (found.Input.GetRawText(), found.Checkpoint?.GetRawText()));
        Assert.Equal((WorkState.Queued, true), (found.State, found.IsOpen));
    }

    [Fact]
    public async Task What_is_no_name_of_work_is_not_found_and_not_looked_up()
    {
        await Store.PutBytesAsync($"{WorkProcess.Prefix}/secret.json", "{}"u8.ToArray(), null, Cancellation);

        foreach (var name in (string[])["", "../secret", "0123456789abcdefu", "0123456789abcdef"])
            Assert.Null(await NewProcess().Works.FindAsync(name, Cancellation));
    }

    [Fact]
    public async Task A_name_is_added_once()
    {
        var record = await NewProcess().AddAsync("analysis");

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => NewProcess().Works.AddAsync(record, Cancellation));

        Assert.Equal(ObjectStoreError.PreconditionFailed, refused.Error);
    }

    [Fact]
    public async Task Of_several_who_replace_one_version_exactly_one_wins()
    {
        var id = (await NewProcess().AddAsync("analysis")).Id;
        var all = await Task.WhenAll(Enumerable.Range(1, 16).Select(async n =>
        {
            var process = NewProcess();
            return (n, process.Works, Found: await process.FindAsync(id));
        }));

        var written = await Task.WhenAll(all.Select(one => Task.Run(
            async () => await one.Works.TryReplaceAsync(one.Found, one.Found.Record with { Retries = one.n }, Cancellation), Cancellation)));

        var winner = Assert.Single(written, work => work is not null)!;
        Assert.Equal(winner.Record.Retries, (await NewProcess().FindAsync(id)).Record.Retries);
    }

    [Fact]
    public async Task Changes_of_several_at_once_are_all_made()
    {
        var id = (await NewProcess().AddAsync("analysis")).Id;

        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(
            () => NewProcess().Works.ChangeAsync(id, record => record with { Retries = record.Retries + 1 }, Cancellation), Cancellation)));

        Assert.Equal(12, (await NewProcess().FindAsync(id)).Record.Retries);
    }

    [Fact]
    public async Task A_change_that_changes_nothing_is_not_written()
    {
        var process = NewProcess();
        var id = (await process.AddAsync("analysis")).Id;
        var before = await process.FindAsync(id);

        await process.Works.ChangeAsync(id, record => record, Cancellation);

        Assert.Equal(before.ETag, (await process.FindAsync(id)).ETag);
        Assert.Null(await process.Works.ChangeAsync(WorkId.New(ManualTime.Begin), record => record, Cancellation));
    }

    [Fact]
    public async Task Replacing_what_is_gone_tells_that_somebody_else_was_faster()
    {
        var process = NewProcess();
        var found = await process.FindAsync((await process.AddAsync("analysis")).Id);
        await NewProcess().Works.DeleteAsync(found.Record.Id, Cancellation);

        Assert.Null(await process.Works.TryReplaceAsync(found, found.Record with { Retries = 1 }, Cancellation));
        Assert.Empty(await process.Works.ListAsync(Cancellation));
    }

    [Fact]
    public async Task A_list_is_oldest_first_and_as_the_store_is_now()
    {
        var (process, other) = (NewProcess(), NewProcess());
        var ids = new List<string>();
        foreach (var minute in (int[])[3, 1, 2])
            ids.Add((await other.AddAsync("analysis", record => record with { Id = WorkId.New(ManualTime.Begin.AddMinutes(minute)) })).Id);
        var first = await process.Works.ListAsync(Cancellation);
        await other.Works.ChangeAsync(ids[0], record => record with { Retries = 9 }, Cancellation);
        await other.Works.DeleteAsync(ids[1], Cancellation);
        var second = await process.Works.ListAsync(Cancellation);

        Assert.Equal([ids[1], ids[2], ids[0]], first.Select(work => work.Record.Id));
        Assert.Equal([(ids[2], 0), (ids[0], 9)], second.Select(work => (work.Record.Id, work.Record.Retries)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"id\":")]
    [InlineData("{\"schemaVersion\":1}")]
    [InlineData("{\"schemaVersion\":1,\"id\":\"0123456789abcdef\",\"kind\":\"steps\",\"dataset\":\"made\",\"input\":{},\"created\":\"2018-02-11T06:00:00Z\"}")]
    public async Task A_damaged_record_is_set_aside_and_the_others_are_done(string content)
    {
        var kind = new StepsKind(1, (_, _, _) => Task.CompletedTask);
        var process = new WorkProcess(Store, new ManualTime(), kind);
        var damaged = WorkId.New(ManualTime.Begin.AddMinutes(-1));
        await Store.PutBytesAsync($"{WorkProcess.Prefix}/work/{damaged}.json", Encoding.UTF8.GetBytes(content), null, Cancellation);
        var good = await process.AddAsync("steps");

        await process.RunAsync();

        Assert.Equal(WorkState.Succeeded, (await process.FindAsync(good.Id)).Record.State);
        Assert.Equal([good.Id], (await process.Works.ListAsync(Cancellation)).Select(work => work.Record.Id));
        var aside = await Store.GetBytesAsync($"{WorkProcess.Prefix}/dead-letter/work/{damaged}.json", cancellationToken: Cancellation);
        Assert.Equal(content, Encoding.UTF8.GetString(aside!.Value.Content));
        Assert.Null(await Store.HeadAsync($"{WorkProcess.Prefix}/work/{damaged}.json", Cancellation));
    }

    [Fact]
    public async Task A_record_that_is_too_large_to_be_one_is_set_aside_too()
    {
        var process = NewProcess();
        var huge = WorkId.New(ManualTime.Begin);
        await Store.PutBytesAsync($"{WorkProcess.Prefix}/work/{huge}.json", new byte[(4 << 20) + 1], null, Cancellation);
        var good = await process.AddAsync("steps");

        Assert.Equal([good.Id], (await process.Works.ListAsync(Cancellation)).Select(work => work.Record.Id));
        Assert.NotNull(await Store.HeadAsync($"{WorkProcess.Prefix}/dead-letter/work/{huge}.json", Cancellation));
        Assert.Null(await Store.HeadAsync($"{WorkProcess.Prefix}/work/{huge}.json", Cancellation));
    }

    [Fact]
    public async Task A_record_of_a_later_version_is_left_to_that_version()
    {
        var process = NewProcess();
        var later = await process.AddAsync("steps", record => record with { SchemaVersion = WorkRecord.CurrentSchema + 1 });

        var changed = WorkId.New(ManualTime.Begin);
        await Store.PutBytesAsync($"{WorkProcess.Prefix}/work/{changed}.json", Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"id":"{{changed}}","asked":"in another form"}"""), null, Cancellation);

        Assert.Empty(await NewProcess().Works.ListAsync(Cancellation));
        foreach (var id in (string[])[later.Id, changed]) Assert.NotNull(await Store.HeadAsync($"{WorkProcess.Prefix}/work/{id}.json", Cancellation));
    }

    [Fact]
    public async Task Whoever_listens_is_told_of_every_record_that_is_written_or_found_changed()
    {
        var (process, other) = (NewProcess(), NewProcess());
        using var listener = process.Feed.Listen();
        var mine = await process.AddAsync("mine");
        var others = await other.AddAsync("others");
        await process.Works.ListAsync(Cancellation);
        await process.Works.ListAsync(Cancellation);

        var told = new List<string>();
        while (listener.Records.TryRead(out var record)) told.Add(record.Id);
        Assert.Equal([mine.Id, others.Id], told); // once each: the second list found nothing new
    }

    [Fact]
    public async Task A_listener_that_is_slow_misses_states_in_between_and_never_the_last()
    {
        var process = NewProcess();
        using var listener = process.Feed.Listen();
        var works = new List<WorkRecord>();
        for (var i = 0; i < 300; i++) works.Add(await process.AddAsync("steps"));
        foreach (var work in works)
            foreach (var done in (int[])[1, 2, 3])
                await process.Works.ChangeAsync(work.Id, record => record with { Attempts = done }, Cancellation);

        var told = new List<WorkRecord>();
        while (listener.Records.TryRead(out var record)) told.Add(record);

        Assert.Equal(works.Select(work => work.Id), told.Select(record => record.Id));
        Assert.All(told, record => Assert.Equal(3, record.Attempts));
    }

    [Fact]
    public async Task What_was_read_before_a_change_and_comes_in_after_it_does_not_hide_it()
    {
        var late = new LateStore(Store);
        var process = new WorkProcess(late, new ManualTime());
        var added = await NewProcess().AddAsync("steps");
        late.Hold();
        var reading = process.Works.FindAsync(added.Id, Cancellation);
        await late.SomethingWaits.WaitAsync(Cancellation);
        await process.Works.ChangeAsync(added.Id, record => record with { CancelRequested = true }, Cancellation);

        using var listener = process.Feed.Listen();
        late.Release();
        await reading;

        Assert.False(listener.Records.TryRead(out _));
        Assert.True((await process.Works.ListAsync(Cancellation)).Single().Record.CancelRequested);
    }
}
