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
}
