using System.Text.Json;

namespace KubeMetrics.Pipeline.Tests.Notifications;

/// <summary>Notifications made for tests, with what matters of the form that Ceph 16.2 sends.</summary>
internal static class Notified
{
    public static string Record(string key, string bucket = "dumps", string name = "ObjectCreated:Put", string? opaqueData = null, string source = "ceph:s3") =>
        JsonSerializer.Serialize(new { eventVersion = "2.2", eventSource = source, eventName = name, s3 = new { bucket = new { name = bucket }, @object = new { key, size = 16, eTag = "6a15c1c8ca323a57c097ec18e11cdb4b" } }, opaqueData });

    public static string Body(params IEnumerable<string> records) => $$"""{"Records":[{{string.Join(',', records)}}]}""";
}
