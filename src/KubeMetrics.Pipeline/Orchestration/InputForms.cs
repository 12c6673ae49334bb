using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Orchestration.InProcess;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Prometheus;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Orchestration;

/// <summary>How the cluster is told to read an input of JSON.</summary>
/// <param name="Name">The input.</param>
internal sealed record ReadAs(string Name)
{
    /// <summary>Where it lies: where results replace each other, the one that was in force when the job began.</summary>
    public string Location { get; init; } = "";

    /// <summary>Whether each file is one value.</summary>
    public bool MultiLine { get; init; }

    /// <summary>Where its series were turned into lines; null where it is read where it lies.</summary>
    public string? Turned { get; init; }

    /// <summary>How far that is; null before it begins, and when it is done.</summary>
    public Converted? At { get; init; }

    /// <summary>Records that could not be read while it was turned.</summary>
    public long Corrupt { get; init; }

    /// <summary>The first of them, in words.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Whether it has to be turned still.</summary>
    internal bool IsOpen => Turned is not null && At is not null;
}

/// <summary>
/// Looks at inputs of JSON before a cluster reads them. Spark reads lines, or one value a file, and what lies otherwise it leaves out
/// without a word: the second object of a file, the series within an answer of Prometheus' API. So files are looked through, and where
/// Spark would misread one, the input's series are turned into lines by the program's own engine, beside the job.
/// </summary>
/// <param name="places">Where everything lies.</param>
/// <param name="id">The job.</param>
/// <param name="partial">Whether of a series that breaks off what there is of it counts, as in an analysis; else it is no record.</param>
/// <param name="dumps">Whether only names count that end as dumps' do.</param>
/// <param name="isTimeUp">Whether to stop between two parts.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class InputForms(JobPlaces places, string id, bool partial, bool dumps, Func<bool> isTimeUp, CancellationToken cancellationToken)
{
    // Of so much each file is looked through whole; of more those that begin as lines only so far: a line that can't be read is counted by Spark.
    private const long LookedThrough = 2L << 30, LookedInto = 1 << 20;

    // What Spark unpacks by a name's end and this program does not; what is in it is left to Spark.
    private static readonly string[] SparksOwn = [".zst", ".lz4", ".snappy", ".deflate"];

    /// <summary>Looks at an input.</summary>
    internal async Task<ReadAs> LookAsync(JobInput input)
    {
        var files = await places.FilesAsync(input, cancellationToken, dumps);
        var enough = files.Sum(file => file.Length) > LookedThrough ? LookedInto : long.MaxValue;
        var (byLines, asOne, odd) = (true, true, (string?)null);
        await Parallel.ForEachAsync(
            files.Where(file => !SparksOwn.Any(end => file.Name.EndsWith(end, StringComparison.OrdinalIgnoreCase))),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
            async (file, token) =>
            {
                if (Volatile.Read(ref odd) is not null) return;
                var layout = new JsonLayout(0, false, false, false);
                var read = await InputFile.ReadAsync(file, null, text =>
                {
                    layout = JsonLayout.Of(text, enough, token);
                    return RecordsRead.Whole;
                }, token);
                if (read.Corrupt > 0 || layout is { OnLines: false, OneWhole: false } || !await IsNamedAsPackedAsync(file, token)) Volatile.Write(ref odd, file.Name);
                if (!layout.OnLines) Volatile.Write(ref byLines, false);
                if (!layout.OneWhole) Volatile.Write(ref asOne, false);
            });
        return odd is null && (byLines || asOne) ? new ReadAs(input.Name) { MultiLine = !byLines }
            : ToBeTurned(new ReadAs(input.Name), places, id, files);
    }

    /// <summary>An input whose series are to be turned into lines, from its first file on.</summary>
    internal static ReadAs ToBeTurned(ReadAs input, JobPlaces places, string id, IReadOnlyList<InputObject> files) => input with
    {
        MultiLine = false,
        Turned = places.Turned(id, input.Name).ToString(),
        At = new Converted { Inputs = Conversion.NameOf(files) },
    };

    /// <summary>Turns an input's series into lines, or goes on with it.</summary>
    /// <exception cref="WorkFailedException">Something in it is no series.</exception>
    internal async Task<ReadAs> TurnAsync(JobInput input, ReadAs of, Action<long, long> onRead)
    {
        var files = await places.FilesAsync(input, cancellationToken, dumps);
        var name = Conversion.NameOf(files);
        var at = of.At!;
        var (to, prefix) = places.State(places.Turned(id, input.Name));
        if (at.Inputs != name)
        {
            await to.DeleteAllAsync(prefix, _ => true, cancellationToken);
            at = new Converted { Inputs = name };
        }

        var (done, total) = (files.Take(at.Files).Sum(file => file.Length), files.Sum(file => file.Length));
        var output = new JobOutput { Location = of.Turned! };
        at = await new Conversion(files, SeriesSource.Of(null, partial), to, prefix, id, output, JobForm.Json, bytes => onRead(Math.Min(total, Interlocked.Add(ref done, bytes)), total), isTimeUp, cancellationToken).WriteAsync(at);
        if (at.Files < files.Count) return of with { At = at };
        if (at.NotSeries is { } other)
            throw new WorkFailedException(
                $"The files of {input.Location} are of a form that Spark would read in part: several values in a file that are not one a line, or files of different forms. Their series can be turned into lines, but {other.TrimEnd('.')}.",
                "Write them as one object a line, or take what is no series elsewhere; then submit the job again.");
        if (at.Records == 0 && !partial) throw new WorkFailedException($"There are no series in {input.Location}.{(at.Problems is [var first, ..] ? $" {first.TrimEnd('.')}." : "")}", "Name a place with Prometheus' dumps, or write other JSON as one object a line.");
        return of with { At = null, Corrupt = at.Corrupt, Problems = at.Problems };
    }

    /// <summary>Spark knows by a name's end how a file is packed, this program by its first bytes.</summary>
    private static async Task<bool> IsNamedAsPackedAsync(InputObject file, CancellationToken token)
    {
        var head = new byte[2];
        await using (var stream = await file.Open(token)) await stream.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, token);
        bool Ends(string end) => file.Name.EndsWith(end, StringComparison.OrdinalIgnoreCase);
        return (head is [0x1f, 0x8b]) == Ends(".gz") && (head is [(byte)'B', (byte)'Z']) == Ends(".bz2");
    }
}
