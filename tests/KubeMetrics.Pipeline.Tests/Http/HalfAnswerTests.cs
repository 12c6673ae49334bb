using KubeMetrics.Pipeline.Tests.Analysis;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Http;

/// <summary>What can't be written as JSON.</summary>
public sealed class HalfAnswerTests : IDisposable
{
    private readonly AnalysisFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_answer_that_can_not_be_written_is_one_problem_and_not_half_an_answer_before_it()
    {
        await _folder.AddDumpAsync(1);
        var process = new AnalysisProcess(_folder, new ManualTime());
        var id = (await process.AskAsync()).Id;
        var running = await process.Work.Works.ChangeAsync(id, record => record with { State = WorkState.Running }, TestContext.Current.CancellationToken);
        process.Work.Feed.Progress(running!.Record, new WorkProgress("reading", 1, 2, "bytes", 0.5, double.NaN)); // JSON has no such number

        foreach (var route in (string[])["GetAnalysis", "ListAnalyses"])
        {
            var answer = await Asked.OfAsync(route, Asked.Services(process.Service), ("id", id));
            Assert.Equal((500, "application/problem+json"), (answer.Status, answer.Type));
            Assert.Equal(500, answer.Json.GetProperty("status").GetInt32());
        }
    }
}
