using KubeMetrics.Pipeline.Ingest;

namespace KubeMetrics.Pipeline.Tests.Ingest;

public sealed class TokenBucketTests
{
    [Fact]
    public void So_many_bytes_go_in_a_second_and_no_more_whoever_takes_them()
    {
        var time = new ManualTime();
        var bucket = new TokenBucket(1000, time);
        var taken = Enumerable.Range(0, 100).Select(_ => bucket.TakeAsync(100, TestContext.Current.CancellationToken)).ToList();

        for (var second = 0; second < 9; second++)
        {
            Assert.InRange(taken.Count(one => one.IsCompleted) * 100, second * 1000, second * 1000 + 350);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.All(taken, one => Assert.True(one.IsCompleted));
    }

    [Fact]
    public async Task Who_wants_much_is_not_kept_waiting_by_many_who_want_little()
    {
        var pool = new BlockPool(4);
        var first = await pool.RentAsync(1, TestContext.Current.CancellationToken);
        var large = pool.RentAsync(4 * BlockPool.Size, TestContext.Current.CancellationToken);
        var small = pool.RentAsync(1, TestContext.Current.CancellationToken);
        Assert.False(large.IsCompleted || small.IsCompleted);

        first.Dispose();
        (await large).Dispose();
        (await small).Dispose();

        using var all = await pool.RentAsync(4 * BlockPool.Size, TestContext.Current.CancellationToken);
        using var gaveUp = new CancellationTokenSource();
        var waiting = pool.RentAsync(1, gaveUp.Token);
        await gaveUp.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => waiting);
    }
}
