using System.Security.Cryptography;
using System.Text;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Orchestration.InProcess;

/// <summary>How far records are written: what a conversion goes on from.</summary>
internal sealed record Converted
{
    /// <summary>Names the files that are read, and their versions: where others are there the next time, it begins anew.</summary>
    public required string Inputs { get; init; }

    /// <summary>Records of each file, as far as they were counted.</summary>
    public IReadOnlyList<long> Counts { get; init; } = [];

    /// <summary>The names of all labels that were seen while counting.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Files that were read to their end.</summary>
    public int Files { get; init; }

    /// <summary>Records of the next file that are written already.</summary>
    public long Skip { get; init; }

    /// <summary>Parts that are written.</summary>
    public int Parts { get; init; }

    /// <summary>Records that are written.</summary>
    public long Records { get; init; }

    /// <summary>Records that could not be read.</summary>
    public long Corrupt { get; init; }

    /// <summary>The first of them, in words.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>The first thing that is whole, but no record of the form that is read.</summary>
    public string? NotSeries { get; init; }

    /// <summary>Columns that were asked for and that no record had, by their numbers; null before any was read.</summary>
    public IReadOnlyList<int>? Unseen { get; init; }

    /// <summary>Bytes that are stored.</summary>
    public long Bytes { get; init; }
}

