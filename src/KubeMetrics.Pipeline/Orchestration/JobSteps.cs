using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Orchestration.Summaries;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Spark.Scripts;
using KubeMetrics.Spark.Storage;

namespace KubeMetrics.Pipeline.Orchestration;

/// <summary>
/// A job in steps. Never two drivers write for one job, wherever its host is killed:
/// <code>
/// Waiting    until there is room on the cluster, older jobs first
/// Intended   written before the submission. Whoever finds it, and has not written it himself a moment ago, fences
/// Fencing    its driver is looked for by the application's name, and adopted. Where none is to be seen for a while, the attempt's script is taken
///            away: a driver that has read it by then shows within seconds, one that has not ends by itself. Then another attempt, with a script
///            and a name of its own
/// Submitted  its driver is looked at until it has ended, and what it wrote counts when _SUCCESS is there
/// </code>
/// </summary>
internal sealed partial class JobSteps(JobPlaces places, ISparkCluster cluster, WorkStore works, SparkOptions options, TimeProvider time, WorkContext context, CancellationToken cancellationToken)
{
    private const int MostSubmissions = 5, MostAttempts = 20;
    private const string NoScript = "Could not open input file";

    private readonly Job _job = JobPlaces.AsWritten(context.Record);
    private readonly JobCheckpoint? _checkpoint = context.Record.JobCheckpoint();

    // A summary that a dataset's analysis is made of reads what the analysis would.
    private readonly bool _ofDataset = context.Record.Dataset.Length > 0 && context.Record.JobInput().Kind == JobKind.Summary;

    private string Id => context.Record.Id;

    private SparkResources Resources => _job.Resources ?? options.Resources;

    internal Task<StepOutcome> NextAsync() => _checkpoint?.Stage switch
    {
        null => PrepareAsync(),
        JobStage.Looking => LookAsync(),
        JobStage.Waiting => WaitAsync(),
        JobStage.Intended => SubmitAsync(),
        JobStage.Fencing => FenceAsync(),
        JobStage.Submitted => FollowAsync(),
        _ => throw new WorkFailedException(
            "The cluster has forgotten the job's driver: its master was started anew, or it was long ago. What it wrote is not complete.",
            "See on the cluster that nothing of it runs any more, then submit the job again, to a prefix that holds nothing."),
    };

    /// <summary>The name of an attempt's application.</summary>
    internal static string AppName(string id, int attempt) => $"kubemetrics-{id}-{attempt.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Takes away what would start, and ends what runs, of a job that was given up.</summary>
    internal static async Task GiveUpAsync(WorkRecord record, JobPlaces places, ISparkCluster cluster, CancellationToken cancellationToken)
    {
        if (record.JobCheckpoint() is not { } checkpoint || !checkpoint.MayRun()) return;
        await places.DeleteScriptAsync(record.Id, checkpoint.Attempt, cancellationToken);
        var driver = checkpoint.Driver ?? await cluster.FindAsync(AppName(record.Id, checkpoint.Attempt), checkpoint.Since, cancellationToken);
        if (driver is not null) await cluster.KillAsync(driver, cancellationToken);
    }

    private async Task<StepOutcome> PrepareAsync()
    {
        context.Report("preparing", 0, 0, "tasks", 0, 0.02);
        Properties();
        if (Cores(Resources) > options.Cores)
            throw new WorkFailedException($"The job takes {Cores(Resources)} cores, its driver's included, and jobs may have {options.Cores} of the cluster.", "Ask for fewer cores, or raise Spark:Cores.");
        if (context.Record.JobInput().Output is { } output) await places.EnsureEmptyAsync(output, cancellationToken);
        return Next(new JobCheckpoint(JobStage.Looking, 1, time.GetUtcNow()) { Reads = await places.ReadsAsync(context.Record.JobInput(), cancellationToken) });
    }

