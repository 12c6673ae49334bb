namespace KubeMetrics.Pipeline.Work;

/// <summary>The work of one kind, as services list it, find it and give it up.</summary>
/// <param name="works">All work.</param>
/// <param name="feed">Its progress of this moment.</param>
/// <param name="time">The clock.</param>
/// <param name="isOne">Whether a record is of the kind, and can be read.</param>
/// <param name="name">What a person calls one: run, ingest.</param>
/// <param name="names">And several.</param>
internal sealed class WorkOf(WorkStore works, WorkFeed feed, TimeProvider time, Func<WorkRecord, bool> isOne, string name, string names)
{
    /// <summary>Newest first, at most so many.</summary>
    internal async Task<IReadOnlyList<WorkRecord>> ListAsync(int limit, CancellationToken cancellationToken, Func<WorkRecord, bool>? wanted = null) =>
        [.. (await works.ListAsync(cancellationToken)).Select(work => work.Record).Where(record => isOne(record) && wanted?.Invoke(record) != false)
            .OrderByDescending(record => record.Id, StringComparer.Ordinal).Take(limit).Select(feed.Live)];

    /// <summary>One, as it is this moment.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    internal async Task<WorkRecord> GetAsync(string id, CancellationToken cancellationToken) =>
        await works.FindAsync(id, cancellationToken) is { } found && isOne(found.Record) ? feed.Live(found.Record) : throw Unknown(id);

    /// <summary>Asks for one to be given up: what waits is cancelled at once, what is under way soon.</summary>
    /// <exception cref="RefusedException">There is none, or it has ended.</exception>
    internal async Task<WorkRecord> CancelAsync(string id, CancellationToken cancellationToken)
    {
        await GetAsync(id, cancellationToken);
        return await works.CancelAsync(id, name, time.GetUtcNow(), cancellationToken) ?? throw Unknown(id);
    }

    private RefusedException Unknown(string id) => new(Refusal.UnknownRun, $"There is no {name} '{id}'.", $"See the list of {names} for those there are; the oldest are deleted after a while.");
}
