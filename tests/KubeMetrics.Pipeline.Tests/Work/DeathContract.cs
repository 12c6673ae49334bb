using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Work;

/// <summary>A process that dies at any of its operations, before or after it took effect: another does the rest, once.</summary>
public abstract class DeathContract(Func<Task<ITestBucket>> newBucket) : WorkContract(newBucket)
{
    private const int Steps = 3;

    private static StepsKind Appending(IObjectStore store) => new(Steps, (step, context, halt) => Effects.AppendAsync(store, context.Record.Id, step, halt));

    [Theory]
    [InlineData(Death.BeforeTheOperation)]
    [InlineData(Death.BeforeTheAnswer)]
    public async Task Work_goes_on_wherever_its_process_is_killed(Death death)
    {
        for (var operations = 0; ; operations++)
        {
            var store = await NewStoreAsync();
            var life = new Life(operations, death);
            var mortal = new MortalStore(store, life);
            var next = new WorkProcess(store, new ManualTime(), Appending(store));
            var id = (await next.AddAsync("steps")).Id;

            await Record.ExceptionAsync(() => new WorkProcess(mortal, new ManualTime(), Appending(mortal)).RunAsync());
            await next.TakeOverAsync();

            var record = Assert.Single(await next.Works.ListAsync(TestContext.Current.CancellationToken)).Record;
            Assert.Equal((id, WorkState.Succeeded, $$"""{"steps":{{Steps}}}"""), (record.Id, record.State, record.Result?.GetRawText()));
            Assert.Equal("1\n2\n3\n", await Effects.ReadAsync(store, id));
            if (life.HasEnded) continue;
            Assert.True(operations > 10, $"Only {operations} operations were died at.");
            return;
        }
    }

    [Theory]
    [InlineData(Death.BeforeTheOperation)]
    [InlineData(Death.BeforeTheAnswer)]
    public async Task A_failure_that_may_pass_and_a_death_together_lose_nothing(Death death)
    {
        for (var operations = 0; ; operations++)
        {
            var store = await NewStoreAsync();
            var life = new Life(operations, death);
            var mortal = new MortalStore(store, life);
            var failing = new StepsKind(Steps, (step, context, halt) => step == 2 ? throw new IOException("The disk is full.") : Effects.AppendAsync(mortal, context.Record.Id, step, halt));
            var next = new WorkProcess(store, new ManualTime(ManualTime.Begin.AddMinutes(1)), Appending(store)); // so what is to be tried again is due
            var id = (await next.AddAsync("steps")).Id;

            var first = new WorkProcess(mortal, new ManualTime(), failing);
            await Record.ExceptionAsync(() => first.RunUntilAsync(record => record.Retries == 1));
            await next.TakeOverAsync();

            var record = (await next.FindAsync(id)).Record;
            Assert.Equal(WorkState.Succeeded, record.State);
            Assert.Equal("1\n2\n3\n", await Effects.ReadAsync(store, id));
            if (!life.HasEnded) return;
        }
    }
}