    private async Task<StepOutcome> LookAsync()
    {
        var began = time.GetTimestamp();
        var forms = new InputForms(places, Id, partial: _job.Kind == JobKind.Summary, dumps: _ofDataset, () => cancellationToken.IsCancellationRequested || time.GetElapsedTime(began) >= options.Slice, cancellationToken);
        if (_checkpoint!.Inputs is not { } inputs)
        {
            context.Report("looking", 0, 0, "files", 0, 0.02);
            // A copy takes lines as they are, whatever they mean.
            inputs = await Task.WhenAll(_job.Inputs.Select(async input =>
            {
                var there = input with { Location = await places.InForceAsync(input, cancellationToken) };
                return (input.Form == JobForm.Json && _job.Kind != JobKind.Copy ? await forms.LookAsync(there) : new ReadAs(input.Name) { MultiLine = input.MultiLine }) with { Location = there.Location };
            }));
        }
        else if (inputs.FirstOrDefault(input => input.IsOpen) is { } open)
        {
            var turned = await forms.TurnAsync(_job.Inputs.First(input => input.Name == open.Name) with { Location = open.Location }, open, (done, total) => context.Report("turning", done, total, "bytes", 0.02, 0.1));
            inputs = [.. inputs.Select(input => input == open ? turned : input)];
        }

        return Next(_checkpoint with { Inputs = inputs, Stage = inputs.Any(input => input.IsOpen) ? JobStage.Looking : JobStage.Waiting });
    }

    private async Task<StepOutcome> WaitAsync()
    {
        // Older ones that still wait count as if they ran: so of two who look at the same time only one can take what there is for one.
        var others = (await works.ListAsync(cancellationToken)).Select(work => work.Record)
            .Where(record => record.IsOpen && record.Id != Id && record.IsJob() && record.JobInput().Engine != JobEngine.InProcess && (record.JobCheckpoint().MayRun() || string.CompareOrdinal(record.Id, Id) < 0)).ToList();
        var cores = others.Sum(record => Cores(record.JobInput().Resources ?? options.Resources));
        if (others.Count >= options.Jobs || cores + Cores(Resources) > options.Cores)
        {
            return new StepOutcome.Later(null, After: options.Poll.Least, Why: others.Count >= options.Jobs
                ? new WorkProblem($"{others.Count} jobs run or wait before it, and {options.Jobs} may run at once.", "It is submitted by itself when there is room; or raise Spark:Jobs.")
                : new WorkProblem($"Jobs before it take {cores} of {options.Cores} cores, and it needs {Cores(Resources)}.", "It is submitted by itself when there is room; or raise Spark:Cores."));
        }

        return await IntendAsync(_checkpoint!);
    }

    private async Task<StepOutcome> IntendAsync(JobCheckpoint from)
    {
        await places.PutScriptAsync(Id, from.Attempt, ScriptOf(from), cancellationToken);
        var intended = new JobCheckpoint(JobStage.Intended, from.Attempt, time.GetUtcNow()) { Submissions = from.Submissions, Vanished = from.Vanished, Inputs = from.Inputs, Reads = from.Reads, Phase = from.Phase };
        context.Carried = intended;
        return Next(intended);
    }

    private string ScriptOf(JobCheckpoint of) => _job.Kind == JobKind.Summary
        ? ClusterSummary.Script(places, AsRead(of), Id, of.Phase, _ofDataset)
        : JobScript.Write(AsRead(of), options.Checked(_job), Id, places.Of(Id, of.Attempt));

    /// <summary>The job as the cluster is told of it.</summary>
    private Job AsRead(JobCheckpoint checkpoint) => _job with
    {
        Inputs = [.. _job.Inputs.Select(input => checkpoint.Inputs?.FirstOrDefault(one => one.Name == input.Name) is { } of
            ? input with { MultiLine = of.Turned is null && of.MultiLine, Location = of.Turned ?? of.Location }
            : input)],
    };

