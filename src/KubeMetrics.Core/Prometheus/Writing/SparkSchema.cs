using System.Text;
using System.Text.Json;

namespace KubeMetrics.Prometheus.Writing;

/// <summary>Writes a schema in the JSON form that Spark's own <c>StructType</c> has and reads.</summary>
public static class SparkSchema
{
    /// <summary>A schema as indented text.</summary>
    public static string Write(SchemaNode schema)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true })) WriteType(writer, schema);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    private static void WriteType(Utf8JsonWriter writer, SchemaNode node)
    {
        switch (node.Type)
        {
            case SchemaType.Struct:
                writer.WriteStartObject();
                writer.WriteString("type", "struct");
                writer.WriteStartArray("fields");
                foreach (var (name, field) in node.Fields)
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", name);
                    writer.WritePropertyName("type");
                    WriteType(writer, field);
                    writer.WriteBoolean("nullable", field.Nullable);
                    writer.WriteStartObject("metadata");
                    writer.WriteEndObject();
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
                break;
            case SchemaType.Array:
                writer.WriteStartObject();
                writer.WriteString("type", "array");
                writer.WritePropertyName("elementType");
                if (node.Element is { } element) WriteType(writer, element);
                else writer.WriteStringValue("string");
                writer.WriteBoolean("containsNull", node.Element?.Nullable ?? true);
                writer.WriteEndObject();
                break;
            default:
                // Of what is always null Spark makes text.
                writer.WriteStringValue(node.Type == SchemaType.Null ? "string" : node.Type.ToString().ToLowerInvariant());
                break;
        }
    }
}
