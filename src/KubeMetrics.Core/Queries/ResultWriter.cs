using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KubeMetrics.Queries;

/// <summary>Writes a result as it comes, row by row.</summary>
public static class ResultWriter
{
    private const int Block = 1 << 16;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// JSON Lines in UTF-8: an object a row, null fields too. Doubles in their shortest form, what is not finite as
    /// <c>"NaN"</c>, <c>"Infinity"</c>; times as <c>2018-02-01T00:00:00.000Z</c>: as Spark's <c>to_json</c> writes them.
    /// </summary>
    /// <returns>How many rows.</returns>
    public static async Task<long> WriteJsonLinesAsync(Stream stream, IQueryResult result, CancellationToken cancellationToken)
    {
        long rows = 0;
        var lines = new ArrayBufferWriter<byte>(Block);
        using var writer = new Utf8JsonWriter(lines, Plain);
        await foreach (var row in result.RowsAsync(cancellationToken))
        {
            WriteRow(writer, result.Columns, row);
            writer.Reset();
            lines.Write("\n"u8);
            rows++;
            if (lines.WrittenCount < Block) continue;
            await stream.WriteAsync(lines.WrittenMemory, cancellationToken);
            lines.ResetWrittenCount();
        }

        await stream.WriteAsync(lines.WrittenMemory, cancellationToken);
        return rows;
    }

    /// <summary>
    /// CSV in UTF-8 after RFC 4180, lines ended by a line feed: null is empty, an empty text <c>""</c>, arrays and metrics as JSON.
    /// </summary>
    /// <param name="stream">Where to.</param>
    /// <param name="result">The rows.</param>
    /// <param name="header">Whether the first line names the columns.</param>
    /// <param name="separator">What parts values.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many rows.</returns>
    public static async Task<long> WriteCsvAsync(Stream stream, IQueryResult result, bool header, char separator, CancellationToken cancellationToken)
    {
        long rows = 0;
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false), Block, leaveOpen: true) { NewLine = "\n" };
        if (header) await writer.WriteLineAsync(string.Join(separator, result.Columns.Select(c => Quoted(c.Name, separator))).AsMemory(), cancellationToken);
        await foreach (var row in result.RowsAsync(cancellationToken))
        {
            await writer.WriteLineAsync(string.Join(separator, row.Select(v => v is null ? "" : Quoted(Text(v), separator))).AsMemory(), cancellationToken);
            rows++;
        }

        return rows;
    }

    /// <summary>A row as an object of JSON in UTF-8, as <see cref="WriteJsonLinesAsync"/> writes it.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="row">The row.</param>
    public static byte[] Json(IReadOnlyList<QueryColumn> columns, IReadOnlyList<object?> row)
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json, Plain);
        WriteRow(writer, columns, row);
        return json.WrittenSpan.ToArray();
    }

    /// <summary>A value as text: arrays and metrics as JSON, null as <c>NULL</c>.</summary>
    /// <param name="value">A value of a row.</param>
    public static string Text(object? value)
    {
        switch (value)
        {
            case null:
                return "NULL";
            case string text:
                return text;
            case bool truth:
                return truth ? "true" : "false";
            case DateTime time:
                return Instant(time);
            case IFormattable number:
                return number.ToString(null, CultureInfo.InvariantCulture);
            default:
                using (var json = new MemoryStream())
                {
                    using (var writer = new Utf8JsonWriter(json, Plain)) Write(writer, value);
                    return Encoding.UTF8.GetString(json.ToArray());
                }
        }
    }

    private static void WriteRow(Utf8JsonWriter writer, IReadOnlyList<QueryColumn> columns, IReadOnlyList<object?> row)
    {
        writer.WriteStartObject();
        for (var i = 0; i < row.Count; i++)
        {
            writer.WritePropertyName(columns[i].Name);
            Write(writer, row[i]);
        }

        writer.WriteEndObject();
        writer.Flush();
    }

    // Spark shows milliseconds, and microseconds where there are any.
    private static string Instant(DateTime time) =>
        time.ToString(time.Microsecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss.fff'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A value of a CSV record, in quotes where it needs them.</summary>
    /// <param name="text">The value.</param>
    /// <param name="separator">What parts values.</param>
    public static string Quoted(string text, char separator) =>
        text.Length == 0 || text.AsSpan().IndexOfAny([separator, '"', '\r', '\n']) >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case int whole:
                writer.WriteNumberValue(whole);
                break;
            case long whole:
                writer.WriteNumberValue(whole);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            case DateTime time:
                writer.WriteStringValue(Instant(time));
                break;
            case IEnumerable<KeyValuePair<string, string>> labels:
                writer.WriteStartObject();
                foreach (var (name, label) in labels) writer.WriteString(name, label);
                writer.WriteEndObject();
                break;
            case System.Collections.IEnumerable list:
                writer.WriteStartArray();
                foreach (var element in list) Write(writer, element);
                writer.WriteEndArray();
                break;
            default:
                throw new InvalidOperationException($"A value of the type {value.GetType()} can't be written.");
        }
    }
}
