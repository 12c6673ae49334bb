using System.Net;

namespace KubeMetrics.Spark.Clusters.Livy;

/// <summary>
/// A cluster behind Apache Livy, which runs batches. A batch's name, the application's, is its driver's id here: Livy takes a name once
/// while it remembers it, so nothing runs twice, and after a restart it gives a batch's number to somebody else's.
/// </summary>
public sealed class LivyCluster : ISparkCluster
{
    private readonly LivyOptions _options;
    private readonly Batches _batches;
    private readonly Ghosts _ghosts;

    /// <summary>A Livy that is asked by a client.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="client">Sends the requests, with what a gateway before it wants to see.</param>
    /// <param name="time">What timeouts and ghosts' ages are measured by.</param>
    public LivyCluster(LivyOptions options, HttpClient client, TimeProvider time)
    {
        _options = options;
        _batches = new Batches(options.Endpoint, new ClusterHttp(client, options.Timeout, time));
        _ghosts = new Ghosts(options.GhostAge, time);
    }

    /// <inheritdoc/>
    public string Name => $"Livy at {_options.Endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/')}";

    /// <inheritdoc/>
    public async Task<string> SubmitAsync(SparkSubmission submission, CancellationToken cancellationToken)
    {
        var batch = new BatchRequest(
            submission.AppName,
            _options.Runner.Jar ?? _options.File,
            _options.Runner.MainClass,
            _options.Runner.Arguments(submission),
            submission.Resources.DriverMemory,
            submission.Resources.DriverCores,
            submission.Resources.ExecutorMemory,
            SafeProperties.Of(submission));
        if (await TryPostAsync(batch, cancellationToken)) return batch.Name;

        // Livy knows the name: by an earlier try whose answer was lost, or as a ghost's.
        if (await _batches.FindAsync(batch.Name, cancellationToken) is { } there)
        {
            var ghost = _ghosts.Is(there);
            if (!there.MayBeGhost) return batch.Name;
            if (!ghost) throw new ClusterUnreachableException($"{Name} has {batch.Name} and has not started it yet.");
            await _batches.DeleteAsync(there, cancellationToken);
        }

        return await TryPostAsync(batch, cancellationToken) ? batch.Name : throw new ClusterUnreachableException($"{Name} took {batch.Name} from somebody else at the same time.");
    }

    /// <inheritdoc/>
    public async Task<string?> FindAsync(string appName, DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (await _batches.FindAsync(AppNames.Checked(appName), cancellationToken) is not { } batch) return null;
        _ = _ghosts.Is(batch);
        return batch.MayBeGhost ? null : appName;
    }

    /// <inheritdoc/>
    public async Task<DriverStatus> StatusAsync(string driver, string appName, CancellationToken cancellationToken)
    {
        if (await _batches.FindAsync(AppNames.Checked(driver), cancellationToken) is not { } batch) return new DriverStatus(DriverState.Unknown);
        return batch.State switch
        {
            _ when _ghosts.Is(batch) => new DriverStatus(DriverState.Unknown, "Livy never started it."),
            "not_started" or "starting" => new DriverStatus(DriverState.Submitted),
            // "running" is said as soon as spark-submit was started.
            "running" or "recovering" or "busy" or "idle" or "shutting_down" => new DriverStatus(DriverState.Running),
            "success" => new DriverStatus(DriverState.Finished),
            "killed" => new DriverStatus(DriverState.Killed),
            "dead" or "error" => new DriverStatus(DriverState.Failed, await ReasonAsync(batch, cancellationToken)),
            _ => throw new ClusterUnreachableException($"{Name} says of {driver} what is not known here: {SparkReasons.OfMessage(batch.State)}"),
        };
    }

    /// <inheritdoc/>
    public async Task KillAsync(string driver, CancellationToken cancellationToken)
    {
        if (await _batches.FindAsync(AppNames.Checked(driver), cancellationToken) is { } batch) await _batches.DeleteAsync(batch, cancellationToken);
    }

    /// <summary>The end of what a driver wrote. Livy merges its two outputs; both stand in <see cref="DriverLog.Output"/>.</summary>
    /// <exception cref="ClusterUnreachableException">It does not answer.</exception>
    public async Task<DriverLog> LogAsync(string driver, CancellationToken cancellationToken) =>
        await _batches.FindAsync(AppNames.Checked(driver), cancellationToken) is { } batch ? Parted(await _batches.LogAsync(batch, cancellationToken)) : new DriverLog("", "");

    /// <summary>Posts a batch; false where Livy knows its name already.</summary>
    private async Task<bool> TryPostAsync(BatchRequest batch, CancellationToken cancellationToken)
    {
        ClusterAnswer answer;
        try
        {
            answer = await _batches.PostAsync(batch, cancellationToken);
        }
        catch (ClusterUnreachableException)
        {
            // The answer was lost; it may have been taken.
            if (await _batches.FindAsync(batch.Name, cancellationToken) is { MayBeGhost: false }) return true;
            throw;
        }

        if (answer.Status == HttpStatusCode.Created)
            return answer.Json(LivyJson.Default.Batch).Name == batch.Name ? true : throw answer.NotWhatItShould();
        if (Batches.WhatIsSaid(answer) is not { } said || (int)answer.Status >= 500 || answer.Status is HttpStatusCode.NotFound) throw Batches.Failed(answer);
        if (said.StartsWith("Duplicate session name", StringComparison.Ordinal)) return false;
        // "Rejected, too many sessions are being created!": it will take it later.
        if (said.Contains("too many sessions", StringComparison.OrdinalIgnoreCase)) throw Batches.Failed(answer);
        throw new ClusterRefusedException($"{answer.Endpoint} refuses: {said}. Look at what is submitted, and at Livy's settings.");
    }

    private async Task<string?> ReasonAsync(Batch batch, CancellationToken cancellationToken)
    {
        var log = batch.Log ?? [];
        try
        {
            log = await _batches.LogAsync(batch, cancellationToken);
        }
        catch (ClusterUnreachableException)
        {
            // the few lines that came with the batch may do
        }

        return SparkReasons.OfErrors(string.Join('\n', log)) ?? "It ended without a word: it was killed, or ran out of memory.";
    }

    private static DriverLog Parted(IReadOnlyList<string> lines)
    {
        const string Output = "stdout: ", Errors = "\nstderr: ";
        var at = lines.ToList().IndexOf(Errors);
        var output = lines.Take(at < 0 ? lines.Count : at).SkipWhile(line => line == Output);
        return new DriverLog(Text(output), at < 0 ? "" : Text(lines.Skip(at + 1)));

        static string Text(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));
    }
}
