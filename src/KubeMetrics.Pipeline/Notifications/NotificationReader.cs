using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeMetrics.Pipeline.Notifications;

/// <summary>
/// Reads notifications: Ceph's as they really come (16.2), AWS S3's, and either in a CloudEvents envelope, one or many. Each
/// record is judged by itself, so that a bad one is set aside and the others count.
/// </summary>
public static class NotificationReader
{
    /// <summary>How deep a notification may nest; real ones have eight levels, in an envelope ten.</summary>
    public const int Depth = 32;

    private const int LongestKept = 16 << 10;

    // As it came: what is kept is shown to people, as text.
    private static readonly JsonSerializerOptions AsItCame = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a body. What is no notification at all comes out as one bad item: to refuse it would have Ceph send it for ever.</summary>
    public static IReadOnlyList<NotificationItem> Read(ReadOnlyMemory<byte> body)
    {
        var items = new List<NotificationItem>();
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = Depth });
            ReadAny(document.RootElement, items, envelopes: 0);
        }
        catch (JsonException e)
        {
            var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, LongestKept)]);
            items.Add(new NotificationItem.Bad($"The body is no JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.", text, null));
        }

        return items;
    }

    private static void ReadAny(JsonElement element, List<NotificationItem> items, int envelopes)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var one in element.EnumerateArray()) ReadAny(one, items, envelopes);
            if (element.GetArrayLength() == 0) items.Add(Bad(element, "It is an empty list."));
        }
        else if (element.ValueKind != JsonValueKind.Object) items.Add(Bad(element, "It is no object; a notification is {\"Records\": [ … ]}."));
        else if (element.TryGetProperty("Records", out var records)) ReadRecords(element, records, items);
        else if (element.TryGetProperty("specversion", out _)) ReadEnvelope(element, items, envelopes);
        else if (element.TryGetProperty("s3", out _)) items.Add(ReadRecord(element));
        else if (Text(element, "Event") == "s3:TestEvent") items.Add(new NotificationItem.Test());
        else items.Add(Bad(element, "It holds no \"Records\", so it is no bucket notification."));
    }

    private static void ReadRecords(JsonElement whole, JsonElement records, List<NotificationItem> items)
    {
        if (records.ValueKind != JsonValueKind.Array) items.Add(Bad(whole, "\"Records\" is no list."));
        else
        {
            foreach (var record in records.EnumerateArray()) items.Add(ReadRecord(record));
        }
    }

    private static void ReadEnvelope(JsonElement envelope, List<NotificationItem> items, int envelopes)
    {
        if (envelopes > 0) items.Add(Bad(envelope, "It is an envelope (CloudEvents) in an envelope."));
        else if (envelope.TryGetProperty("data", out var data)) ReadAny(data, items, envelopes + 1);
        else if (envelope.TryGetProperty("data_base64", out var encoded) && encoded.ValueKind == JsonValueKind.String && encoded.TryGetBytesFromBase64(out var bytes)) items.AddRange(Read(bytes));
        else items.Add(Bad(envelope, "The envelope (CloudEvents) holds no data."));
    }

    private static NotificationItem ReadRecord(JsonElement record)
    {
        if (record.ValueKind != JsonValueKind.Object) return Bad(record, "The record is no object.");
        if (Text(record, "eventName") is not { Length: > 0 } name) return Bad(record, "The record has no \"eventName\".");
        if (Object(record, "s3") is not { } s3) return Bad(record, "The record has no \"s3\" with the bucket and the object.");
        if (Object(s3, "bucket") is not { } bucket || Text(bucket, "name") is not { Length: > 0 } bucketName) return Bad(record, "The record names no bucket (\"s3.bucket.name\").");
        if (Object(s3, "object") is not { } thing || Text(thing, "key") is not { Length: > 0 } key) return Bad(record, "The record names no object (\"s3.object.key\").");
        long? size = null;
        if (thing.TryGetProperty("size", out var told))
        {
            // AWS leaves it out where nothing was stored; a text or a negative number is nobody's.
            if (told.ValueKind != JsonValueKind.Number || !told.TryGetInt64(out var bytes) || bytes < 0) return Bad(record, "The object's size (\"s3.object.size\") is no count of bytes.");
            size = bytes;
        }

        // Ceph sends keys as they are; AWS encodes them as forms do.
        if (Text(record, "eventSource") == "aws:s3") key = WebUtility.UrlDecode(key);
        return new NotificationItem.Told(new Arrival(name.StartsWith("s3:", StringComparison.Ordinal) ? name[3..] : name, bucketName, key, Text(thing, "eTag")?.Trim('"'), size)
        {
            OpaqueData = Text(record, "opaqueData"),
        });
    }

    private static JsonElement? Object(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var child) && child.ValueKind == JsonValueKind.Object ? child : null;

    private static string? Text(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out var child) || child.ValueKind != JsonValueKind.String) return null;
        try
        {
            return child.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // half a character, which no text is
        }
    }

    private static NotificationItem.Bad Bad(JsonElement element, string reason)
    {
        string? secret = null;
        var record = element.GetRawText();
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("opaqueData", out _))
        {
            secret = Text(element, "opaqueData");
            var without = JsonNode.Parse(record, documentOptions: new JsonDocumentOptions { MaxDepth = Depth })!.AsObject();
            without.Remove("opaqueData");
            record = without.ToJsonString(AsItCame);
        }

        return new NotificationItem.Bad(reason, record.Length > LongestKept ? record[..LongestKept] : record, secret);
    }
}
