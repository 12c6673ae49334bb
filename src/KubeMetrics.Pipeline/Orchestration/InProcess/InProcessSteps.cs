using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Orchestration.InProcess;

/// <summary>
/// A job in steps, without a cluster: see that nothing is where it writes; count, where that has to be known; write a slice of time at a
/// step; and, when all is there, <c>_SUCCESS</c>. Each can be done again from its start.
/// </summary>
internal sealed class InProcessSteps(JobPlaces places, ISeriesEngine? engine, long memory, SparkOptions options, TimeProvider time, WorkContext context, CancellationToken cancellationToken)
{
    private const double Counted = 0.3, Written = 0.98;
    private const string Again = "Then submit the job again.";

    private readonly Job _job = JobPlaces.AsWritten(context.Record);
    private readonly JobCheckpoint? _checkpoint = context.Record.JobCheckpoint();
    private readonly long _began = time.GetTimestamp();
    private readonly TimeSpan _limit = context.Record.JobInput().TimeLimit is { } minutes ? TimeSpan.FromMinutes(minutes) : options.TimeLimit;

    private string Id => context.Record.Id;

    internal async Task<StepOutcome> NextAsync()
    {
        if (_checkpoint is { } checkpoint && time.GetUtcNow() - checkpoint.Since > _limit)
            throw new WorkFailedException($"It ran for longer than {_limit.TotalMinutes:0} minutes.", "Give it more time (timeLimit), or run it on a cluster; what it wrote is not complete, so name another prefix.");
        try
        {
            return _checkpoint is null ? await PrepareAsync()
                : _job.Kind == JobKind.Query ? await new InProcessQuery(places, engine!, options, context, _job, cancellationToken).AnswerAsync()
                : _job.Kind == JobKind.Summary ? await new InProcessSummary(places, memory, context, _job, cancellationToken).SummariseAsync()
                : _job is { Kind: JobKind.Copy, Inputs: [{ Form: JobForm.Parquet }] } ? await CopyAsync(_checkpoint)
                : await ConvertAsync(_checkpoint);
        }
        catch (JobInvalidException e)
        {
            throw new WorkFailedException($"'{e.Field}': {e.Message}", Again, e);
        }
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.BucketNotFound or ObjectStoreError.AccessDenied or ObjectStoreError.InvalidKey)
        {
            throw new WorkFailedException(e.Message, "Mend that, then submit the job again.", e);
        }
    }

    private bool IsTimeUp() => cancellationToken.IsCancellationRequested || time.GetElapsedTime(_began) >= options.Slice;

    private async Task<StepOutcome> PrepareAsync()
    {
        context.Report("preparing", 0, 0, "bytes", 0, 0.01);
        if (context.Record.JobInput().Output is { } output) await places.EnsureEmptyAsync(output, cancellationToken);
        return Next(new JobCheckpoint(JobStage.Here, 1, time.GetUtcNow()) { Reads = await places.ReadsAsync(context.Record.JobInput(), cancellationToken) });
    }

    private async Task<StepOutcome> ConvertAsync(JobCheckpoint checkpoint)
    {
        var inputs = await places.FilesAsync(_job.Inputs[0], cancellationToken);
        var name = Conversion.NameOf(inputs);
        if (checkpoint.Converted is not { } at || at.Inputs != name)
        {
            // Something came or went since the last step: what was made of the others is not gone on with.
            await places.DeleteOutputAsync(_job.Output!, cancellationToken);
            at = new Converted { Inputs = name };
        }

        var total = inputs.Sum(input => input.Length);
        var form = JobRules.FormOf(_job);
        var (store, prefix) = places.Output(_job.Output!);
        var read = inputs.Take(at.Files == 0 && at.Parts == 0 ? at.Counts.Count : at.Files).Sum(input => input.Length);
        var isCounting = false;
        void OnRead(long bytes)
        {
            var done = Math.Min(total, Interlocked.Add(ref read, bytes));
            if (isCounting) context.Report("counting", done, total, "bytes", 0.01, Counted);
            else context.Report("writing", done, total, "bytes", at.Counts.Count > 0 ? Counted : 0.01, Written);
        }

        var source = await RecordSource.OfAsync(_job, inputs, cancellationToken);
        var conversion = new Conversion(inputs, source, store, prefix, Id, _job.Output!, _job.Kind == JobKind.Copy ? JobForm.Text : form, OnRead, IsTimeUp, cancellationToken) { Named = form };
        if (conversion.Counts && at.Counts.Count < inputs.Count)
        {
            isCounting = true;
            return Next(checkpoint with { Converted = await conversion.CountAsync(at) });
        }

        at = await conversion.WriteAsync(at);
        if (at.Files < inputs.Count) return Next(checkpoint with { Converted = at });
        var wrong = at.NotSeries is { } other ? new WorkFailedException($"In process JSON is read as series, and {other.TrimEnd('.')}.", "Take what is no series elsewhere, or run the job on a cluster, which reads any JSON.")
            : at is { Records: > 0, Unseen: [var unseen, ..] } ? new WorkFailedException($"'columns[{unseen}]': no series has the label '{_job.Columns![unseen]["metric.".Length..]}'.", "See which labels there are (kubemetrics labels), correct it, and submit the job again.")
            : at is { Records: 0, Corrupt: > 0 } ? new WorkFailedException($"Nothing of it could be read: {at.Problems.FirstOrDefault()?.TrimEnd('.') ?? $"{at.Corrupt} records"}.", "Mend what is read, then submit the job again.")
            : null;
        if (wrong is not null)
        {
            await places.DeleteOutputAsync(_job.Output!, cancellationToken);
            throw wrong;
        }

        return await SucceedAsync(new JobOutcome { Records = at.Records, Corrupt = at.Corrupt, Problems = at.Problems is [] ? null : at.Problems, Files = at.Parts, Bytes = at.Bytes });
    }

    /// <summary>Parquet from one place to another, as it is, under the names below the input.</summary>
    private async Task<StepOutcome> CopyAsync(JobCheckpoint checkpoint)
    {
        var (from, folder, entries) = await places.EntriesAsync(_job.Inputs[0], cancellationToken);
        var (store, prefix) = places.Output(_job.Output!);
        var (done, total, copied) = (0L, entries.Sum(entry => entry.Size), false);
        foreach (var entry in entries)
        {
            var key = ObjectKey.AsPrefix(prefix) + (entry.Key.Length > folder.Length ? entry.Key[folder.Length..] : entry.Key.Split('/')[^1]);
            if ((await store.HeadAsync(key, cancellationToken))?.Size != entry.Size)
            {
                if (copied && IsTimeUp()) return Next(checkpoint);
                await using var content = await StoreInputs.Of(from, entry).Open(cancellationToken);
                await store.PutAsync(key, content, new PutOptions { Length = entry.Size, ContentType = "application/vnd.apache.parquet" }, cancellationToken);
                copied = true;
            }

            done += entry.Size;
            context.Report("writing", done, total, "bytes", 0.01, Written);
        }

        return await SucceedAsync(new JobOutcome { Files = entries.Count, Bytes = total });
    }

    private async Task<StepOutcome> SucceedAsync(JobOutcome outcome)
    {
        await context.EnsureHeldAsync(cancellationToken);
        await places.CompleteAsync(_job.Output!, cancellationToken);
        await places.PutInForceAsync(context.Record.JobInput(), Id, _checkpoint!.Reads, cancellationToken);
        return new StepOutcome.Done(JsonSerializer.SerializeToElement(outcome, JobJson.Default.JobOutcome));
    }

    private static StepOutcome.Next Next(JobCheckpoint checkpoint) => new(JsonSerializer.SerializeToElement(checkpoint, JobJson.Default.JobCheckpoint));
}
