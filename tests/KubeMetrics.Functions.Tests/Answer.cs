using System.Text;
using System.Text.Json;

namespace KubeMetrics.Functions.Tests;

/// <summary>What goes over HTTP, as JSON.</summary>
internal static class Answer
{
    public static async Task<JsonElement> OfAsync(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
