using KubeMetrics.Pipeline.Ingest;

namespace KubeMetrics.Pipeline.Tests.Ingest;

public sealed class BlockPoolTests
{
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
