using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KubeMetrics.Cli.Terminal;

/// <summary>A sentence as an object in a line, with the names that the host's own log has: for what is told where there is no host.</summary>
internal static class JsonLine
{
    // Read by programs and in terminals, never in a page.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(DateTimeOffset time, string level, string sentence)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("Timestamp", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
            writer.WriteNumber("EventId", 0);
            writer.WriteString("LogLevel", level);
            writer.WriteString("Category", "KubeMetrics.Cli");
            writer.WriteString("Message", sentence);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
