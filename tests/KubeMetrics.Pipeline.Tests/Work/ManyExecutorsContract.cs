using System.Collections.Concurrent;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Work;

public abstract class ManyExecutorsContract(Func<Task<ITestBucket>> newBucket) : WorkContract(newBucket)
{
    private const int Pieces = 50;

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Several_executors_on_one_store_do_each_piece_of_work_once(int executors)
    {
        var begun = new ConcurrentQueue<(string Work, int Step)>();
        var options = new WorkOptions { LeaseTerm = TimeSpan.FromMinutes(10), Poll = TimeSpan.FromMilliseconds(20) };
        var all = Enumerable.Range(0, executors).Select(_ => new WorkProcess(Store, TimeProvider.System, options, new StepsKind(2, async (step, context, _) =>
        {
            begun.Enqueue((context.Record.Id, step));
            await Task.Yield();
        }, concurrency: 3))).ToList();
        var added = new List<string>();
        for (var i = 0; i < Pieces; i++) added.Add((await all[0].AddAsync("steps")).Id);

        var taken = await Task.WhenAll(all.Select(one => Task.Run(() => one.RunAsync(), Cancellation)));

        Assert.Equal(Pieces, taken.Sum());
        Assert.Equal(added.SelectMany(id => new[] { (id, 1), (id, 2) }).Order(), begun.Order());
        var records = (await all[0].Works.ListAsync(Cancellation)).Select(work => work.Record).ToList();
        Assert.Equal(added.Order(StringComparer.Ordinal), records.Select(record => record.Id));
        Assert.All(records, record => Assert.Equal((WorkState.Succeeded, 1), (record.State, record.Attempts)));
    }
}
