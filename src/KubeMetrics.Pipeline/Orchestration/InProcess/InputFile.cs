using System.Runtime.ExceptionServices;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Prometheus.Compression;

namespace KubeMetrics.Pipeline.Orchestration.InProcess;

/// <summary>Opens a file and has it read. What is damaged is told of that file; that a store fails is an error, since it may answer later.</summary>
internal static class InputFile
{
    /// <summary>Hands a file's text to a reader, on a thread of its own.</summary>
    /// <param name="input">What to open.</param>
    /// <param name="onRead">Told the stored bytes of each read; null where nobody asks.</param>
    /// <param name="read">Reads the text.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IOException">It can't be read now, or has changed since it was listed.</exception>
    internal static Task<RecordsRead> ReadAsync(InputObject input, Action<long>? onRead, Func<Stream, RecordsRead> read, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            await using var stored = new StoredStream(await input.Open(cancellationToken), onRead);
            RecordsRead result;
            try
            {
                using var text = Decompression.Open(stored, input.Name, Environment.ProcessorCount, cancellationToken);
                result = read(text);
            }
            catch (InvalidDataException e)
            {
                result = new RecordsRead(1, [e.Message]);
            }

            // Readers tell of what they can't read and go on; what the store could not give is no part of the file.
            stored.Failure?.Throw();
            return result;
        },
        cancellationToken);

    private sealed class StoredStream(Stream inner, Action<long>? onRead) : ForwardStream
    {
        internal ExceptionDispatchInfo? Failure { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            try
            {
                var read = inner.Read(buffer);
                onRead?.Invoke(read);
                return read;
            }
            catch (Exception e)
            {
                Failure = ExceptionDispatchInfo.Capture(e);
                throw;
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
