using System.Text;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Orchestration.InProcess;

/// <summary>
/// CSV and TSV as Spark reads them: a value in quotes may hold separators and doubled quotes, and, of CSV with <c>multiLine</c>, line
/// feeds; an empty value is null, one in quotes an empty text; empty lines are none. A record with another number of values than the
/// first is corrupt.
/// </summary>
internal sealed class DelimitedSource : RecordSource
{
    private const int Told = 3;
    private readonly JobInput _input;
    private readonly IReadOnlyList<int> _kept;
    private readonly int _width;

    private DelimitedSource(JobInput input, IReadOnlyList<RecordColumn> columns, IReadOnlyList<int> kept, int width)
        : base(columns) => (_input, _kept, _width) = (input, kept, width);

    /// <summary>Reads the first record, for the columns.</summary>
    /// <exception cref="JobInvalidException">A column is asked for that is not there.</exception>
    internal static async Task<DelimitedSource> OfAsync(JobInput input, IReadOnlyList<string>? columns, IReadOnlyList<InputObject> inputs, CancellationToken cancellationToken)
    {
        string?[]? first = null;
        foreach (var file in inputs)
        {
            await InputFile.ReadAsync(file, null, text =>
            {
                using var records = new DelimitedReader(text, Separator(input), input.MultiLine);
                first = records.Next();
                return RecordsRead.Whole;
            }, cancellationToken);
            if (first is not null) break;
        }

        var names = (first ?? []).Select((value, i) => input.Header && value is not null ? value : $"_c{i}").ToList();
        var kept = columns is null ? [.. Enumerable.Range(0, names.Count)] : columns.Select((column, i) => names.IndexOf(column) is >= 0 and var at ? at : throw new JobInvalidException(
            $"columns[{i}]", $"'{column}' is none of its columns ({string.Join(", ", names.Take(20))}); name one of those.")).ToList();
        return new DelimitedSource(input, [.. kept.Select(i => new RecordColumn(names[i], ColumnKind.Text))], kept, names.Count);
    }

    internal static char Separator(JobInput input) => input.Form == JobForm.Tsv ? '\t' : ',';

    internal override RecordsRead Read(Stream text, string name, Action<object?[]> record, CancellationToken cancellationToken)
    {
        using var records = new DelimitedReader(text, Separator(_input), _input.MultiLine);
        var one = new object?[_kept.Count];
        var (corrupt, problems) = (0L, new List<string>());
        if (_input.Header) records.Next();
        while (records.Next() is { } values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (values.Length != _width || !records.IsWhole)
            {
                if (++corrupt <= Told) problems.Add($"{name} has a record in line {records.Line} with {values.Length} values instead of {_width}{(records.IsWhole ? "" : " and a quote that is never closed")}; it was left out");
                continue;
            }

            for (var i = 0; i < one.Length; i++) one[i] = values[_kept[i]];
            record(one);
        }

        return new RecordsRead(corrupt, problems);
    }
}

/// <summary>Records of values between separators.</summary>
internal sealed class DelimitedReader(Stream text, char separator, bool multiLine) : IDisposable
{
    private readonly StreamReader _reader = new(text, new UTF8Encoding(false, throwOnInvalidBytes: false), detectEncodingFromByteOrderMarks: true, 1 << 16);
    private readonly List<string?> _values = [];
    private readonly StringBuilder _quoted = new();
    private long _lines;

    /// <summary>The line that the last record began in, from 1 on.</summary>
    internal long Line { get; private set; }

    /// <summary>Whether each quote of the last record was closed.</summary>
    internal bool IsWhole { get; private set; }

    /// <summary>The next record's values; null after the last.</summary>
    internal string?[]? Next()
    {
        string? line;
        do
        {
            line = _reader.ReadLine();
            if (line is null) return null;
            Line = ++_lines;
        }
        while (line.Length == 0);

        _values.Clear();
        IsWhole = true;
        for (var at = 0; ;)
        {
            if (at < line.Length && line[at] == '"') (line, at) = Quoted(line, at + 1);
            else
            {
                var end = line.IndexOf(separator, at);
                _values.Add((end < 0 ? line.Length : end) == at ? null : line[at..(end < 0 ? line.Length : end)]);
                at = end < 0 ? line.Length : end;
            }

            if (at >= line.Length) return [.. _values];
            at++; // the separator
            if (at < line.Length) continue;
            _values.Add(null); // an empty value at the end
            return [.. _values];
        }
    }

    public void Dispose() => _reader.Dispose();

    /// <summary>A value from behind its quote on; where it ends, and in which line.</summary>
    private (string Line, int At) Quoted(string line, int at)
    {
        _quoted.Clear();
        while (true)
        {
            var quote = line.IndexOf('"', at);
            if (quote < 0)
            {
                _quoted.Append(line, at, line.Length - at);
                if (multiLine && _reader.ReadLine() is { } next)
                {
                    _lines++;
                    _quoted.Append('\n');
                    (line, at) = (next, 0);
                    continue;
                }

                IsWhole = false;
                _values.Add(_quoted.ToString());
                return (line, line.Length);
            }

            _quoted.Append(line, at, quote - at);
            at = quote + 1;
            if (at < line.Length && line[at] == '"')
            {
                _quoted.Append('"');
                at++;
                continue;
            }

            // What follows a closing quote up to the separator belongs to the value.
            var end = line.IndexOf(separator, at);
            if (end < 0) end = line.Length;
            _quoted.Append(line, at, end - at);
            _values.Add(_quoted.ToString());
            return (line, end);
        }
    }
}
