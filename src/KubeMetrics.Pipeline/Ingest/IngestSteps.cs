using System.Diagnostics;
using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>
/// An ingest in steps: list both sides and count; copy, a slice of time at a step; for a mirror list both sides again, note
/// what is to be deleted, and only then delete it. Each can be done again from its start.
/// </summary>
internal sealed class IngestSteps(IngestPlaces places, WorkStore works, IngestLimits limits, TimeProvider time, WorkContext context, CancellationToken cancellationToken)
{
    private const double Listed = 0.02, Copied = 0.97;
    private const int Told = 100;
    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(5);

    private const string Again = "Mend that, then start the ingest again: it goes on where it was.";

    private readonly IngestInput _input = context.Record.IngestInput();
    private readonly IngestCheckpoint? _checkpoint = context.Record.IngestCheckpoint();
    private readonly KeyFilter _filter = new(context.Record.IngestInput().Include, context.Record.IngestInput().Exclude);
    private readonly Func<string, bool> _own = places.Own(context.Record.IngestInput());
    private readonly long _began = time.GetTimestamp();

    private string Id => context.Record.Id;

    private bool IsTimeUp() => cancellationToken.IsCancellationRequested || time.GetElapsedTime(_began) >= limits.Slice;

    internal async Task<StepOutcome> NextAsync()
    {
        try
        {
            return await (_checkpoint?.Stage switch
            {
                null or IngestStage.Planning => PlanAsync(),
                IngestStage.Copying => CopyAsync(_checkpoint),
                IngestStage.Comparing => CompareAsync(_checkpoint),
                _ => DeleteAsync(_checkpoint),
            });
        }
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.BucketNotFound or ObjectStoreError.AccessDenied or ObjectStoreError.InvalidKey)
        {
            throw new WorkFailedException(e.Message, Again, e);
        }
    }

    private bool IsWanted(string key) => !_own(key) && _filter.Wants(key);

    private static SideBySide Sides(CopyRoute route, Position from) => new(route.Source.Store, route.Source.Prefix, route.Destination.Store, route.Destination.Prefix, from);

    private async Task<StepOutcome> PlanAsync()
    {
        context.Report("listing", 0, 0, "objects", 0, Listed);
        if (!_input.DryRun && await places.Owners.OwnerOtherThanAsync(_input.Pair, Id, works, cancellationToken) is { } other) return new StepOutcome.Replaced(other);
        var at = _checkpoint ?? new IngestCheckpoint(IngestStage.Planning, Position.Start, new IngestPlan(), new IngestCounts());
        var sides = Sides(places.Open(_input), at.At);
        var manifest = places.Manifest(_input.Pair);
        var plan = at.Plan;
        while (await NextOfAsync(sides) is { } pair)
        {
            plan = Counted(plan, pair, Decision.Of(pair, (await manifest.FindAsync(pair.Key, cancellationToken))?.Line, IsWanted(pair.Key), _input.Mirror));
            context.Report("listing", plan.Copy.Objects + plan.Same.Objects + plan.LeftOut.Objects, 0, "objects", 0, Listed);
            if (IsTimeUp()) return Next(at with { At = sides.Position, Plan = plan });
        }

        if (plan.Copy.Objects + plan.Same.Objects + plan.LeftOut.Objects == 0)
            throw new WorkFailedException($"There is nothing in {_input.Source}.", "Correct the source: what is copied are the objects below a prefix or folder, each under the key that follows it.");
        if (_input.MaxBytes is { } most && plan.Copy.Bytes > most)
            throw new WorkFailedException($"It would copy {Size(plan.Copy.Bytes)} ({HumanNumber.Count(plan.Copy.Objects)} objects), and at most {Size(most)} are wanted; nothing was copied.", "Take less (include, exclude; of the command: --include, --exclude), or raise the limit (maxBytes; --max-bytes).");
        if (_input.Mirror && plan.Copy.Objects + plan.Same.Objects == 0 && plan.Delete.Objects > 0)
            throw new WorkFailedException($"Of the source nothing is wanted, so a mirror of it would lose all {HumanNumber.Count(plan.Delete.Objects)} objects; nothing was deleted.", "Correct the source or the patterns; to empty the destination, delete it by hand.");
        return _input.DryRun ? Done(new IngestOutcome(plan, new IngestCounts())) : Next(new IngestCheckpoint(IngestStage.Copying, Position.Start, plan, new IngestCounts()));
    }

    /// <summary>Lists on. A store that does not answer is asked for as long as where it is copied from or to.</summary>
    private async Task<Pair?> NextOfAsync(SideBySide sides)
    {
        var began = time.GetTimestamp();
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await sides.NextAsync(cancellationToken);
            }
            catch (ObjectStoreException e) when (e.Error == ObjectStoreError.Unavailable && time.GetElapsedTime(began) < limits.Patience)
            {
                await Task.Delay(limits.WaitAfter(failures), time, cancellationToken);
            }
        }
    }

    private IngestPlan Counted(IngestPlan plan, Pair pair, IngestAction action)
    {
        var size = (pair.Source ?? pair.Destination)!.Size;
        if (_input.DryRun && action is IngestAction.Copy or IngestAction.Delete && plan.Objects.Count < Told)
            plan = plan with { Objects = [.. plan.Objects, new PlannedObject(pair.Key, action == IngestAction.Copy ? "copy" : "delete", size)] };
        return action switch
        {
            IngestAction.Copy => plan with { Copy = plan.Copy.And(size) },
            IngestAction.Same => plan with { Same = plan.Same.And(size) },
            IngestAction.Delete => plan with { Delete = plan.Delete.And(size) },
            IngestAction.LeftOut when pair.Source is not null => plan with { LeftOut = plan.LeftOut.And(size) },
            _ => plan,
        };
    }

    private async Task<StepOutcome> CopyAsync(IngestCheckpoint at)
    {
        var session = context.Carried as IngestSession ?? await IngestSession.OpenAsync(places, _input, Id, context.Record.Created, limits, time, cancellationToken);
        context.Carried = null; // what fails half-way leaves nothing to go on with
        session.Sides ??= Sides(session.Route, at.At);
        var (counts, segment, position) = (at.Done, at.Segment, at.At);
        void Report() => context.Report("copying", Math.Min(at.Plan.Copy.Bytes, (session.Batch?.Counts ?? counts).Copied.Bytes + session.Engine.InParts), at.Plan.Copy.Bytes, "bytes", Listed, Copied, session.Engine.Trouble);
        Report();
        using var told = time.CreateTimer(_ => Report(), null, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(200));
        var gotOn = false;
        while (!IsTimeUp())
        {
            session.Batch ??= await ReadAsync(session, counts);
            if (session.Batch is not { } batch) return await CopiedAsync(session, at with { Done = counts });
            var (before, parts) = (batch.Counts, session.Engine.PartsStored);
            try
            {
                await session.Engine.RunAsync(batch.Items, (_, line) => batch.Add(line), IsTimeUp, cancellationToken);
            }
            catch
            {
                await KeepAsync(session.Journal);
                throw;
            }

            gotOn |= Finished(batch.Counts) != Finished(before) || session.Engine.PartsStored != parts;
            if (batch.Items.Count > 0) break;
            gotOn = true;
            await session.Manifest.PutAsync(Id, ++segment, batch.Lines, cancellationToken);
            await session.Journal.ClearAsync(cancellationToken);
            (counts, position, session.Batch) = (batch.Counts, batch.End, null);
        }

        await session.Journal.FlushAsync(cancellationToken);
        context.Carried = session;
        return Next(at with { At = position, Done = counts, Segment = segment }, gotOn);
    }

    /// <summary>What is done with, whatever was not.</summary>
    private static long Finished(IngestCounts counts) => counts.Copied.Objects + counts.Same.Objects + counts.Gone;

    /// <summary>However it ends, what was copied is known to whoever goes on; where that can't be written, a little is copied twice.</summary>
    private async Task KeepAsync(Journal journal)
    {
        using var patience = new CancellationTokenSource(FlushPatience, time);
        try
        {
            await journal.FlushAsync(patience.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            Activity.Current?.AddException(e);
        }
    }

    /// <summary>The next keys, decided on; null after the last.</summary>
    private async Task<IngestBatch?> ReadAsync(IngestSession session, IngestCounts before)
    {
        var batch = new IngestBatch(before) { End = session.Sides!.Position };
        var any = false;
        for (var keys = 0; keys < limits.Batch && await NextOfAsync(session.Sides) is { } pair;)
        {
            any = true;
            if (pair.Source is not { } source || !IsWanted(pair.Key)) continue;
            keys++;
            // Of this ingest's own copies the journal knows first, the manifest next; what others copied counts as there already.
            var own = true;
            var known = session.Journal.Find(pair.Key, out own);
            if (known is null && await session.Manifest.FindAsync(pair.Key, cancellationToken) is { } found) (known, own) = (found.Line, found.Work == Id);
            if (Decision.Of(pair, known, wanted: true, mirror: false) == IngestAction.Copy)
            {
                batch.Items.Enqueue(new CopyItem(pair.Key, source));
                continue;
            }

            var there = pair.Destination!.ETag;
            if (known?.Of(source) != true || known.ETag != there) known = new Copied(pair.Key, source.Size, source.ETag, there, Fate.Same) { Verified = true };
            batch.Add(own && known.Fate == Fate.Copied ? known : known with { Fate = Fate.Same });
        }

        batch.End = session.Sides.Position;
        session.Engine.Answered();
        return any ? batch : null;
    }

    private async Task<StepOutcome> CopiedAsync(IngestSession session, IngestCheckpoint at)
    {
        // Nobody else goes on with what earlier ingests left open: it is not in the source any more, or another by now.
        await session.Engine.AbortAsync(session.Journal.Uploads, cancellationToken);
        // Nor with what a process began that was killed, or overtaken, before it could write that down.
        foreach (var upload in await IngestSession.BegunAsync(session.Route, context.Record.Created, cancellationToken)) await session.Route.Destination.Store.AbortUploadAsync(upload.Key, upload.Id, cancellationToken);
        await session.Journal.DeleteAllAsync(cancellationToken);
        await session.Manifest.ForgetOthersAsync(Id, cancellationToken);
        // What could not be copied is missing from a mirror: then nothing is deleted either.
        if (!_input.Mirror || at.Done.Failed > 0) return Done(new IngestOutcome(at.Plan, at.Done));
        await session.Manifest.ForgetDoomedAsync(cancellationToken);
        return Next(at with { Stage = IngestStage.Comparing, At = Position.Start, Segment = 0 });
    }

    /// <summary>Notes what is to be deleted. Nothing is before both listings have come to their end.</summary>
    private async Task<StepOutcome> CompareAsync(IngestCheckpoint at)
    {
        context.Report("comparing", 0, 0, "objects", Copied, Copied);
        var route = places.Open(_input);
        var manifest = places.Manifest(_input.Pair);
        var sides = Sides(route, at.At);
        var doomed = new List<ObjectEntry>();
        var segment = at.Segment;
        async Task KeepAsync()
        {
            if (doomed.Count > 0) await manifest.PutDoomedAsync(Id, ++segment, doomed, cancellationToken);
            doomed.Clear();
        }

        var sources = at.Done.Copied.Objects + at.Done.Same.Objects;
        while (await NextOfAsync(sides) is { } pair)
        {
            if (Decision.Of(pair, null, IsWanted(pair.Key), mirror: true) == IngestAction.Delete) doomed.Add(pair.Destination! with { Key = pair.Key });
            if (doomed.Count >= limits.Batch) await KeepAsync();
            if (!IsTimeUp()) continue;
            await KeepAsync();
            return Next(at with { At = sides.Position, Segment = segment });
        }

        if (sources == 0) return Done(new IngestOutcome(at.Plan, at.Done)); // a source that was emptied meanwhile is no reason to empty its mirror
        await KeepAsync();
        return Next(at with { Stage = IngestStage.Deleting, Segment = segment });
    }

    private async Task<StepOutcome> DeleteAsync(IngestCheckpoint at)
    {
        var manifest = places.Manifest(_input.Pair);
        if (at.Segment == 0)
        {
            await manifest.ForgetDoomedAsync(cancellationToken);
            return Done(new IngestOutcome(at.Plan, at.Done));
        }

        context.Report("deleting", at.Done.Deleted, Math.Max(at.Plan.Delete.Objects, at.Done.Deleted), "objects", Copied, 1);
        var route = places.Open(_input);
        await context.EnsureHeldAsync(cancellationToken);
        long deleted = 0;
        // One by one: Ceph's gateway ends itself over a multi-delete where somebody is notified of deletions.
        await Parallel.ForEachAsync(await manifest.DoomedAsync(Id, at.Segment, cancellationToken), new ParallelOptions { MaxDegreeOfParallelism = limits.Concurrency, CancellationToken = cancellationToken },
            async (line, token) =>
            {
                // It may have come to the source since, or been written anew.
                if (await route.Source.Store.HeadAsync(route.SourceKey(line.Key), token) is not null) return;
                var there = await route.Destination.Store.HeadAsync(route.DestinationKey(line.Key), token);
                if (there is not null && there.ETag != line.ETag) return;
                await route.Destination.Store.DeleteAsync(route.DestinationKey(line.Key), token);
                Interlocked.Increment(ref deleted);
            });
        return Next(at with { Segment = at.Segment - 1, Done = at.Done with { Deleted = at.Done.Deleted + deleted } });
    }

    private static string Size(long bytes) => HumanNumber.Format(bytes, new Unit(Dimension.Bytes));

    private static StepOutcome.Next Next(IngestCheckpoint checkpoint, bool gotOn = true) => new(JsonSerializer.SerializeToElement(checkpoint, IngestJson.Default.IngestCheckpoint), gotOn);

    private static StepOutcome.Done Done(IngestOutcome outcome) => new(JsonSerializer.SerializeToElement(outcome, IngestJson.Default.IngestOutcome));
}