    private async Task<StepOutcome> SubmitAsync()
    {
        var intended = _checkpoint!;
        // Whoever comes to this later than the one who wrote it can't know whether that one got to submit it.
        if (context.Carried is not JobCheckpoint own || own with { Inputs = null } != intended with { Inputs = null }) return Next(intended with { Stage = JobStage.Fencing, Submissions = intended.Submissions + 1 });
        context.Carried = null;
        context.Report("submitting", 0, 0, "tasks", 0.02, 0.05);
        await context.EnsureHeldAsync(cancellationToken);
        intended = intended with { Submissions = intended.Submissions + 1 };
        try
        {
            // Not under the token: an answer that nobody waits for is worth half a minute of looking for its driver.
            var driver = await cluster.SubmitAsync(
                new SparkSubmission { AppName = AppName(Id, intended.Attempt), Script = places.ScriptOf(Id, intended.Attempt), Properties = Properties(), Resources = Resources }, CancellationToken.None);
            return Next(intended with { Stage = JobStage.Submitted, Driver = driver, State = DriverState.Submitted, Since = time.GetUtcNow(), Seen = time.GetUtcNow() });
        }
        catch (ClusterRefusedException e)
        {
            await places.DeleteScriptAsync(Id, intended.Attempt, cancellationToken);
            throw new WorkFailedException(e.Message, "See to what the sentence names, then submit the job again.", e);
        }
        catch (ClusterUnreachableException e)
        {
            return new StepOutcome.Later(Element(intended with { Stage = JobStage.Fencing }), After: options.Poll.Least, Why: Unanswered(e));
        }
    }

    private async Task<StepOutcome> FenceAsync()
    {
        var fencing = _checkpoint!;
        context.Report("looking", 0, 0, "tasks", 0.02, 0.05);
        fencing = fencing with { Looked = fencing.Looked ?? time.GetUtcNow() };
        if (fencing.Fenced is null && time.GetUtcNow() - fencing.Looked >= options.Fence)
        {
            await places.DeleteScriptAsync(Id, fencing.Attempt, cancellationToken);
            fencing = fencing with { Fenced = time.GetUtcNow() };
        }

        string? driver;
        try
        {
            driver = await cluster.FindAsync(AppName(Id, fencing.Attempt), fencing.Since, cancellationToken);
        }
        catch (ClusterUnreachableException e)
        {
            var since = fencing.Seen ?? fencing.Since;
            if (time.GetUtcNow() - since > options.Patience)
                throw new WorkFailedException($"{e.Message} That has been so for {options.Patience.TotalMinutes:0} minutes.", "See that the cluster runs and that Spark:Endpoint is right, then submit the job again.", e);
            // Whether one was submitted shows only once the cluster answers again: the time it is looked for counts from then.
            return new StepOutcome.Later(Element(fencing with { Looked = null, Fenced = fencing.Fenced is null ? null : time.GetUtcNow(), Seen = since }), After: options.Poll.Most, Why: Unanswered(e));
        }

        if (driver is not null) return Next(fencing with { Stage = JobStage.Submitted, Driver = driver, State = DriverState.Submitted, Since = time.GetUtcNow(), Seen = time.GetUtcNow() });
        if (fencing.Fenced is null || time.GetUtcNow() - fencing.Fenced < options.Fence)
            return new StepOutcome.Later(Element(fencing), After: options.Poll.Least, Why: new WorkProblem("It may have been submitted, and the answer was never seen; its driver is looked for.", "It goes on by itself."));
        if (fencing.Submissions >= MostSubmissions)
            throw new WorkFailedException($"It was submitted {fencing.Submissions} times, and the cluster never answered.", "See that the cluster runs and that Spark:Endpoint is right, then submit the job again.");
        return await AnotherAsync(fencing);
    }

