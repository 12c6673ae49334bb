using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.Pipeline;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Sql;
using Microsoft.Extensions.DependencyInjection;

namespace KubeMetrics.Cli.Commands;

/// <summary><c>kubemetrics job submit|list|status|log|cancel</c>: jobs on the cluster that settings name.</summary>
internal static class JobCommand
{
    public const string Name = "job";

    public static Command Create(Func<Screen> screen) => new(Name, "Run jobs, on a Spark cluster or in process: copy, etl, query, summary, probe")
    {
        Submit(screen), List(screen), Status(screen), Log(screen), Cancel(screen),
    };

    private static Command Submit(Func<Screen> screen)
    {
        var file = new Argument<string>("FILE") { Description = "The job as JSON, '-' for standard input; docs/spark.md tells how it is written" };
        var leave = new Option<bool>("--no-wait") { Description = "Only write it down, for a host that runs (kubemetrics serve)" };
        return Command("submit", "Submit a job, and follow it to its end", screen, [file], [leave], async (at, parsed, services, json, cancellationToken) =>
        {
            var job = await ReadAsync(parsed.GetValue(file)!, cancellationToken);
            var record = await Refusing(() => services.GetRequiredService<JobService>().StartAsync(job, null, cancellationToken, anyFolder: true));
            if (parsed.GetValue(leave)) at.Output.WriteLine(json ? Json(record) : record.Id);
            else
            {
                at.Note($"job {record.Id}; give it up: kubemetrics job cancel {record.Id}");
                record = await FollowAsync(at, services, record.Id, cancellationToken);
                if (json) at.Output.WriteLine(Json(record));
                return Show(at, JobView.Of(record), quiet: json);
            }

            return ExitCode.Done;
        });
    }

