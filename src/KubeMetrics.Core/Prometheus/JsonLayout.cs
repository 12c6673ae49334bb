using System.Buffers;

namespace KubeMetrics.Prometheus;

/// <summary>How the values of a file of JSON lie on its lines, which decides whether a reader by lines, or of one value a file, finds them all.</summary>
/// <param name="Values">How many values there are side by side, as far as it was looked.</param>
/// <param name="OnLines">Each is an object or array on a line of its own, and whole.</param>
/// <param name="OneWhole">There is one, an object or array, whole, and nothing else.</param>
/// <param name="IsAnswer">One of them is an answer of Prometheus' API: its series lie within.</param>
public sealed record JsonLayout(long Values, bool OnLines, bool OneWhole, bool IsAnswer)
{
    private static readonly SearchValues<byte> InValue = SearchValues.Create("\"{}[]\r\n"u8);
    private static readonly SearchValues<byte> InText = SearchValues.Create("\"\\\r\n"u8);

    /// <summary>Looks at a file.</summary>
    /// <param name="stream">Its text, decompressed.</param>
    /// <param name="enough">
    /// After so many bytes of values that all lay on lines no more are looked at; those of another layout are looked at to the end.
    /// </param>
    /// <param name="cancellation">Stops it.</param>
    public static JsonLayout Of(Stream stream, long enough, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 17);
        try
        {
            var scan = new Scan();
            for (long done = 0; ;)
            {
                cancellation.ThrowIfCancellationRequested();
                var read = stream.Read(buffer);
                if (read == 0) return scan.End();
                scan.Go(buffer.AsSpan(0, read));
                if ((done += read) >= enough && scan.IsOnLines) return scan.Layout(isWhole: true);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private struct Scan()
    {
        // Names of an answer's parts, each between quotes.
        private static ReadOnlySpan<byte> Data => "data"u8;

        private static ReadOnlySpan<byte> Metric => "metric"u8;

        private int _depth, _onLine, _nameLength;
        private bool _inText, _escaped, _isBroken, _isJunk, _hasData, _hasMetric, _isAnswer, _goesOver;
        private long _values;
        private Name _name;

        internal readonly bool IsOnLines => _values > 0 && !_goesOver && !_isBroken && !_isAnswer;

        internal void Go(ReadOnlySpan<byte> bytes)
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                if (_escaped)
                {
                    _escaped = false;
                    if (bytes[i] is not ((byte)'\n' or (byte)'\r')) continue;
                }

                var rest = bytes[i..];
                var next = _inText ? rest.IndexOfAny(InText) : _depth > 0 ? rest.IndexOfAny(InValue) : 0;
                if (_inText && _depth == 1) Remember(next < 0 ? rest : rest[..next]);
                if (next < 0) return;
                i += next;
                var b = bytes[i];
                if (b is (byte)'\n' or (byte)'\r')
                {
                    if (_depth > 0 || _inText) _goesOver = true;
                    _onLine = 0;
                }
                else if (_inText) Text(b);
                else if (_depth == 0) Outside(b);
                else Inside(b);
            }
        }

        internal JsonLayout End() => Layout(_depth == 0 && !_inText);

        internal readonly JsonLayout Layout(bool isWhole) => new(
            _values, IsOnLines && isWhole, _values == 1 && isWhole && !_isBroken && !_isJunk && !_isAnswer, _isAnswer);

        private void Text(byte b)
        {
            if (b == '\\') _escaped = true;
            else
            {
                _inText = false;
                if (_depth == 1) Known();
            }
        }

        // What is neither object nor array is no record for anybody: by lines it is one that can't be read.
        private void Outside(byte b)
        {
            if (b is (byte)'{' or (byte)'[')
            {
                _values++;
                if (++_onLine > 1) _isBroken = true; // two on a line: a reader by lines sees the first alone
                (_depth, _hasData, _hasMetric) = (1, false, false);
            }
            else if (b is not ((byte)' ' or (byte)'\t' or 0xEF or 0xBB or 0xBF))
            {
                _isJunk = true;
                if (_onLine > 0) _isBroken = true;
            }
        }

        private void Inside(byte b)
        {
            switch (b)
            {
                case (byte)'"':
                    (_inText, _nameLength) = (true, 0);
                    break;
                case (byte)'{' or (byte)'[':
                    _depth++;
                    break;
                default:
                    if (--_depth == 0 && _hasData && !_hasMetric) _isAnswer = true;
                    break;
            }
        }

        private void Remember(ReadOnlySpan<byte> some)
        {
            for (var i = 0; i < some.Length && _nameLength <= Metric.Length; i++)
            {
                if (_nameLength < Metric.Length) _name[_nameLength] = some[i];
                _nameLength++;
            }
        }

        private void Known()
        {
            ReadOnlySpan<byte> name = _name;
            if (_nameLength == Data.Length && name[..Data.Length].SequenceEqual(Data)) _hasData = true;
            else if (_nameLength == Metric.Length && name.SequenceEqual(Metric)) _hasMetric = true;
        }

        [System.Runtime.CompilerServices.InlineArray(6)]
        private struct Name
        {
            private byte _first;
        }
    }
}
