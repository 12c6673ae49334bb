using System.Buffers;

namespace KubeMetrics.Pipeline.Orchestration.InProcess;

/// <summary>Lines as they are, whatever their bytes mean, or whole files; as Spark, without the carriage return before a line feed.</summary>
/// <param name="wholeFile">Whether a file is one record.</param>
internal sealed class LineSource(bool wholeFile) : RecordSource([new RecordColumn("value", ColumnKind.Text)])
{
    internal override RecordsRead Read(Stream text, string name, Action<object?[]> record, CancellationToken cancellationToken)
    {
        var (one, buffer, filled, looked) = (new object?[1], ArrayPool<byte>.Shared.Rent(1 << 17), 0, 0);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (filled == buffer.Length) Grow();
                var read = text.Read(buffer, filled, buffer.Length - filled);
                filled += read;
                var start = 0;
                while (!wholeFile && buffer.AsSpan(looked, filled - looked).IndexOf((byte)'\n') is >= 0 and var at)
                {
                    Take(buffer.AsSpan(start, looked + at - start));
                    looked = start = looked + at + 1;
                }

                if (read == 0)
                {
                    if (start < filled) Take(buffer.AsSpan(start, filled - start));
                    return RecordsRead.Whole;
                }

                buffer.AsSpan(start, filled - start).CopyTo(buffer);
                looked = filled -= start;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        void Take(ReadOnlySpan<byte> line)
        {
            one[0] = (line is [.., (byte)'\r'] ? line[..^1] : line).ToArray();
            record(one);
        }

        void Grow()
        {
            var larger = ArrayPool<byte>.Shared.Rent(checked(buffer.Length * 2));
            buffer.AsSpan(0, filled).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }
    }
}