    private async Task<StepOutcome> FollowAsync()
    {
        var submitted = _checkpoint!;
        DriverStatus status;
        try
        {
            status = await cluster.StatusAsync(submitted.Driver!, AppName(Id, submitted.Attempt), cancellationToken);
        }
        catch (ClusterUnreachableException e)
        {
            if (time.GetUtcNow() - (submitted.Seen ?? submitted.Since) > options.Patience) return Next(submitted with { Stage = JobStage.Lost });
            return new StepOutcome.Later(null, After: options.Poll.Most, Why: Unanswered(e));
        }

        submitted = submitted with { State = status.State, Seen = time.GetUtcNow(), TasksDone = status.TasksDone ?? submitted.TasksDone, Tasks = status.Tasks ?? submitted.Tasks };
        return status.State switch
        {
            DriverState.Submitted or DriverState.Running => await RunningAsync(submitted, status),
            DriverState.Finished => await EndedAsync(submitted),
            DriverState.Failed => await FailedAsync(submitted, status.Reason),
            // Nobody need have asked for that: a master that was started again was seen to end drivers of a worker that came back too early.
            DriverState.Killed => await FailedAsync(submitted, "Its driver was ended on the cluster, by somebody else or by a master that was started again."),
            // Forgotten it may be because it ended long ago: what it wrote tells.
            _ => _job.Output is not null && await places.IsCompleteAsync(_job.Output, cancellationToken) ? await EndedAsync(submitted) : Next(submitted with { Stage = JobStage.Lost }),
        };
    }

    private async Task<StepOutcome> RunningAsync(JobCheckpoint submitted, DriverStatus status)
    {
        var limit = _job.TimeLimit is { } minutes ? TimeSpan.FromMinutes(minutes) : options.TimeLimit;
        var age = time.GetUtcNow() - submitted.Since;
        if (age > limit)
        {
            await cluster.KillAsync(submitted.Driver!, cancellationToken);
            throw new WorkFailedException($"It ran for longer than {limit.TotalMinutes:0} minutes and was ended{(status.WaitsForCores ? "; it was waiting for cores of the cluster" : "")}.", "Give it more time (timeLimit) or more cores; what it wrote is not complete, so name another prefix.");
        }

        context.Report(status.State == DriverState.Submitted ? "waiting" : "running", status.TasksDone ?? 0, status.Tasks ?? 0, "tasks", 0.05, 0.95);
        var wait = TimeSpan.FromTicks(Math.Clamp(age.Ticks / 20, options.Poll.Least.Ticks, options.Poll.Most.Ticks));
        return new StepOutcome.Later(Element(submitted), After: wait, Why: status.WaitsForCores
            ? new WorkProblem("It waits for cores: others have all that the cluster has.", "It goes on by itself when some are free; else end what holds them, or set Spark:Cores so that jobs wait for each other.")
            : null);
    }

    private async Task<StepOutcome> EndedAsync(JobCheckpoint submitted)
    {
        context.Report("collecting", 0, 0, "tasks", 0.95, 1);
        if (_job.Kind == JobKind.Summary) return await SummarisedAsync(submitted, new ClusterSummary(places, _job, Id, _ofDataset, cancellationToken));
        if (_job.Output is not null && !await places.IsCompleteAsync(_job.Output, cancellationToken))
            throw new WorkFailedException($"Its driver ended well, but there is no _SUCCESS in {_job.Output.Location}: somebody else has written or deleted there.", "Submit it again, to a prefix that holds nothing.");
        var outcome = await new JobCollector(places, cluster).CollectAsync(_job, Id, submitted, cancellationToken);
        if (submitted.Inputs?.Where(input => input.Turned is not null).ToList() is { Count: > 0 } turned)
        {
            var problems = turned.SelectMany(input => input.Problems).ToList();
            outcome = outcome with { Corrupt = (outcome.Corrupt ?? 0) + turned.Sum(input => input.Corrupt), Problems = problems is [] ? null : problems };
            await places.DeleteTurnedAsync(Id, cancellationToken);
        }

        await context.EnsureHeldAsync(cancellationToken);
        await places.PutInForceAsync(context.Record.JobInput(), Id, submitted.Reads, cancellationToken);
        return new StepOutcome.Done(JsonSerializer.SerializeToElement(outcome, JobJson.Default.JobOutcome));
    }

