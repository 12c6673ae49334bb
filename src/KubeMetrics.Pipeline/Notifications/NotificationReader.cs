using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Azure.Messaging.EventGrid;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Events;

namespace KubeMetrics.Pipeline.Notifications;

/// <summary>
/// Reads notifications: Ceph's as they really come (16.2), AWS S3's, and either in an envelope (CloudEvents, Event Grid), one or many; and
/// what other installations of this program tell in such envelopes. Each record is judged by itself, so that a bad one is set aside and the
/// others count.
/// </summary>
public static class NotificationReader
{
    /// <summary>How deep a notification may nest; real ones have eight levels, in an envelope ten.</summary>
    public const int Depth = 32;

    /// <summary>So many bad ones of a body are kept one by one; how many there are besides is told in one more.</summary>
    public const int BadKept = 100;

    private const int LongestKept = 16 << 10;
    private const string NoText = "It holds half a character, or bytes that are no text.";

    /// <summary>Reads a body. What is no notification at all comes out as one bad item: to refuse it would have Ceph send it for ever.</summary>
    /// <param name="body">What came.</param>
    /// <param name="isTaken">Asked of each item as it is read: with the first that is not taken, reading ends. Null takes all.</param>
    public static IReadOnlyList<NotificationItem> Read(ReadOnlyMemory<byte> body, Predicate<NotificationItem>? isTaken = null)
    {
        var items = new Items(isTaken);
        ReadText(body, items, envelopes: 0);
        return items.All();
    }

