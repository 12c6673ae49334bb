using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>Ingests as work: asked for here, done by an executor, here or elsewhere. Between two places one at a time.</summary>
public sealed class IngestService(IngestPlaces places, WorkStore works, WorkFeed feed, IngestLimits limits, TimeProvider time)
{
    private readonly RepeatedRequests _requests = new(places.Keys, works, time);
    private readonly WorkOf _ingests = new(works, feed, time, record => record.IsIngest(), "ingest", "ingests");

    // Between taking the places and the work being in the store, who comes second would take them for abandoned.
    private readonly SemaphoreSlim _starting = new(1);

    /// <summary>Asks for an ingest. When this returns, it is in the store.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="key">The same key with the same request means the same ingest; null where the caller gave none.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <param name="asker">Who asks; somebody over HTTP where nothing is given.</param>
    /// <returns>The work: new, or that which does the same already.</returns>
    /// <exception cref="RefusedException">It can't be asked for.</exception>
    /// <exception cref="ObjectStoreException">The state does not do what it has to.</exception>
    public async Task<WorkRecord> StartAsync(IngestRequest request, string? key, CancellationToken cancellationToken, IngestAsker? asker = null)
    {
        asker ??= IngestAsker.OverHttp;
        var (source, destination, dataset) = places.Of(request, asker);
        var input = new IngestInput(source.ToString(), destination.ToString(), request.Include ?? [], request.Exclude ?? [], IngestPlaces.BytesOf("maxBytes", request.MaxBytes, asker), request.Mirror, request.DryRun);
        Check("include", input.Include, [], asker);
        Check("exclude", input.Include, input.Exclude, asker);

        await _starting.WaitAsync(cancellationToken);
        try
        {
            return await _requests.OnceAsync(key, "ingest " + JsonSerializer.Serialize(request, IngestJson.Default.IngestRequest), () => PlanAsync(input, dataset, cancellationToken), cancellationToken);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Ingests, newest first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public Task<IReadOnlyList<WorkRecord>> ListAsync(int limit, CancellationToken cancellationToken) => _ingests.ListAsync(limit, cancellationToken);

    /// <summary>One ingest, as it is this moment.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public Task<WorkRecord> GetAsync(string id, CancellationToken cancellationToken) => _ingests.GetAsync(id, cancellationToken);

    /// <summary>Asks for an ingest to be given up: one that waits is cancelled at once, one that is under way soon. What was copied stays.</summary>
    /// <exception cref="RefusedException">There is none, or it has ended.</exception>
    public Task<WorkRecord> CancelAsync(string id, CancellationToken cancellationToken) => _ingests.CancelAsync(id, cancellationToken);

    private static void Check(string field, IReadOnlyList<string> include, IReadOnlyList<string> exclude, IngestAsker asker)
    {
        try
        {
            _ = new KeyFilter(include, exclude);
        }
        catch (FormatException e)
        {
            throw asker.Invalid(field, e.Message);
        }
    }

    /// <summary>Finds the ingest that does the same already; where there is none makes a new record, and takes the two places for it.</summary>
    private async Task<(WorkRecord Record, bool IsNew)> PlanAsync(IngestInput input, string dataset, CancellationToken cancellationToken)
    {
        while (true)
        {
            var claim = input.DryRun ? null : await places.Owners.FindAsync(input.Pair, cancellationToken);
            if (claim?.Is is { } owner && await works.FindAsync(owner.Work, cancellationToken) is { Record: { IsOpen: true } open } && open.IsIngest())
            {
                if (open.IngestInput().IsSameAs(input)) return (open, false);
                throw new RefusedException(Refusal.WrongState, $"The ingest {open.Id} copies from {input.Source} to {input.Destination} already, and was asked for otherwise.",
                    "Wait until it is done, or cancel it, then try again.");
            }

            var waiting = (await works.ListAsync(cancellationToken)).Count(work => work.Record is { IsOpen: true, Kind: IngestWork.KindName });
            if (waiting >= limits.Queue)
                throw new RefusedException(Refusal.QueueFull, $"{waiting} ingests wait or run already; {limits.Queue} are the most.", "Try again when some are done, cancel some, or raise Ingest:Queue.");
            var now = time.GetUtcNow();
            var record = new WorkRecord
            {
                Id = WorkId.New(now),
                Kind = IngestWork.KindName,
                Dataset = dataset,
                Created = now,
                Input = JsonSerializer.SerializeToElement(input, IngestJson.Default.IngestInput),
            };
            if (input.DryRun || await places.Owners.TryTakeAsync(input.Pair, RunOwner.Now(record.Id), claim?.ETag, cancellationToken)) return (record, true);
        }
    }
}
