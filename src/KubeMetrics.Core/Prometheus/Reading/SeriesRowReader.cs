using System.Text;
using System.Text.Json;

namespace KubeMetrics.Prometheus.Reading;

/// <summary>Reads series token by token into rows of text.</summary>
internal sealed class SeriesRowReader(JsonInput input, string name, SeriesRowSink sink, bool partial)
{
    private const int MostSamples = 1 << 22;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly ProblemLog _problems = new(name);
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);
    private long _rows;
    private long _samples;

    public FileReport Read()
    {
        var start = input.Offset;
        for (var goOn = _problems.Begin(input); goOn;)
        {
            try
            {
                while (input.Next() != JsonTokenType.None) ReadValue();
                if (input.Depth > 0 || input.Position < input.End) throw new BrokenJsonException(ProblemKind.Cut, input.EndOffset);
                goOn = false;
            }
            catch (BrokenJsonException e)
            {
                if (e.Kind != ProblemKind.Cut || input.Failure is null) _problems.Broken(e.Kind, e.Offset);
                goOn = input.ResumeAtNextLine();
            }
        }

        if (input.Failure is { } failure) _problems.Failed(failure, input.EndOffset);
        return new FileReport { Name = name, Bytes = input.Offset - start, SeriesKept = _rows, Samples = _samples, Problems = _problems.First, ProblemCount = _problems.Count };
    }

    /// <summary>A series, an answer of Prometheus' API, or a list of series.</summary>
    private void ReadValue()
    {
        switch (input.Token)
        {
            case JsonTokenType.StartObject:
                ReadObject();
                break;
            case JsonTokenType.StartArray:
                while (input.Next() is not (JsonTokenType.EndArray or JsonTokenType.None)) ReadValue();
                break;
            default:
                NotSeries(input.TokenOffset);
                break;
        }
    }

    private void ReadObject()
    {
        var start = input.TokenOffset;
        List<KeyValuePair<string, string>>? labels = null;
        List<List<string?>?>? values = null;
        var known = false;
        try
        {
            ReadProperties();
        }
        catch (BrokenJsonException) when (partial && labels is not null)
        {
            HandOver(labels, values);
            throw;
        }

        if (input.Token == JsonTokenType.None && !(partial && labels is not null)) return;
        if (labels is not null) HandOver(labels, values);
        else if (!known || values is not null) NotSeries(start);

        void ReadProperties()
        {
            while (input.Next() == JsonTokenType.PropertyName) ReadProperty();
        }

        void ReadProperty()
        {
            switch (input.Property)
            {
                case Property.Metric:
                    if (input.Next() == JsonTokenType.StartObject) labels = ReadLabels();
                    break;
                case Property.Values:
                    if (input.Next() == JsonTokenType.StartArray) ReadPairs(values ??= []);
                    break;
                case Property.Value:
                    if (input.Next() == JsonTokenType.StartArray) (values ??= []).Add(ReadPair());
                    break;
                case Property.Data:
                    known = true;
                    ReadData();
                    break;
                case Property.Error:
                    known = true;
                    input.Next();
                    _problems.Add(ProblemKind.ServerError, start, $"holds Prometheus' answer that the query failed ({Scalar()}); correct the query and fetch it again");
                    break;
                case Property.CorruptRecord:
                    known = true;
                    input.Next();
                    _problems.Add(ProblemKind.CorruptRecord, start, $"has a record at byte {start} that Spark could not read when it was written; repair it where it came from");
                    break;
                default:
                    input.SkipValue();
                    break;
            }
        }
    }

    private void HandOver(List<KeyValuePair<string, string>> labels, List<List<string?>?>? values)
    {
        _rows++;
        _samples += values?.Count ?? 0;
        sink(new SeriesRow(labels, values ?? []));
    }

    private void ReadData()
    {
        if (input.Next() != JsonTokenType.StartObject)
        {
            if (input.Token == JsonTokenType.StartArray) ReadValue();
            return;
        }

        while (input.Next() == JsonTokenType.PropertyName)
        {
            if (input.Property != Property.Result) input.SkipValue();
            else if (input.Next() == JsonTokenType.StartArray) ReadValue();
        }
    }

    private List<KeyValuePair<string, string>> ReadLabels()
    {
        var labels = new List<KeyValuePair<string, string>>();
        while (input.Next() == JsonTokenType.PropertyName)
        {
            var label = Known(input.Text);
            input.Next();
            if (Scalar() is { } value) labels.Add(new(label, value));
        }

        return labels;
    }

    private void ReadPairs(List<List<string?>?> pairs)
    {
        while (input.Next() is not (JsonTokenType.EndArray or JsonTokenType.None))
        {
            if (pairs.Count == MostSamples) throw new BrokenJsonException(ProblemKind.TooLarge, input.TokenOffset);
            if (input.Token == JsonTokenType.StartArray)
            {
                var pair = ReadPair();
                if (input.Token == JsonTokenType.None) return; // cut off within it
                pairs.Add(pair);
            }
            else if (input.Token == JsonTokenType.Null) pairs.Add(null);
            else if (!partial || (input.Token == JsonTokenType.StartObject && input.TokenStartsLine)) throw input.BrokenToken();
            else pairs.Add(Nested());
        }
    }

    private List<string?> ReadPair()
    {
        var pair = new List<string?>(2);
        while (input.Next() is not (JsonTokenType.EndArray or JsonTokenType.None))
        {
            if (!partial || input.Token is not (JsonTokenType.StartArray or JsonTokenType.StartObject)) pair.Add(Scalar());
            else if (input.Token == JsonTokenType.StartObject && input.TokenStartsLine) throw input.BrokenToken();
            else pair.Add(Nested()?[0]);
        }

        return pair;
    }

    /// <summary>Passes over what stands where none of its kind can; it stays nothing.</summary>
    private List<string?>? Nested()
    {
        var depth = input.Depth;
        if (input.Token is JsonTokenType.StartArray or JsonTokenType.StartObject)
            while (input.Next() != JsonTokenType.None && input.Depth >= depth)
            {
            }

        return null;
    }

    private string? Scalar() => input.Token switch
    {
        JsonTokenType.String => Decoded(input.Text),
        JsonTokenType.Number => NumberAsText(input.Text),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Null or JsonTokenType.None => null,
        _ => throw input.BrokenToken(),
    };

    // Spark's parser writes whole numbers on as they stand and makes a double of all others.
    private static string NumberAsText(ReadOnlySpan<byte> text) =>
        text.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0
            ? Encoding.ASCII.GetString(text)
            : JavaNumber.Text(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Labels are few and come again with each series.</summary>
    private string Known(ReadOnlySpan<byte> text)
    {
        var decoded = Decoded(text);
        if (_known.TryGetValue(decoded, out var known)) return known;
        if (_known.Count < SchemaReader.MostFields) _known[decoded] = decoded;
        return decoded;
    }

    private string Decoded(ReadOnlySpan<byte> text)
    {
        try
        {
            return Strict.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            throw input.BrokenToken();
        }
    }

    private void NotSeries(long offset) =>
        _problems.Add(ProblemKind.NotSeries, offset, $"has something at byte {offset} that is not a Prometheus series; give objects like {{\"metric\":{{…}},\"values\":[[time,\"value\"],…]}}");
}
