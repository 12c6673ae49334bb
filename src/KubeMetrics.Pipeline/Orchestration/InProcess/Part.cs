using System.Globalization;
using System.IO.Compression;
using System.IO.Pipelines;
using ICSharpCode.SharpZipLib.BZip2;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Orchestration.InProcess;

/// <summary>
/// One object of a result, written while it is stored: records go in at one end, on a thread that reads them; on another they are compressed
/// and stored. The object is seen whole or not at all.
/// </summary>
internal sealed class Part
{
    // Between the two threads at most.
    private const int Room = 8 << 20;
    private const int Often = 1 << 16;

    private readonly Pipe _text = new(new PipeOptions(pauseWriterThreshold: Room, resumeWriterThreshold: Room / 2, useSynchronizationContext: false));
    private readonly RecordWriter _records;
    private readonly Task<long> _stored;

    private Part(IObjectStore store, string key, PartForm form, IReadOnlyList<RecordColumn> columns, CancellationToken cancellationToken)
    {
        _records = form.Form == JobForm.Parquet
            ? new ParquetRecords(columns, form.Labels, form.Compression, _text.Writer.AsStream(leaveOpen: true), cancellationToken)
            : RecordWriter.Of(form.Form, form.Header, columns, _text.Writer);
        _stored = Task.Run(() => StoreAsync(store, key, form, cancellationToken), cancellationToken);
    }

    /// <summary>How many records it has.</summary>
    internal long Records { get; private set; }

    /// <summary>The name of a part.</summary>
    internal static string NameOf(string prefix, int number, string id, string extension) => $"{ObjectKey.AsPrefix(prefix)}part-{number.ToString("00000", CultureInfo.InvariantCulture)}-{id}{extension}";

    /// <summary>Begins one.</summary>
    internal static Part Begin(IObjectStore store, string key, PartForm form, IReadOnlyList<RecordColumn> columns, CancellationToken cancellationToken) => new(store, key, form, columns, cancellationToken);

    /// <summary>Writes a record; waits where storing is behind.</summary>
    internal void Write(object?[] record)
    {
        _records.Write(record);
        Records++;
        if (_text.Writer.UnflushedBytes > Often) _text.Writer.FlushAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Ends it, and waits until it is stored.</summary>
    /// <returns>Its size.</returns>
    internal async Task<long> EndAsync()
    {
        await _records.EndAsync();
        await _text.Writer.CompleteAsync();
        return await _stored;
    }

    /// <summary>Stores what is written to a stream.</summary>
    /// <returns>What the writing returned, and the object's size.</returns>
    internal static async Task<(T Result, long Size)> StoreAsync<T>(IObjectStore store, string key, PartForm form, Func<Stream, Task<T>> write, CancellationToken cancellationToken)
    {
        var part = new Part(store, key, form with { Form = JobForm.Text }, [], cancellationToken);
        try
        {
            var result = await write(part._text.Writer.AsStream(leaveOpen: true));
            return (result, await part.EndAsync());
        }
        catch (Exception e)
        {
            await part.AbandonAsync(e);
            throw;
        }
    }

    /// <summary>Gives it up: nothing is stored.</summary>
    internal async Task AbandonAsync(Exception why)
    {
        await _text.Writer.CompleteAsync(new IOException("The part was given up.", why));
        try
        {
            await _stored;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // why it was is known to whoever gave it up
        }
    }

    private async Task<long> StoreAsync(IObjectStore store, string key, PartForm form, CancellationToken cancellationToken)
    {
        var packed = new Pipe(new PipeOptions(pauseWriterThreshold: Room, resumeWriterThreshold: Room / 2, useSynchronizationContext: false));
        long size = 0;
        var packing = Task.Run(PackAsync, cancellationToken);
        try
        {
            await store.PutAsync(key, new Counted(packed.Reader.AsStream(), read => size = read), new PutOptions { ContentType = form.ContentType }, cancellationToken);
        }
        finally
        {
            await packed.Reader.CompleteAsync();
            await packing;
            await _text.Reader.CompleteAsync(); // nobody waits for room any more
        }

        return size;

        async Task PackAsync()
        {
            try
            {
                await using (var into = form.Pack(packed.Writer.AsStream(leaveOpen: true))) await _text.Reader.CopyToAsync(into, cancellationToken);
                await packed.Writer.CompleteAsync();
            }
            catch (Exception e)
            {
                await packed.Writer.CompleteAsync(e is IOException ? e : new IOException(e.Message, e));
                await _text.Reader.CompleteAsync();
            }
        }
    }
}

/// <summary>How the objects of a result are written.</summary>
/// <param name="Form">Their form.</param>
/// <param name="Compression">Their compression; null for none (of Parquet: snappy).</param>
/// <param name="Header">Whether the first line names the columns.</param>
/// <param name="Labels">Of Parquet: the names of all labels.</param>
internal sealed record PartForm(JobForm Form, JobCompression? Compression, bool Header, IReadOnlyCollection<string> Labels)
{
    // Parquet compresses within.
    private JobCompression Packing => Form == JobForm.Parquet ? JobCompression.None : Compression ?? JobCompression.None;

    /// <summary>What their names and content types say they are.</summary>
    internal JobForm Named { get; init; } = Form;

    /// <summary>How their names end.</summary>
    internal string Extension => Named switch
    {
        JobForm.Json => ".json",
        JobForm.Csv => ".csv",
        JobForm.Tsv => ".tsv",
        JobForm.Text => ".txt",
        _ => ".parquet",
    } + Packing switch
    {
        JobCompression.Gzip => ".gz",
        JobCompression.Bzip2 => ".bz2",
        _ => "",
    };

    internal string ContentType => Packing switch
    {
        JobCompression.Gzip => "application/gzip",
        JobCompression.Bzip2 => "application/x-bzip2",
        _ => Named switch
        {
            JobForm.Json => "application/x-ndjson",
            JobForm.Csv => "text/csv",
            JobForm.Tsv => "text/tab-separated-values",
            JobForm.Text => "text/plain",
            _ => "application/vnd.apache.parquet",
        },
    };

    /// <summary>A stream that compresses into another, which stays open.</summary>
    internal Stream Pack(Stream into) => Packing switch
    {
        JobCompression.Gzip => new GZipStream(into, CompressionLevel.Optimal, leaveOpen: true),
        JobCompression.Bzip2 => new BZip2OutputStream(into) { IsStreamOwner = false },
        _ => into,
    };
}
