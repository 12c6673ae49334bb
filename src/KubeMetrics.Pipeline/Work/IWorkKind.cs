using System.Text.Json;

namespace KubeMetrics.Pipeline.Work;

/// <summary>One kind of work (ingest, job, analysis, refresh): how its steps are done.</summary>
public interface IWorkKind
{
    /// <summary>Its name in records.</summary>
    string Name { get; }

    /// <summary>How many of it one executor does at once.</summary>
    int Concurrency { get; }

    /// <summary>
    /// Does the next step and says how to go on. A step may be done again from the start (its process may be killed, its
    /// lease may expire under it), so what it does twice has to come out as if done once.
    /// </summary>
    /// <exception cref="WorkFailedException">It can't be done, and trying again would not help.</exception>
    /// <exception cref="IOException">It failed for a reason that may pass: it is tried again later.</exception>
    Task<StepOutcome> StepAsync(WorkContext context, CancellationToken cancellationToken);

    /// <summary>Deletes what is no longer kept of this kind. Called now and then, maybe by several processes at once.</summary>
    /// <param name="only">The datasets of which work has ended since; null for everything.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task TidyAsync(IReadOnlySet<string>? only, CancellationToken cancellationToken);
}

/// <summary>How work goes on after a step.</summary>
public abstract record StepOutcome
{
    private StepOutcome()
    {
    }

    /// <summary>With another step, from this checkpoint on.</summary>
    /// <param name="Checkpoint">What it goes on from.</param>
    /// <param name="GotOn">Whether anything was done: where not, the failures before it still count.</param>
    public sealed record Next(JsonElement Checkpoint, bool GotOn = true) : StepOutcome;

    /// <summary>With another step, but not now: others may do other work until then.</summary>
    /// <param name="Checkpoint">What it goes on from; null for where it was.</param>
    /// <param name="For">When this other work has ended, whatever became of it; null for none.</param>
    /// <param name="After">When so much time has passed; null for none.</param>
    /// <param name="Why">What keeps it, for a person; null where nothing is wrong.</param>
    public sealed record Later(JsonElement? Checkpoint, string? For = null, TimeSpan? After = null, WorkProblem? Why = null) : StepOutcome;

    /// <summary>Not at all: it is done.</summary>
    public sealed record Done(JsonElement Result) : StepOutcome;

    /// <summary>Not at all: other work does the same.</summary>
    public sealed record Replaced(string By) : StepOutcome;
}

/// <summary>Work that can't be done: the message says what is wrong, the remedy what to do.</summary>
public sealed class WorkFailedException(string detail, string remedy, Exception? inner = null) : Exception(detail, inner)
{
    /// <summary>What to do.</summary>
    public string Remedy { get; } = remedy;
}
