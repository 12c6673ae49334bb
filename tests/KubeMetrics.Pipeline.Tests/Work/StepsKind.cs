using System.Collections.Concurrent;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Work;

/// <summary>Work of so many steps, counted from 1, each of which does what the test wants.</summary>
internal sealed class StepsKind(int steps, Func<int, WorkContext, CancellationToken, Task> step, string name = "steps", int concurrency = 1, bool getsOn = true) : IWorkKind
{
    private readonly ConcurrentQueue<(string Work, int Step)> _begun = [];

    public string Name => name;

    public int Concurrency => concurrency;

    /// <summary>The steps that were begun, in order.</summary>
    public IReadOnlyList<int> Begun => [.. _begun.Select(one => one.Step)];

    /// <summary>The work of each step that was begun.</summary>
    public IReadOnlyList<string> Works => [.. _begun.Select(one => one.Work)];

    /// <summary>What was tidied up after, each time; null for everything.</summary>
    public ConcurrentQueue<string?> Tidied { get; } = [];

    public Task TidyAsync(IReadOnlySet<string>? only, CancellationToken cancellationToken)
    {
        Tidied.Enqueue(only is null ? null : string.Join(' ', only.Order()));
        return Task.CompletedTask;
    }

    public async Task<StepOutcome> StepAsync(WorkContext context, CancellationToken cancellationToken)
    {
        var next = (context.Record.Checkpoint?.GetProperty("done").GetInt32() ?? 0) + 1;
        _begun.Enqueue((context.Record.Id, next));
        await step(next, context, cancellationToken);
        return next < steps ? new StepOutcome.Next(Made.Json($$"""{"done":{{next}}}"""), getsOn) : new StepOutcome.Done(Made.Json($$"""{"steps":{{next}}}"""));
    }
}
