using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Analysis;

public sealed class KilledAnalysisTests : IDisposable
{
    private const int Killed = 128 + 9;
    private readonly AnalysisFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task KillAsync(string point)
    {
        using var process = SecondProcess.Start(nameof(KilledAnalysis), _folder.Root, point);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Killed, process.ExitCode);
    }

    [Fact]
    public async Task What_a_process_was_asked_for_right_before_it_was_killed_is_done_by_the_next()
    {
        await _folder.AddDumpAsync(1);

        await KillAsync(KilledAnalysis.Asked);

        var next = new AnalysisProcess(_folder, new ManualTime());
        var asked = Assert.Single(await next.RecordsAsync());
        Assert.Equal(WorkState.Queued, asked.State);
        await next.Work.RunAsync();
        await next.AssertDoneOnceAsync(asked.Id);
    }

    [Theory]
    [InlineData(nameof(AnalysisStage.Listed), 1)]
    [InlineData(nameof(AnalysisStage.Analysed), 0)]
    [InlineData(nameof(AnalysisStage.Written), 0)]
    public async Task An_analysis_whose_process_is_killed_after_a_step_is_gone_on_with_by_the_next(string stage, int computedAgain)
    {
        await _folder.AddDumpAsync(1);
        var next = new AnalysisProcess(_folder, new ManualTime());
        var id = (await next.AskAsync()).Id;

        await KillAsync(stage);

        var left = await next.FindAsync(id);
        Assert.Equal((WorkState.Running, stage), (left.State, left.AnalysisCheckpoint()!.Stage.ToString()));
        await next.Work.TakeOverAsync();
        Assert.Equal(computedAgain, next.Kind.Computed);
        await next.AssertDoneOnceAsync(id);
    }
}
