using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Analysis;

/// <summary>Analyses, counted, with something that a test does before a step.</summary>
internal sealed class WatchedKind(IWorkKind inner) : IWorkKind
{
    private int _computed;

    public string Name => inner.Name;

    public int Concurrency => inner.Concurrency;

    /// <summary>How often samples were read and summed up.</summary>
    public int Computed => Volatile.Read(ref _computed);

    /// <summary>Done before each step, with the stage that the work has reached.</summary>
    public Func<AnalysisStage?, Task>? Before { get; set; }

    public Task TidyAsync(IReadOnlySet<string>? only, CancellationToken cancellationToken) => inner.TidyAsync(only, cancellationToken);

    public async Task<StepOutcome> StepAsync(WorkContext context, CancellationToken cancellationToken)
    {
        var stage = context.Record.AnalysisCheckpoint()?.Stage;
        if (stage == AnalysisStage.Listed) Interlocked.Increment(ref _computed);
        if (Before is { } before) await before(stage);
        return await inner.StepAsync(context, cancellationToken);
    }
}