    /// <summary>After the first script comes the second, or the first again where its inputs have to be turned into lines; after the second the summary.</summary>
    private async Task<StepOutcome> SummarisedAsync(JobCheckpoint submitted, ClusterSummary summary)
    {
        var inputs = submitted.Inputs ?? [];
        if (submitted.Phase > 0)
        {
            // Where this is done again, what the summary was made of may be gone.
            var kept = await places.FindSummaryAsync(Id, cancellationToken) ?? await summary.CollectAsync(inputs);
            await places.DeleteSummaryPartsAsync(Id, cancellationToken);
            await places.DeleteTurnedAsync(Id, cancellationToken);
            return new StepOutcome.Done(JsonSerializer.SerializeToElement(JobOutcome.Of(kept), JobJson.Default.JobOutcome));
        }

        var plan = await summary.PlanAsync();
        if (ClusterSummary.HasBroken(plan, inputs))
        {
            await places.DeleteScriptAsync(Id, submitted.Attempt, cancellationToken);
            return Next(new JobCheckpoint(JobStage.Looking, submitted.Attempt + 1, time.GetUtcNow()) { Submissions = submitted.Submissions, Vanished = submitted.Vanished, Inputs = await summary.ToBeTurnedAsync(inputs) });
        }

        if (plan.Count == 0) throw KeptSummary.Nothing(_job, [.. plan.Files.Select(SummarisedFile.Of)]);
        await summary.PutPlanAsync(plan);
        return await AnotherAsync(submitted with { Phase = 1 });
    }

    private async Task<StepOutcome> FailedAsync(JobCheckpoint submitted, string? reason)
    {
        var noScript = reason?.Contains(NoScript, StringComparison.Ordinal) == true;
        if (noScript && submitted.Fenced is not null) return await AnotherAsync(submitted); // it was taken away from it
        // What Spark has a class for is the job's fault, or its data's, and would come again.
        if (noScript || reason?.StartsWith('[') == true || submitted.Vanished >= options.Retries)
            throw new WorkFailedException(reason is null ? "Its driver vanished." : AsSentence(reason), reason?.StartsWith('[') == true ? "Correct what that names, then submit the job again." : "See its log (job log), then submit the job again; what it may have written is not complete.");
        // All that is there is the dead driver's: it was empty before.
        if (_job.Output is not null) await places.DeleteOutputAsync(_job.Output, cancellationToken);

        return await AnotherAsync(submitted with { Vanished = submitted.Vanished + 1 });
    }

    private async Task<StepOutcome> AnotherAsync(JobCheckpoint before)
    {
        if (before.Attempt >= MostAttempts) throw new WorkFailedException($"It was tried {before.Attempt} times.", "See the cluster's logs, then submit it again.");
        await places.DeleteScriptAsync(Id, before.Attempt, cancellationToken);
        return await IntendAsync(before with { Attempt = before.Attempt + 1 });
    }

    private IReadOnlyDictionary<string, string> Properties()
    {
        try
        {
            return places.PropertiesOf(_job);
        }
        catch (BucketKeysException e)
        {
            throw new WorkFailedException(e.Message, "Then submit the job again.", e);
        }
    }

    // Lines and places are those of the script, which nobody wrote who asks.
    private static string AsSentence(string reason)
    {
        var said = InScript().Replace(reason, "").TrimEnd();
        return said.EndsWith('.') || said.EndsWith(')') ? said : said + ".";
    }

    [GeneratedRegex(@"[.;]*;? line \d+ pos \d+$", RegexOptions.CultureInvariant)]
    private static partial Regex InScript();

    private static int Cores(SparkResources resources) => resources.Cores + resources.DriverCores;

    private WorkProblem Unanswered(Exception e) => new(e.Message, $"It is asked again by itself, for {options.Patience.TotalMinutes:0} minutes at most; see that the cluster runs, and that Spark:Master, Spark:Endpoint and Spark:Ui are right.");

    private static JsonElement Element(JobCheckpoint checkpoint) => JsonSerializer.SerializeToElement(checkpoint, JobJson.Default.JobCheckpoint);

    private static StepOutcome.Next Next(JobCheckpoint checkpoint) => new(Element(checkpoint));
}
