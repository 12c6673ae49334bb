using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Work;

/// <summary>Of what one work alone does.</summary>
public abstract class OwnerContract(Func<Task<ITestBucket>> newBucket) : WorkContract(newBucket)
{
    private Claims<RunOwner> Claims => new(Store, "claims", ClaimJson.Default.RunOwner);

    [Fact]
    public async Task What_another_does_is_not_taken_and_what_nobody_does_any_more_is()
    {
        var process = new WorkProcess(Store, new ManualTime());
        var (open, gone) = ((await process.AddAsync("steps")).Id, "0000000000000000");
        await Claims.TryTakeAsync("open", RunOwner.Now(open), null, Cancellation);
        await Claims.TryTakeAsync("left", RunOwner.Now(gone), null, Cancellation);

        Assert.Equal(open, await Claims.OwnerOtherThanAsync("open", "mine", process.Works, Cancellation));
        Assert.Null(await Claims.OwnerOtherThanAsync("left", "mine", process.Works, Cancellation));
        Assert.Null(await Claims.OwnerOtherThanAsync("free", "mine", process.Works, Cancellation));
        Assert.Equal(["mine", "mine"], [(await Claims.FindAsync("left", Cancellation))!.Is!.Work, (await Claims.FindAsync("free", Cancellation))!.Is!.Work]);
    }

    [Fact]
    public async Task Who_saw_it_without_its_work_can_not_take_it_over_once_that_has_begun()
    {
        var process = new WorkProcess(Store, new ManualTime());
        await Claims.TryTakeAsync("it", RunOwner.Now("mine"), null, Cancellation);
        var seen = (await Claims.FindAsync("it", Cancellation))!.ETag; // and no work of that name yet

        Assert.Null(await Claims.OwnerOtherThanAsync("it", "mine", process.Works, Cancellation));

        Assert.False(await Claims.TryTakeAsync("it", RunOwner.Now("another"), seen, Cancellation));
        Assert.Equal("mine", (await Claims.FindAsync("it", Cancellation))!.Is!.Work);
    }
}
