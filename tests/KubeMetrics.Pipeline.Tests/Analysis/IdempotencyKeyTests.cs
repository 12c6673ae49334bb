using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Analysis;

public sealed class IdempotencyKeyTests : IDisposable
{
    private readonly AnalysisFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<AnalysisProcess> WithDumpAsync()
    {
        await _folder.AddDumpAsync(1);
        return new AnalysisProcess(_folder, _time);
    }

    [Fact]
    public async Task The_same_key_with_the_same_request_is_the_same_work_whatever_happened_since()
    {
        var process = await WithDumpAsync();
        var first = await process.AskAsync(request => request with { Force = true }, "key");
        await process.Work.RunAsync();
        await _folder.AddDumpAsync(2);

        var again = await new AnalysisProcess(_folder, _time).AskAsync(request => request with { Force = true }, "key");

        Assert.Equal((first.Id, WorkState.Succeeded), (again.Id, again.State));
        Assert.NotEqual(first.Id, (await process.AskAsync(request => request with { Force = true }, "another key")).Id);
    }

    [Fact]
    public async Task The_same_key_with_another_request_is_refused()
    {
        var process = await WithDumpAsync();
        await process.AskAsync(key: "key");

        var refused = await Assert.ThrowsAsync<RefusedException>(() => process.AskAsync(request => request with { Raw = true }, "key"));

        Assert.Equal((Refusal.KeyReused, "This Idempotency-Key came before with another request."), (refused.Reason, refused.Message));
        Assert.Single(await process.RecordsAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public async Task A_key_that_is_empty_or_too_long_is_refused(int length)
    {
        var process = await WithDumpAsync();

        var refused = await Assert.ThrowsAsync<RefusedException>(() => process.AskAsync(key: new string('k', length)));

        Assert.Equal((Refusal.Invalid, $"The Idempotency-Key has {length} characters; it takes 1 to 255."), (refused.Reason, refused.Message));
    }

    [Fact]
    public async Task Any_text_is_a_key()
    {
        var process = await WithDumpAsync();

        Assert.Equal((await process.AskAsync(key: "../../ä\0 \"key\"")).Id, (await process.AskAsync(key: "../../ä\0 \"key\"")).Id);
    }

    [Fact]
    public async Task A_key_whose_work_never_reached_the_store_makes_it_the_next_time()
    {
        var process = await WithDumpAsync();
        var lost = await process.AskAsync(key: "key");
        await process.Work.Works.DeleteAsync(lost.Id, Cancellation);

        var next = new AnalysisProcess(_folder, _time);
        var made = await next.AskAsync(key: "key");
        await next.Work.RunAsync();

        Assert.NotEqual(lost.Id, made.Id);
        await next.AssertDoneOnceAsync(made.Id);
        Assert.Equal(made.Id, (await next.AskAsync(key: "key")).Id);
    }

    [Fact]
    public async Task A_key_whose_run_is_no_longer_kept_does_nothing_twice_and_says_so()
    {
        await _folder.AddDumpAsync(1);
        var process = new AnalysisProcess(_folder, _time, limits: new AnalysisLimits { Keep = 1 });
        await process.AskAsync(request => request with { Force = true }, "key");
        await process.Work.RunAsync();
        _time.Advance(TimeSpan.FromHours(2));
        await _folder.AddDumpAsync(2);
        await process.AnalyseAsync();

        var refused = await Assert.ThrowsAsync<RefusedException>(() => process.AskAsync(request => request with { Force = true }, "key"));

        Assert.Equal((Refusal.NoLongerKept, "The run that this Idempotency-Key stands for is no longer kept."), (refused.Reason, refused.Message));
        Assert.Equal(2, process.Kind.Computed);
    }

    [Fact]
    public async Task A_claim_that_is_damaged_is_nobodys()
    {
        var process = await WithDumpAsync();
        await process.AskAsync(key: "key");
        foreach (var claim in (string[])[.. await process.StateAsync("keys"), .. await process.StateAsync("runs")])
            await process.State.PutBytesAsync(claim, "{"u8.ToArray(), cancellationToken: Cancellation);

        var again = await process.AskAsync(key: "key");
        await process.Work.RunAsync();

        Assert.Equal(1, process.Kind.Computed); // the other of the two is replaced by it
        Assert.Equal(again.Id, (await process.AskAsync(key: "key")).Id);
    }

    [Fact]
    public async Task One_key_used_by_several_at_once_does_the_work_once()
    {
        await _folder.AddDumpAsync(1);
        var processes = Enumerable.Range(0, 4).Select(_ => new AnalysisProcess(_folder, _time)).ToList();

        await Task.WhenAll(processes.Select(process => Task.Run(() => process.AskAsync(key: "key"), Cancellation)));
        foreach (var process in processes) await process.Work.RunAsync();

        Assert.Equal(1, processes.Sum(process => process.Kind.Computed));
    }
}
