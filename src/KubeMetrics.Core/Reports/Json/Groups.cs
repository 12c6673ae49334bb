using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using KubeMetrics.Statistics;

namespace KubeMetrics.Reports.Json;

/// <summary>The groups of a report, each written beside the others: they are nearly all of it, and turning numbers into digits is what takes the time.</summary>
internal sealed class Groups : JsonConverter<IReadOnlyList<GroupSummary>>
{
    public override IReadOnlyList<GroupSummary> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
        var groups = new List<GroupSummary>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            groups.Add(JsonSerializer.Deserialize(ref reader, TypeOf(options)) ?? throw new JsonException());
        return groups;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<GroupSummary> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var text in value.AsParallel().AsOrdered().Select(group => Text(group, options)))
            writer.WriteRawValue(text.Span, skipInputValidation: true);
        writer.WriteEndArray();
    }

    private static ReadOnlyMemory<byte> Text(GroupSummary group, JsonSerializerOptions options)
    {
        var text = new ArrayBufferWriter<byte>(ReportJson.LengthOf(group));
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { SkipValidation = true })) JsonSerializer.Serialize(json, group, TypeOf(options));
        return text.WrittenMemory;
    }

    private static JsonTypeInfo<GroupSummary> TypeOf(JsonSerializerOptions options) => (JsonTypeInfo<GroupSummary>)options.GetTypeInfo(typeof(GroupSummary));
}