    private static void ReadText(ReadOnlyMemory<byte> body, Items items, int envelopes)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = Depth });
            ReadAny(document.RootElement, items, envelopes);
        }
        catch (JsonException e)
        {
            items.Add(new NotificationItem.Bad($"The body is {Wrong(e)}.", Shown(body.Span), null));
        }
    }

    // What is nested too deep is JSON all the same, and only its message tells.
    private static string Wrong(JsonException e) =>
        $"{(e.Message.Contains("maximum", StringComparison.Ordinal) ? $"nested deeper than {Depth} levels" : "no JSON")} at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";

    private static void ReadAny(JsonElement element, Items items, int envelopes)
    {
        try
        {
            ReadKnown(element, items, envelopes);
        }
        catch (InvalidOperationException)
        {
            items.Add(Bad(element, NoText));
        }
    }

    private static void ReadKnown(JsonElement element, Items items, int envelopes)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var one in element.EnumerateArray().TakeWhile(_ => !items.HasEnded)) ReadAny(one, items, envelopes);
            if (element.GetArrayLength() == 0) items.Add(Bad(element, "It is an empty list."));
        }
        else if (element.ValueKind != JsonValueKind.Object) items.Add(Bad(element, "It is no object; a notification is {\"Records\": [ … ]}."));
        else if (element.TryGetProperty("Records", out var records)) ReadRecords(element, records, items);
        else if (element.TryGetProperty("specversion", out _)) ReadEnvelope(element, "type", items, envelopes);
        else if (element.TryGetProperty("eventType", out _)) ReadEnvelope(element, "eventType", items, envelopes);
        else if (element.TryGetProperty("s3", out _)) items.Add(ReadRecord(element));
        else if (Text(element, "Event") == "s3:TestEvent") items.Add(new NotificationItem.Test());
        else items.Add(Bad(element, "It holds no \"Records\", so it is no bucket notification, and neither \"specversion\" nor \"eventType\", so it is no event."));
    }

    private static void ReadRecords(JsonElement whole, JsonElement records, Items items)
    {
        if (records.ValueKind != JsonValueKind.Array) items.Add(Bad(whole, "\"Records\" is no list."));
        else
        {
            foreach (var record in records.EnumerateArray().TakeWhile(_ => !items.HasEnded)) items.Add(ReadRecord(record));
        }
    }

    private static void ReadEnvelope(JsonElement envelope, string typeName, Items items, int envelopes)
    {
        if (envelopes > 0) items.Add(Bad(envelope, "It is an envelope (CloudEvents, Event Grid) in an envelope."));
        else if (typeName == "type" && Text(envelope, "specversion") is not "1.0") items.Add(Bad(envelope, "Its \"specversion\" is not \"1.0\": it is of a CloudEvents that is not read here."));
        else if (Text(envelope, typeName) == SystemEventNames.EventGridSubscriptionValidation) items.Add(Bad(envelope, "It asks whether a subscription is wanted, which has to come alone, to /api/events, with its code."));
        else if (envelope.TryGetProperty("data", out var data)) ReadData(envelope, typeName, data, items, envelopes);
        else if (envelope.TryGetProperty("data_base64", out var encoded) && encoded.ValueKind == JsonValueKind.String && encoded.TryGetBytesFromBase64(out var bytes)) ReadEncoded(envelope, typeName, bytes, items, envelopes);
        else if (IsOthers(envelope, typeName)) items.Add(Ignored(envelope, typeName));
        else items.Add(Bad(envelope, "The envelope (CloudEvents) holds no data."));
    }

    // What data such events have, and whether they have any, is their own business.
    private static bool IsOthers(JsonElement envelope, string typeName) =>
        Text(envelope, typeName) is { Length: > 0 } type && !type.StartsWith(EventTypes.Own, StringComparison.Ordinal);

    private static NotificationItem.Other Ignored(JsonElement envelope, string typeName) => new(Text(envelope, typeName)!, "nothing here heeds events of this type");

    private static void ReadEncoded(JsonElement envelope, string typeName, byte[] bytes, Items items, int envelopes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = Depth });
            ReadData(envelope, typeName, document.RootElement, items, envelopes);
        }
        catch (JsonException) when (IsOthers(envelope, typeName))
        {
            items.Add(Ignored(envelope, typeName));
        }
        catch (JsonException e)
        {
            items.Add(Bad(envelope, $"Its data is {Wrong(e)}."));
        }
    }

    private static void ReadData(JsonElement envelope, string typeName, JsonElement data, Items items, int envelopes)
    {
        if (Text(envelope, typeName) is not { Length: > 0 } type) items.Add(Bad(envelope, $"The envelope has no \"{typeName}\"."));
        else if (type.StartsWith(EventTypes.Own, StringComparison.Ordinal)) items.Add(ReadOwn(envelope, type, data));
        else if (IsKnown(data) || (data.ValueKind == JsonValueKind.Array && data.EnumerateArray().Any(IsKnown))) ReadAny(data, items, envelopes + 1);
        else items.Add(Ignored(envelope, typeName));
    }

    private static bool IsKnown(JsonElement data) => data.ValueKind == JsonValueKind.Object && (
        data.TryGetProperty("Records", out _) || data.TryGetProperty("s3", out _) || data.TryGetProperty("specversion", out _) || data.TryGetProperty("eventType", out _) || Text(data, "Event") == "s3:TestEvent");

    /// <summary>What an installation of this program tells: of a place where something was written.</summary>
    private static NotificationItem ReadOwn(JsonElement envelope, string type, JsonElement data)
    {
        var place = type switch
        {
            EventTypes.IngestCompleted => "destination",
            EventTypes.JobFinished => "output",
            _ => null,
        };
        if (place is null) return new NotificationItem.Other(type, "nothing here heeds events of this type");
        if (data.ValueKind != JsonValueKind.Object) return Bad(envelope, "Its data is no object.");
        if (Text(data, place) is not { Length: > 0 } text)
            return type == EventTypes.JobFinished ? new NotificationItem.Other(type, "the job has written nothing") : Bad(envelope, $"Its data names no \"{place}\".");
        try
        {
            return new NotificationItem.Filled(type, StoreUri.Parse(text));
        }
        catch (FormatException e)
        {
            return Bad(envelope, $"Its \"{place}\" is no place: {e.Message}");
        }
    }

    private static NotificationItem ReadRecord(JsonElement record)
    {
        try
        {
            return ReadFields(record);
        }
        catch (InvalidOperationException)
        {
            return Bad(record, NoText);
        }
    }

    private static NotificationItem ReadFields(JsonElement record)
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

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var child) ? Text(child) : null;

    private static string? Text(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half a character, which no text is
        }
    }

    // From its bytes: what is bad may be no text, or name one thing twice, and is kept all the same.
    private static NotificationItem.Bad Bad(JsonElement element, string reason)
    {
        var (record, secret) = (Shown(JsonMarshal.GetRawUtf8Value(element)), (string?)null);
        if (element.ValueKind != JsonValueKind.Object) return new NotificationItem.Bad(reason, record, secret);
        var others = new List<string>();
        var hides = false;
        foreach (var property in element.EnumerateObject())
        {
            if (IsOpaqueData(property)) (hides, secret) = (true, Text(property.Value));
            else others.Add($"\"{Shown(JsonMarshal.GetRawUtf8PropertyName(property))}\":{Shown(JsonMarshal.GetRawUtf8Value(property.Value))}");
        }

        if (hides) record = $"{{{string.Join(',', others)}}}";
        return new NotificationItem.Bad(reason, record.Length > LongestKept ? record[..LongestKept] : record, secret);
    }

    private static bool IsOpaqueData(JsonProperty property)
    {
        try
        {
            return property.NameEquals("opaqueData");
        }
        catch (InvalidOperationException)
        {
            return false; // no text, so no name
        }
    }

    private static string Shown(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text[..Math.Min(text.Length, LongestKept)]);

    /// <summary>What was read of a body.</summary>
    private sealed class Items(Predicate<NotificationItem>? isTaken)
    {
        private readonly List<NotificationItem> _items = [];
        private int _bad;

        /// <summary>Whether one was not taken: then nothing more is wanted.</summary>
        public bool HasEnded { get; private set; }

        public void Add(NotificationItem item)
        {
            if (isTaken?.Invoke(item) == false) HasEnded = true;
            if (item is not NotificationItem.Bad || ++_bad <= BadKept) _items.Add(item);
        }

        public List<NotificationItem> All()
        {
            if (_bad > BadKept) _items.Add(new NotificationItem.Bad($"{_bad - BadKept} more records of the same body could not be read; they are not kept.", "", null));
            return _items;
        }
    }
}