    private static Command List(Func<Screen> screen)
    {
        var limit = new Option<int>("--limit") { Description = "At most so many, the newest first", HelpName = "50", DefaultValueFactory = _ => 50 };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1000) result.AddError("--limit takes a whole number from 1 to 1000.");
        });
        return Command("list", "Jobs, the newest first", screen, [], [limit], async (at, parsed, services, json, cancellationToken) =>
        {
            var jobs = (await services.GetRequiredService<JobService>().ListAsync(parsed.GetValue(limit), cancellationToken)).Select(JobView.Brief).ToList();
            if (json) at.Output.WriteLine(JsonSerializer.Serialize(new JobList(jobs), ApiJson.Plain.JobList));
            else if (jobs.Count == 0) at.Note("There are no jobs.");
            else foreach (var job in jobs) at.Output.WriteLine($"{job.Id}  {Word(job.State),-9}  {Word(job.Job.Kind),-7}  {job.Created.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}  {Charts.SafeText.Line(job.Job.Output?.Location ?? "")}".TrimEnd());
            return ExitCode.Done;
        });
    }

    private static Command Status(Func<Screen> screen)
    {
        var id = Id();
        return Command("status", "What has become of a job; exits with 1 where it has failed", screen, [id], [], async (at, parsed, services, json, cancellationToken) =>
        {
            var record = await Refusing(() => services.GetRequiredService<JobService>().GetAsync(parsed.GetValue(id)!, cancellationToken));
            if (json) at.Output.WriteLine(Json(record));
            return Show(at, JobView.Of(record), quiet: json);
        });
    }

    private static Command Log(Func<Screen> screen)
    {
        var id = Id();
        var command = Command("log", "A job's script, and the end of what its driver wrote", screen, [id], [], async (at, parsed, services, json, cancellationToken) =>
        {
            var log = await Refusing(() => services.GetRequiredService<JobService>().LogAsync(parsed.GetValue(id)!, cancellationToken));
            if (json) at.Output.WriteLine(JsonSerializer.Serialize(log, ApiJson.Plain.JobLog));
            else foreach (var line in $"{log.Script}{log.Output}{log.Errors}".Split('\n')) at.Output.WriteLine(Charts.SafeText.Line(line));
            return ExitCode.Done;
        });
        command.Aliases.Add("logs");
        return command;
    }

    private static Command Cancel(Func<Screen> screen)
    {
        var id = Id();
        return Command("cancel", "Give a job up, and end its driver; what it wrote is not complete", screen, [id], [], async (at, parsed, services, json, cancellationToken) =>
        {
            var record = await Refusing(() => services.GetRequiredService<JobService>().CancelAsync(parsed.GetValue(id)!, cancellationToken));
            at.Output.WriteLine(json ? Json(record) : record.IsOpen ? $"The job {record.Id} will end soon." : $"The job {record.Id} is cancelled.");
            return ExitCode.Done;
        });
    }

    private static Command Command(
        string name, string description, Func<Screen> screen, IReadOnlyList<Argument> arguments, IReadOnlyList<Option> more,
        Func<Screen, ParseResult, ServiceProvider, bool, CancellationToken, Task<int>> run)
    {
        var (settings, json) = (HostArguments.Settings(), SharedOptions.Json());
        var state = new Option<string?>("--state") { Description = "Where jobs are kept (State)", HelpName = "s3://bucket/prefix" };
        var command = new Command(name, description);
        foreach (var argument in arguments) command.Arguments.Add(argument);
        foreach (var option in (IEnumerable<Option>)[.. more, state, settings, json]) command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = HostArguments.Read(screen(), parsed.GetValue(settings), SettingsSource.Of(parsed.GetValue(state) is { } place ? [("State", place, state.Name)] : []));
            await using var services = Services(options);
            return await run(screen(), parsed, services, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    /// <summary>What does jobs, of settings.</summary>
    internal static ServiceProvider Services(KubeMetricsOptions options) => new ServiceCollection().AddLogging().AddSingleton<ISeriesEngine, SeriesEngine>().AddKubeMetrics(options).BuildServiceProvider();

    private static Argument<string> Id() => new("ID") { Description = "The job, as submit or list name it" };

    private static async Task<Job> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            if (Directory.Exists(file)) throw new Failure($"{file} is a folder; name the file that the job is in.", ExitCode.Usage);
            await using var stream = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
            using var text = new MemoryStream();
            await stream.CopyToAsync(text, cancellationToken);
            return RequestBody.Parse(text.ToArray(), ApiJson.Plain.Job);
        }
        catch (BodyException e)
        {
            throw new Failure($"{(file == "-" ? "standard input" : file)} is no job: {e.Message.Replace("The body", "It", StringComparison.Ordinal)} {e.Remedy} docs/spark.md tells how one is written.", ExitCode.Usage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Failure($"{file} can't be read: {e.Message}", ExitCode.Usage);
        }
    }

    internal static async Task<T> Refusing<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (RefusedException e)
        {
            throw new Failure($"{e.Message} {e.Remedy}", ExitCode.Usage);
        }
    }

    /// <summary>Does the work, whoever else may want to, and says what becomes of it.</summary>
    internal static async Task<WorkRecord> FollowAsync(Screen at, ServiceProvider services, string id, CancellationToken cancellationToken)
    {
        using var listener = services.GetRequiredService<WorkFeed>().Listen();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var telling = TellAsync(at, listener, id, ended.Token);
        try
        {
            return await OwnWork.DoAsync(at, services, id, token => Refusing(() => services.GetRequiredService<JobService>().GetAsync(id, token)), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            var here = (await Refusing(() => services.GetRequiredService<JobService>().GetAsync(id, CancellationToken.None))) is var left && JobView.Of(left).Job.Engine == JobEngine.InProcess;
            throw new Failure(
                here ? $"no longer done here; a host that runs on the same state goes on with it (kubemetrics serve). See: kubemetrics job status {id}. Give it up: kubemetrics job cancel {id}"
                : $"no longer followed; the job goes on. See: kubemetrics job status {id}. End it: kubemetrics job cancel {id}", ExitCode.Cancelled);
        }
        finally
        {
            await ended.CancelAsync();
            await telling;
        }
    }

    private static async Task TellAsync(Screen at, WorkFeed.Subscription listener, string id, CancellationToken ended)
    {
        var last = "";
        try
        {
            await foreach (var record in listener.Records.ReadAllAsync(ended))
            {
                if (record.Id != id || !record.IsOpen) continue;
                var view = JobView.Of(record);
                var line = $"{Word(view.State)}{(view.Driver is null ? "" : $" as {view.Driver}")}{(view.Tasks is > 0 ? $", {view.TasksDone} of {view.Tasks} tasks" : "")}{(view.Problem is { } problem ? $": {problem.Detail} {problem.Remedy}" : "")}";
                if (line != last) at.Note(last = line);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // there is nothing more to tell
        }
    }

    internal static int Show(Screen at, JobView job, bool quiet)
    {
        if (job.State is JobState.Failed or JobState.Lost) throw new Failure($"The job {job.Id} {(job.State == JobState.Lost ? "is lost" : "has failed")}: {job.Problem!.Detail} {job.Problem.Remedy}");
        var code = job.State == JobState.Cancelled ? ExitCode.Failed : job.Result is { Corrupt: > 0 } or { Problems: not null } ? ExitCode.Partial : ExitCode.Done;
        if (quiet) return code;
        at.Output.WriteLine($"state     {Word(job.State)}{(job.Tasks is > 0 && job.State == JobState.Running ? $", {job.TasksDone} of {job.Tasks} tasks" : "")}");
        if (job.Problem is { } problem) at.Output.WriteLine($"waits     {problem.Detail} {problem.Remedy}");
        if (job.Driver is not null) at.Output.WriteLine($"driver    {job.Driver}, attempt {job.Attempt}");
        if (job.Result is not { } result) return ExitCode.Done;
        if (result.Spark is not null) at.Output.WriteLine($"Spark     {result.Spark}");
        foreach (var (host, tasks) in result.Hosts ?? new Dictionary<string, long>()) at.Output.WriteLine($"host      {host}: {tasks} of 100 tasks");
        if (result.Groups is { } groups)
        {
            var table = new TerminalTable([new TerminalColumn("group", Right: false), .. ((string[])["n", "median", "p90", "p99", "mean", "sd"]).Select(name => new TerminalColumn(name, Right: true))]);
            foreach (var group in groups)
            {
                var unit = new Unit(Enum.Parse<Dimension>(group.Dimension, ignoreCase: true), group.ToBase, group.PerSecond);
                table.Add([Charts.SafeText.Line(group.Name), HumanNumber.Count(group.Count), .. ((double?[])[group.Median, group.P90, group.P99, group.Mean, group.StandardDeviation]).Select(value => value is { } number ? HumanNumber.Format(number, unit) : "")]);
            }

            table.Write(at.Output, at.Width, at.Bold);
            if (result.GroupCount > groups.Count) at.Note($"There are {HumanNumber.Count(result.GroupCount.Value)} groups; these are the first.");
        }

        if (result.Groups is null && result.Records is { } records) at.Output.WriteLine($"records   {HumanNumber.Count(records)}{(result.Corrupt is > 0 ? $", and {HumanNumber.Count(result.Corrupt.Value)} that could not be read, left out" : "")}");
        foreach (var told in result.Problems ?? []) at.Note(told);
        if (result.Files is { } files) at.Output.WriteLine($"wrote     {HumanNumber.Count(files)} file{(files == 1 ? "" : "s")}, {HumanNumber.Format(result.Bytes ?? 0, new Unit(Dimension.Bytes))}, to {Charts.SafeText.Line(job.Job.Output!.Location)}");
        foreach (var column in result.Columns ?? []) at.Output.WriteLine($"column    {Charts.SafeText.Line(column.Name)} {column.Type}");
        foreach (var row in result.Rows ?? []) at.Output.WriteLine(row.GetRawText());
        if (result.MoreRows) at.Note("There are more rows; name an output to have them all.");
        return code;
    }

    private static string Json(WorkRecord record) => JsonSerializer.Serialize(JobView.Of(record), ApiJson.Plain.JobView);

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
