using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Events;

/// <summary>CloudEvents have two forms over HTTP: all in the body, or the data in the body and the rest in headers (<c>ce-type</c>).</summary>
internal static class EventBody
{
    private const string Prefix = "ce-";

    /// <summary>Whether the headers hold what is said of the body.</summary>
    internal static bool IsOneEvent(HttpRequest request) => request.Headers.ContainsKey(Prefix + "specversion");

    /// <summary>The same event, all in one body (CloudEvents 1.0, JSON format).</summary>
    internal static byte[] Structured(HttpRequest request, ReadOnlyMemory<byte> data)
    {
        var buffer = new ArrayBufferWriter<byte>(data.Length + 512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in request.Headers)
                if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                    writer.WriteString(name[Prefix.Length..].ToLowerInvariant(), Uri.UnescapeDataString(value.ToString()));
            writer.WriteBase64String("data_base64", data.Span); // whatever it is: who reads it judges it
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
