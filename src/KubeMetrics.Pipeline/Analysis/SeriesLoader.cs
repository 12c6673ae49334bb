using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>What was read of all inputs together.</summary>
/// <param name="Series">Every series that was wanted, merged over the inputs, in order of the labels.</param>
/// <param name="Files">What was found in each input, in the order the inputs were given.</param>
public sealed record LoadedSeries(IReadOnlyList<Series> Series, IReadOnlyList<FileReport> Files);

/// <summary>Reads many inputs on all cores. What is wrong with one is told in its report; the others are read all the same.</summary>
public static class SeriesLoader
{
    /// <summary>Reads and merges.</summary>
    /// <param name="inputs">What to read.</param>
    /// <param name="options">What of it is wanted; its parallelism is set here.</param>
    /// <param name="parallelism">How many threads, at least 1.</param>
    /// <param name="onBytes">Told the stored bytes read so far, from any thread; null where nobody asks.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<LoadedSeries> LoadAsync(
        IReadOnlyList<InputObject> inputs, ReadOptions options, int parallelism, Action<long>? onBytes, CancellationToken cancellationToken)
    {
        var collector = new SeriesCollector();
        var files = await ReadAsync(inputs, options, parallelism, collector.NewInput, onBytes, cancellationToken);
        return new LoadedSeries(collector.Collect(parallelism, cancellationToken), files);
    }

    /// <summary>Reads every input into a sink of its own; sinks are called from several threads at once.</summary>
    public static async Task<FileReport[]> ReadAsync(
        IReadOnlyList<InputObject> inputs, ReadOptions options, int parallelism, Func<SeriesSink> newSink, Action<long>? onBytes, CancellationToken cancellationToken)
    {
        var reports = new FileReport[inputs.Count];
        var count = Counter(onBytes);
        await OnAllCoresAsync(inputs, parallelism, async (i, threads, token) =>
            reports[i] = await ReadOneAsync(inputs[i], options with { Parallelism = threads }, newSink(), count, token), cancellationToken);
        return reports;
    }

    /// <summary>Adds bytes up, from any thread, and tells the sum; null where nobody asks.</summary>
    internal static Action<long>? Counter(Action<long>? onBytes)
    {
        long done = 0;
        return onBytes is null ? null : bytes => onBytes(Interlocked.Add(ref done, bytes));
    }

    /// <summary>Does something with each input, by its place in the list and with so many threads for it alone.</summary>
    internal static Task OnAllCoresAsync(IReadOnlyList<InputObject> inputs, int parallelism, Func<int, int, CancellationToken, ValueTask> read, CancellationToken cancellationToken)
    {
        var total = inputs.Sum(i => i.Length);

        // The largest first, so that no thread is left alone with it at the end.
        var order = Enumerable.Range(0, inputs.Count).OrderByDescending(i => inputs[i].Length).ToArray();
        return Parallel.ForEachAsync(order, new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken }, (i, token) =>
        {
            // A file that would keep one thread busy longer than its share is cut up over several.
            var threads = inputs[i].Length * parallelism > total || inputs.Count < parallelism ? parallelism : 1;
            return read(i, threads, token);
        });
    }

    /// <summary>Reads one input; <paramref name="onRead"/> is told the stored bytes of each read.</summary>
    internal static async ValueTask<FileReport> ReadOneAsync(
        InputObject input, ReadOptions options, SeriesSink sink, Action<long>? onRead, CancellationToken cancellationToken)
    {
        var (report, problem) = await InputText.ReadAsync(input, options.Parallelism, onRead,
            text => SeriesFile.Read(text, input.Name, options, sink, cancellationToken), cancellationToken);
        return report ?? new FileReport { Name = input.Name, Problems = [problem!], ProblemCount = 1 };
    }
}
