using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Refresh;
using KubeMetrics.Pipeline.Tests.Analysis;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Tests.Work;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Refresh;

/// <summary>A host that looks, refreshes and dies at any operation on any of its stores; another goes on.</summary>
public sealed class RefreshDeathTests
{
    private static readonly TimeSpan Quiet = RefreshProcess.Options.Quiet;

    [Theory]
    [InlineData(Death.BeforeTheOperation)]
    [InlineData(Death.BeforeTheAnswer)]
    public async Task What_arrived_is_analysed_wherever_the_process_is_killed(Death death)
    {
        for (var operations = 0; ; operations++)
        {
            using var folder = new AnalysisFolder();
            await folder.AddDumpAsync(1);
            var time = new ManualTime();
            var next = new RefreshProcess(folder, time);
            await next.ArriveAsync();
            await next.LookAsync();
            time.Advance(Quiet);
            var life = new Life(operations, death);
            var first = new RefreshProcess(folder, time, store => new MortalStore(store, life));

            await Record.ExceptionAsync(() => first.LookAsync());
            await Record.ExceptionAsync(() => first.Work.RunAsync());
            // All leases of the dead are seen for their whole term.
            if ((await next.Work.Works.ListAsync(TestContext.Current.CancellationToken)).Any(work => work.Record.Lease is not null)) await next.Work.LookAsync(WorkProcess.Usual.LeaseTerm * 1.2);
            await next.Work.RunAsync();
            // Whatever was begun is done; if nothing was, it is begun now.
            await next.RefreshedAsync(TimeSpan.FromSeconds(31));
            await next.RefreshedAsync(Quiet);

            Assert.Equal(await next.RunIdAsync(), await next.LatestAsync());
            Assert.Equal(0, await next.MarkersAsync());
            Assert.All(await next.RecordsAsync(RefreshWork.KindName), record => Assert.False(record.IsOpen));
            Assert.Contains(await next.RecordsAsync(RefreshWork.KindName), record => record.State == WorkState.Succeeded);
            if (life.HasEnded) continue;
            TestContext.Current.TestOutputHelper?.WriteLine($"{operations} operations");
            Assert.True(operations > 40, $"Only {operations} operations were died at.");
            return;
        }
    }
}
