using System.Text.Json.Nodes;

namespace KubeMetrics.Infra.Tests.Azure;

/// <summary>What a deployment would make, as bicep reckons it without asking Azure: what only Azure knows stays an expression.</summary>
internal sealed class Deployment(JsonObject snapshot)
{
    public IReadOnlyList<JsonObject> Resources { get; } = [.. snapshot["predictedResources"]!.AsArray().Select(one => one!.AsObject())];

    /// <summary>The function app.</summary>
    public JsonObject App => One("Microsoft.Web/sites");

    /// <summary>Its app settings.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        Resources.Single(one => Type(one) == "Microsoft.Web/sites/config" && Name(one).EndsWith("/appsettings", StringComparison.Ordinal))["properties"]!.AsObject()
            .ToDictionary(setting => setting.Key, setting => setting.Value!.GetValue<string>());

    public IEnumerable<JsonObject> All(string type) => Resources.Where(one => Type(one) == type);

    public JsonObject One(string type) => Assert.Single(All(type));

    /// <summary>What a path of names, parted by dots, leads to.</summary>
    public static JsonNode? At(JsonObject resource, string path) => path.Split('.').Aggregate((JsonNode?)resource, (node, name) => node?[name]);

    public static string Type(JsonObject resource) => resource["type"]!.GetValue<string>();

    public static string Name(JsonObject resource) => resource["name"]!.GetValue<string>();
}
