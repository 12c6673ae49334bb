using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>What a host says of itself to machines, to hold its answers against.</summary>
internal sealed class OpenApiDocument(string text)
{
    private readonly JsonNode _document = JsonNode.Parse(text)!;

    public string Text => text;

    /// <summary>The statuses that an operation announces.</summary>
    public IEnumerable<string> Statuses(string pattern, string method) => Operation(pattern, method)["responses"]!.AsObject().Select(response => response.Key);

    /// <summary>That an answer is one that the document announces: its status, its media type, its form.</summary>
    public void Holds(string pattern, string method, Answer answer)
    {
        var responses = Operation(pattern, method)["responses"]!.AsObject();
        var response = responses[answer.Status.ToString()] ?? responses["default"]!;
        Assert.True(responses.ContainsKey(answer.Status.ToString()) || answer.Status >= 400, $"{method} {pattern} announces no {answer.Status}");
        if (response["content"]?.AsObject() is not { } content) return;
        var form = Assert.Single(content);
        Assert.Equal(form.Key, answer.Type?.Split(';')[0]);
        if (form.Value?["schema"] is { } schema) AssertIs(schema, answer.Json);
    }

    private JsonNode Operation(string pattern, string method) => _document["paths"]![pattern.Replace("{**", "{")]![method.ToLowerInvariant()]!;

    private void AssertIs(JsonNode schema, JsonElement instance)
    {
        var whole = schema.DeepClone().AsObject();
        whole["$defs"] = _document["components"]!["schemas"]!.DeepClone();
        var result = JsonSchema.FromText(whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/")).Evaluate(instance, new EvaluationOptions { OutputFormat = OutputFormat.List });
        Assert.True(result.IsValid, $"{string.Join("\n", (result.Details ?? []).Where(detail => detail.Errors is not null).Select(detail => $"{detail.InstanceLocation}: {string.Join(", ", detail.Errors!.Values)}"))}\n{instance}");
    }
}
