using System.Text.Json;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Work;

/// <summary>Records made for tests.</summary>
internal static class Made
{
    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    public static WorkRecord Record(string kind, DateTimeOffset created) => new()
    {
        Id = WorkId.New(created),
        Kind = kind,
        Dataset = "made",
        Input = Json("""{"of":"a test"}"""),
        Created = created,
    };
}
