using System.CommandLine;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.Pipeline;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Prometheus;
using Microsoft.Extensions.DependencyInjection;

namespace KubeMetrics.Cli.Commands;

/// <summary><c>kubemetrics ingest SRC DST</c>: objects from one place to another, checked on the way.</summary>
internal static class IngestCommand
{
    public const string Name = "ingest";

    // What stands on the line for what sentences are about.
    private static readonly Dictionary<string, string> Written = new()
    {
        ["dataset"] = "The dataset",
        ["source"] = "The source, the first PLACE",
        ["destination"] = "The destination, the second PLACE",
        ["include"] = "--include",
        ["exclude"] = "--exclude",
        ["maxBytes"] = "--max-bytes",
    };

    public static Command Create(Func<Screen> screen)
    {
        var places = new Argument<string[]>("PLACE") { Description = "From where and to where (s3://bucket/prefix, or a folder); or a dataset's name: its Source to its Location", Arity = new ArgumentArity(1, 2) };
        var include = Patterns("--include", "Only keys that match: * any characters but a slash, ** slashes too, ? one; may be given again");
        var exclude = Patterns("--exclude", "No keys that match; may be given again");
        var maxBytes = new Option<string?>("--max-bytes") { Description = "Copy nothing where it would be more than this", HelpName = "20GiB" };
        var mirror = new Option<bool>("--mirror") { Description = "Delete at the destination what the source has not, after everything was copied" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tell what would be copied and deleted" };
        var concurrency = new Option<string?>("--concurrency") { Description = "How many objects and parts at once (Ingest:Concurrency)", HelpName = "8" };
        var bandwidth = new Option<string?>("--bandwidth") { Description = "At most so much a second (Ingest:Bandwidth)", HelpName = "20MiB" };
        var state = new Option<string?>("--state") { Description = "Where to keep how far it is and what is known of copies (State)", HelpName = "folder" };
        var settings = HostArguments.Settings();
        var json = SharedOptions.Json();
        places.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (token.Value.StartsWith('-'))
                    result.AddError($"There is no option '{token.Value}'; --help lists those there are.");
        });
        var command = new Command(Name, "Copy objects from one place to another: checked on the way, gone on with after an interruption")
        {
            places, include, exclude, maxBytes, mirror, dryRun, concurrency, bandwidth, state, settings, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var over = new List<(string, string, string)>();
            foreach (var (key, option) in ((string, Option<string?>)[])[("Ingest:Concurrency", concurrency), ("Ingest:Bandwidth", bandwidth), ("State", state)])
                if (parsed.GetValue(option) is { } text)
                    over.Add((key, text, option.Name));
            var options = HostArguments.Read(screen(), parsed.GetValue(settings), SettingsSource.Of(over));
            var request = new IngestRequest
            {
                Include = parsed.GetValue(include),
                Exclude = parsed.GetValue(exclude),
                MaxBytes = parsed.GetValue(maxBytes),
                Mirror = parsed.GetValue(mirror),
                DryRun = parsed.GetValue(dryRun),
            };
            if (parsed.GetValue(places) is [var alone] && alone.Contains('/'))
                throw new Failure($"'{alone}' is one place, and a copy takes two: from where, and to where. One alone is a dataset's name.", ExitCode.Usage);
            request = parsed.GetValue(places) is [var dataset] ? request with { Dataset = dataset } : request with { Source = parsed.GetValue(places)![0], Destination = parsed.GetValue(places)![1] };
            try
            {
                return await RunAsync(screen(), options, request, parsed.GetValue(json), cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw new Failure("interrupted; nothing half-written was left. The same command, run again, goes on where it was.", ExitCode.Cancelled);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(Screen screen, KubeMetricsOptions options, IngestRequest request, bool json, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection().AddLogging().AddKubeMetrics(options).BuildServiceProvider();
        WorkRecord record;
        try
        {
            record = await services.GetRequiredService<IngestService>().StartAsync(request, null, cancellationToken, IngestAsker.AtTheLine(Written));
        }
        catch (RefusedException e)
        {
            throw new Failure($"{e.Message} {e.Remedy}", ExitCode.Usage);
        }

        if (record.Lease is { } lease) screen.Note($"{lease.Holder} does this already, or was killed doing it: going on with it as soon as it is free.");
        record = await FollowAsync(screen, services, record.Id, cancellationToken);
        if (json) screen.Output.WriteLine(System.Text.Json.JsonSerializer.Serialize(IngestView.Of(record), ApiJson.Plain.IngestView));
        return Show(screen, IngestView.Of(record), quiet: json);
    }

    /// <summary>Does the work, whoever else may want to, and shows how far it is.</summary>
    private static async Task<WorkRecord> FollowAsync(Screen screen, ServiceProvider services, string id, CancellationToken cancellationToken)
    {
        using var listener = services.GetRequiredService<WorkFeed>().Listen();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var run = OwnWork.DoAsync(screen, services, id, token => services.GetRequiredService<IngestService>().GetAsync(id, token), ended.Token);
        WorkProgress? copying = null;
        string? trouble = null;
        void Tell(WorkRecord told)
        {
            // What fails is tried again by itself; but who waits wants to know, once for each reason.
            var now = told.Progress?.Trouble ?? (told.State == WorkState.Queued ? told.Problem?.Detail : null);
            if (now is not null && now != trouble) screen.Note($"{now} Trying again.");
            trouble = now ?? trouble;
        }

        async Task<bool> UntilAsync(Func<WorkProgress, bool> wanted)
        {
            while (!run.IsCompleted)
            {
                var more = listener.Records.WaitToReadAsync(ended.Token).AsTask();
                await Task.WhenAny(run, more);
                while (!run.IsCompleted && listener.Records.TryRead(out var told))
                {
                    if (told.Id != id) continue;
                    Tell(told);
                    if (told.Progress is { } progress && wanted(copying = progress)) return true;
                }
            }

            return false;
        }

        if (await UntilAsync(progress => progress is { Step: "copying", Total: > 0 }))
        {
            await screen.WithProgress("Copying", copying!.Total, bytes: true, async report =>
            {
                await UntilAsync(progress =>
                {
                    if (progress.Step == copying.Step) report(progress.Done);
                    return progress.Step != "copying";
                });
                return true;
            });
        }

        var record = await run;
        await ended.CancelAsync();
        return record;
    }

    private static int Show(Screen screen, IngestView ingest, bool quiet)
    {
        switch (ingest.State)
        {
            case WorkState.Failed: throw new Failure($"{ingest.Problem!.Detail} {ingest.Problem.Remedy}");
            case WorkState.Cancelled: throw new Failure($"The ingest {ingest.Id} was cancelled; what was copied stays. Run it again to go on.");
            case WorkState.Replaced: throw new Failure($"The ingest {ingest.ReplacedBy} does the same; run it again when that is done.");
        }

        foreach (var one in ingest.Done.Failures) screen.Note($"{SafeLine(one.Key)} was not copied: {one.Reason}");
        if (!quiet) Write(screen, ingest);
        return ingest.Partial ? ExitCode.Partial : ExitCode.Done;
    }

    private static void Write(Screen screen, IngestView ingest)
    {
        var (plan, done) = (ingest.Plan!, ingest.Done);
        if (ingest.DryRun)
        {
            foreach (var one in plan.Objects) screen.Output.WriteLine($"{one.Action,-6}  {Size(one.Bytes),10}  {SafeLine(one.Key)}");
            var more = plan.Copy.Objects + plan.Delete.Objects - plan.Objects.Count;
            if (more > 0) screen.Output.WriteLine($"… and {HumanNumber.Count(more)} more");
            screen.Output.WriteLine($"Would copy {Many(plan.Copy)}{(ingest.Mirror ? $" and delete {Many(plan.Delete)}" : "")}; {Many(plan.Same)} are there already{LeftOut(plan)}.");
            return;
        }

        var seconds = (ingest.Finished - ingest.Started)?.TotalSeconds ?? 0;
        var rate = seconds > 0 && done.Copied.Bytes > 0 ? $" in {HumanNumber.Format(seconds, new Unit(Dimension.Time))}, {Size((long)(done.Copied.Bytes / seconds))} a second" : "";
        screen.Output.WriteLine($"Copied {Many(done.Copied)}{rate}; {Many(done.Same)} were there already{LeftOut(plan)}.");
        if (done.Copied.Objects > 0)
        {
            screen.Output.WriteLine(done.Unverified == 0
                ? $"{(done.Failed > 0 ? "All that were copied" : "All")} have the checksum that the source tells."
                : $"{HumanNumber.Count(done.Verified)} have the checksum that the source tells; of {HumanNumber.Count(done.Unverified)} it, or the destination, tells none that could be made again, so length and our own checksums are kept.");
        }

        if (done.Gone > 0) screen.Output.WriteLine($"{HumanNumber.Count(done.Gone)} were deleted from the source meanwhile.");
        if (ingest.Mirror) screen.Output.WriteLine(done.Failed > 0 ? "Nothing was deleted, since not everything could be copied." : $"Deleted {HumanNumber.Count(done.Deleted)} that the source has not.");
        if (done.Failed > 0) screen.Output.WriteLine($"{HumanNumber.Count(done.Failed)} could not be copied.");
    }

    private static string LeftOut(IngestPlan plan) => plan.LeftOut.Objects > 0 ? $", {Many(plan.LeftOut)} left out" : "";

    private static string Many(ObjectCount count) => $"{HumanNumber.Count(count.Objects)} object{(count.Objects == 1 ? "" : "s")} ({Size(count.Bytes)})";

    private static string Size(long bytes) => HumanNumber.Format(bytes, new Unit(Dimension.Bytes));

    private static string SafeLine(string text) => Charts.SafeText.Line(text);

    private static Option<string[]> Patterns(string name, string description) => new(name) { Description = description, HelpName = "pattern" };
}