/// <summary>
/// Reads files of one form and writes their records in another: a part a file, the files side by side; or, where their number is said, so
/// many parts of equal size, one after another while the earlier ones are still compressed and stored. It can be stopped between parts and
/// gone on with later: a part that is written twice is the same object.
/// </summary>
internal sealed class Conversion(
    IReadOnlyList<InputObject> inputs, RecordSource source, IObjectStore store, string prefix, string id, JobOutput output, JobForm form,
    Action<long> onRead, Func<bool> isTimeUp, CancellationToken cancellationToken)
{
    private const int MostTold = 10;

    /// <summary>By which names end, where lines of it are written as they are; else the form itself.</summary>
    internal JobForm? Named { get; init; }

    /// <summary>Whether records have to be counted before they are written.</summary>
    internal bool Counts => output.Files is not null || (form == JobForm.Parquet && source.Columns.Any(column => column.Kind == ColumnKind.Labels));

    /// <summary>Names files and their versions.</summary>
    internal static string NameOf(IReadOnlyList<InputObject> inputs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var input in inputs) hash.AppendData(Encoding.UTF8.GetBytes($"{input.Name}\n{input.ETag}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Counts the records of files, several at once, until all are counted or the time is up.</summary>
    internal async Task<Converted> CountAsync(Converted at)
    {
        while (at.Counts.Count < inputs.Count && (at.Counts.Count == 0 || !isTimeUp()))
        {
            var some = inputs.Skip(at.Counts.Count).Take(4 * Environment.ProcessorCount).ToList();
            var (counts, labels) = (new long[some.Count], new HashSet<string>(at.Labels, StringComparer.Ordinal));
            var ofLabels = Enumerable.Range(0, source.Columns.Count).Where(i => source.Columns[i].Kind == ColumnKind.Labels).ToArray();
            await EachAsync(some.Count, async (i, token) =>
            {
                await InputFile.ReadAsync(some[i], onRead, text => source.Read(text, some[i].Name, record =>
                {
                    counts[i]++;
                    foreach (var column in ofLabels)
                        foreach (var (name, _) in (IReadOnlyList<KeyValuePair<string, string>>)record[column]!)
                            lock (labels)
                                labels.Add(name);
                }, token), token);
            });
            at = at with { Counts = [.. at.Counts, .. counts], Labels = [.. labels.Order(StringComparer.Ordinal)] };
        }

        return at;
    }

    /// <summary>Writes parts until all are written or the time is up.</summary>
    internal async Task<Converted> WriteAsync(Converted at)
    {
        var written = await (output.Files is { } files ? WriteEquallyAsync(at, files) : WriteEachAsync(at));
        return written with { Unseen = [.. source.Unseen.Where(column => at.Unseen?.Contains(column) != false)] };
    }

    private async Task<Converted> WriteEachAsync(Converted at)
    {
        for (var began = at.Files; at.Files < inputs.Count && (at.Files == began || !isTimeUp());)
        {
            var (from, count) = (at.Files, Math.Min(4 * Environment.ProcessorCount, inputs.Count - at.Files));
            var written = new (RecordsRead Read, long Records, long Bytes)[count];
            await EachAsync(count, async (i, token) => written[i] = await WriteOneAsync(inputs[from + i], from + i, at.Labels, token));
            foreach (var (read, records, bytes) in written)
                at = Read(at, read) with { Parts = at.Parts + (records > 0 ? 1 : 0), Records = at.Records + records, Bytes = at.Bytes + bytes };
        }

        return at;
    }

    private async Task<(RecordsRead Read, long Records, long Bytes)> WriteOneAsync(InputObject input, int number, IReadOnlyList<string> labels, CancellationToken token)
    {
        Part? part = null; // a file without a record makes no part
        try
        {
            var read = await InputFile.ReadAsync(input, onRead, text => source.Read(text, input.Name, record => (part ??= Begin(number, labels, token)).Write(record), token), token);
            return (read, part?.Records ?? 0, part is null ? 0 : await part.EndAsync());
        }
        catch (Exception e)
        {
            if (part is not null) await part.AbandonAsync(e);
            throw;
        }
    }

    private async Task<Converted> WriteEquallyAsync(Converted at, int files)
    {
        var total = at.Counts.Sum();
        var parts = (int)Math.Min(files, total);
        long End(int number) => (long)((Int128)total * (number + 1) / parts); // the record behind a part's last
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var room = new SemaphoreSlim(Environment.ProcessorCount + 1);
        var (ending, part, number, began) = (new List<Task<long>>(), (Part?)null, at.Parts, at.Parts);
        var record = at.Records;
        try
        {
            while (at.Files < inputs.Count)
            {
                var (input, skip, taken) = (inputs[at.Files], at.Skip, 0L);
                RecordsRead read;
                try
                {
                    read = await InputFile.ReadAsync(input, onRead, text => source.Read(text, input.Name, Take, stop.Token), stop.Token);
                }
                catch (EnoughException)
                {
                    at = at with { Skip = taken };
                    break;
                }

                at = Read(at, read) with { Skip = 0 };

                void Take(object?[] values)
                {
                    if (taken++ < skip) return;
                    if (part is null)
                    {
                        // Between two parts nothing is half done.
                        if (number > began && isTimeUp())
                        {
                            taken--;
                            throw new EnoughException();
                        }

                        room.Wait(stop.Token);
                        part = Begin(number, at.Labels, stop.Token);
                    }

                    part.Write(values);
                    record++;
                    if (number >= parts || record < End(number)) return;
                    var whole = part;
                    (part, number) = (null, number + 1);
                    lock (ending) ending.Add(EndAsync(whole));
                }
            }

            if (part is not null) throw new IOException("What is read has changed while it was read."); // it was longer when it was counted
            return at with { Parts = number, Records = record, Bytes = at.Bytes + (await Task.WhenAll(ending)).Sum() };
        }
        catch (Exception e)
        {
            await stop.CancelAsync();
            if (part is not null) await part.AbandonAsync(e);
            foreach (Task one in ending) await one.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // What failed first is the reason; that all else was given up is not.
            if (ending.Find(one => one.IsFaulted) is { } failed && !cancellationToken.IsCancellationRequested) await failed;
            throw;
        }

        async Task<long> EndAsync(Part whole)
        {
            try
            {
                return await whole.EndAsync();
            }
            catch
            {
                await stop.CancelAsync(); // the others are in vain
                throw;
            }
            finally
            {
                room.Release();
            }
        }
    }

    private Converted Read(Converted at, RecordsRead read) => at with
    {
        Files = at.Files + 1,
        Corrupt = at.Corrupt + read.Corrupt,
        NotSeries = at.NotSeries ?? read.Other,
        Problems = [.. at.Problems.Concat(read.Problems).Take(MostTold)],
    };

    private Part Begin(int number, IReadOnlyList<string> labels, CancellationToken token)
    {
        var of = new PartForm(form, output.Compression, output.Header, labels) { Named = Named ?? form };
        return Part.Begin(store, Part.NameOf(prefix, number, id, of.Extension), of, source.Columns, token);
    }

    private Task EachAsync(int count, Func<int, CancellationToken, Task> one) =>
        Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, async (i, token) => await one(i, token));

    /// <summary>The time is up: reading ends here.</summary>
    private sealed class EnoughException : Exception;
}
