using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Orchestration.InProcess;

/// <summary>Writes records in one form.</summary>
internal abstract class RecordWriter
{
    /// <summary>Writes a record.</summary>
    internal abstract void Write(object?[] record);

    /// <summary>Writes what is left.</summary>
    internal virtual Task EndAsync() => Task.CompletedTask;

    /// <summary>A value of one text; null of what is null.</summary>
    internal static string? Text(object? value) => value is byte[] line ? Encoding.UTF8.GetString(line) : (string?)value;

    /// <summary>What writes a form of text.</summary>
    internal static RecordWriter Of(JobForm form, bool header, IReadOnlyList<RecordColumn> columns, IBufferWriter<byte> output) => form switch
    {
        JobForm.Json => new JsonRecords(columns, output),
        JobForm.Csv or JobForm.Tsv => new DelimitedRecords(columns, form == JobForm.Tsv ? '\t' : ',', header, output),
        _ => new LineRecords(output),
    };
}

/// <summary>An object a line, as Spark writes it: what is null is left out.</summary>
internal sealed class JsonRecords : RecordWriter
{
    private readonly JsonEncodedText[] _names;
    private readonly IReadOnlyList<RecordColumn> _columns;
    private readonly IBufferWriter<byte> _output;
    private readonly Utf8JsonWriter _json;

    internal JsonRecords(IReadOnlyList<RecordColumn> columns, IBufferWriter<byte> output)
    {
        (_columns, _output) = (columns, output);
        _names = [.. columns.Select(column => JsonEncodedText.Encode(column.Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))];
        _json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    internal override void Write(object?[] record)
    {
        _json.WriteStartObject();
        for (var i = 0; i < record.Length; i++)
        {
            if (record[i] is not { } value) continue;
            _json.WritePropertyName(_names[i]);
            switch (_columns[i].Kind)
            {
                case ColumnKind.Labels:
                    _json.WriteStartObject();
                    foreach (var (name, label) in (IReadOnlyList<KeyValuePair<string, string>>)value) _json.WriteString(name, label);
                    _json.WriteEndObject();
                    break;
                case ColumnKind.Samples:
                    Samples((List<List<string?>?>)value);
                    break;
                default:
                    _json.WriteStringValue(Text(value));
                    break;
            }
        }

        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _output.Write("\n"u8);
    }

    private void Samples(List<List<string?>?> samples)
    {
        _json.WriteStartArray();
        foreach (var sample in samples)
        {
            if (sample is null)
            {
                _json.WriteNullValue();
                continue;
            }

            _json.WriteStartArray();
            foreach (var part in sample) _json.WriteStringValue(part);
            _json.WriteEndArray();
        }

        _json.WriteEndArray();
    }
}

/// <summary>CSV and TSV as <see cref="ResultWriter"/> writes them.</summary>
internal sealed class DelimitedRecords : RecordWriter
{
    private readonly char _separator;
    private readonly IBufferWriter<byte> _output;
    private readonly StringBuilder _line = new();

    internal DelimitedRecords(IReadOnlyList<RecordColumn> columns, char separator, bool header, IBufferWriter<byte> output)
    {
        (_separator, _output) = (separator, output);
        if (header) Write([.. columns.Select(column => (object?)column.Name)]);
    }

    internal override void Write(object?[] record)
    {
        _line.Clear();
        for (var i = 0; i < record.Length; i++)
        {
            if (i > 0) _line.Append(_separator);
            if (Text(record[i]) is { } value) _line.Append(ResultWriter.Quoted(value, _separator));
        }

        _line.Append('\n');
        Encoding.UTF8.GetBytes(_line.ToString(), _output);
    }
}

/// <summary>Lines as they are.</summary>
internal sealed class LineRecords(IBufferWriter<byte> output) : RecordWriter
{
    internal override void Write(object?[] record)
    {
        if (record[0] is byte[] line) output.Write(line);
        output.Write("\n"u8);
    }
}
