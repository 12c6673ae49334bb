using KubeMetrics.Pipeline.Analysis.Columns;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Analysis;

/// <summary>The real analysis, whose process dies at any operation on any of its stores: reading, writing, state.</summary>
public sealed class AnalysisDeathTests
{
    [Theory]
    [InlineData(Death.BeforeTheOperation)]
    [InlineData(Death.BeforeTheAnswer)]
    public async Task An_analysis_goes_on_wherever_its_process_is_killed(Death death)
    {
        for (var operations = 0; ; operations++)
        {
            using var folder = new AnalysisFolder();
            await folder.AddDumpAsync(1);
            var life = new Life(operations, death);
            var first = new AnalysisProcess(folder, new ManualTime(), store => new MortalStore(store, life));
            var next = new AnalysisProcess(folder, new ManualTime());
            var id = (await next.AskAsync()).Id;

            await Record.ExceptionAsync(() => first.Work.RunAsync());
            await next.Work.TakeOverAsync();

            await next.AssertDoneOnceAsync(id);
            // Whoever read the dump kept it, or who came after it did.
            var columns = next.Places.Columns(AnalysisFolder.Name, next.Limits.Columns, TimeProvider.System, null);
            var inputs = await next.Places.InputsAsync(next.Dataset, TestContext.Current.CancellationToken);
            Assert.Empty((await KeptColumns.OpenAsync(columns, [], inputs, TestContext.Current.CancellationToken)).Missing);
            if (life.HasEnded) continue;
            TestContext.Current.TestOutputHelper?.WriteLine($"{operations} operations");
            Assert.True(operations > 30, $"Only {operations} operations were died at.");
            return;
        }
    }

    [Theory]
    [InlineData(Death.BeforeTheOperation)]
    [InlineData(Death.BeforeTheAnswer)]
    public async Task Asking_again_with_the_same_key_goes_on_wherever_the_first_asking_was_killed(Death death)
    {
        for (var operations = 0; ; operations++)
        {
            using var folder = new AnalysisFolder();
            await folder.AddDumpAsync(1);
            var life = new Life(operations, death);
            var first = new AnalysisProcess(folder, new ManualTime(), store => new MortalStore(store, life));
            var next = new AnalysisProcess(folder, new ManualTime());

            await Record.ExceptionAsync(() => first.AskAsync(key: "once"));
            var asked = await next.AskAsync(key: "once");
            await next.Work.RunAsync();

            Assert.Equal(1, next.Kind.Computed);
            Assert.Equal(asked.Id, (await next.AskAsync(key: "once")).Id);
            await next.AssertDoneOnceAsync(asked.Id);
            if (!life.HasEnded) return;
        }
    }
}
