using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeMetrics.Reports.Json;

/// <summary>Instants in ISO form, always UTC.</summary>
public sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Instants.Iso(value));
}
