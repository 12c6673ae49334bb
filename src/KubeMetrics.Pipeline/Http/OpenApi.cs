using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace KubeMetrics.Pipeline.Http;

/// <summary>The routes as an OpenAPI 3.1 document, made of the same data that the hosts map.</summary>
public static partial class OpenApi
{
    private static readonly Lazy<byte[]> Document = new(() => System.Text.Encoding.UTF8.GetBytes(Describe(KubeMetricsApi.Routes).ToJsonString()));

    /// <summary>Its routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("OpenApi", ApiRoute.Get, "/openapi/v1.json", Access.Key, "This document", _ => Task.FromResult(Get())),
    ];

    /// <summary>The document.</summary>
    public static IResult Get() => TypedResults.Bytes(Document.Value, "application/json");

    /// <summary>Describes routes.</summary>
    public static JsonObject Describe(IReadOnlyList<ApiRoute> routes)
    {
        var schemas = new JsonObject();
        var paths = new JsonObject();
        foreach (var route in routes)
        {
            var path = Catch().Replace(route.Pattern, "{$1}");
            var operations = paths[path] as JsonObject ?? [];
            paths[path] = operations;
            foreach (var method in route.Methods)
                operations[method.ToLowerInvariant()] = Operation(route, method, schemas);
        }

        Schema(typeof(ProblemBody), schemas);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "KubeMetrics", ["version"] = HealthApi.Version, ["description"] = "Prometheus dumps in, statistics and reports out." },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas,
                ["securitySchemes"] = new JsonObject
                {
                    ["header"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = ApiKey.Header },
                    ["query"] = new JsonObject { ["type"] = "apiKey", ["in"] = "query", ["name"] = ApiKey.Query },
                },
            },
        };
    }

    private static JsonObject Operation(ApiRoute route, string method, JsonObject schemas)
    {
        var parameters = new JsonArray();
        foreach (Match part in Parameter().Matches(route.Pattern))
            parameters.Add((JsonNode)new JsonObject { ["name"] = part.Groups[1].Value, ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" } });
        foreach (var parameter in route.Parameters)
            parameters.Add((JsonNode)new JsonObject { ["name"] = parameter.Name, ["in"] = parameter.In, ["description"] = parameter.Meaning, ["schema"] = new JsonObject { ["type"] = parameter.Type } });

        var responses = new JsonObject();
        foreach (var status in route.Statuses)
        {
            var response = new JsonObject { ["description"] = ReasonPhrases.GetReasonPhrase(status) };
            if (method != "HEAD" && status is not (StatusCodes.Status302Found or StatusCodes.Status304NotModified))
                response["content"] = new JsonObject { [route.AnswerType] = route.Answer is { } answer ? new JsonObject { ["schema"] = Schema(answer, schemas) } : new JsonObject() };
            responses[status.ToString(CultureInfo.InvariantCulture)] = response;
        }

        responses["default"] = new JsonObject
        {
            ["description"] = "What is wrong, and what to do",
            ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = Schema(typeof(ProblemBody), schemas) } },
        };
        var operation = new JsonObject
        {
            ["operationId"] = method == "HEAD" ? route.Name + "Head" : route.Name,
            ["summary"] = route.Summary,
            ["parameters"] = parameters,
            ["responses"] = responses,
            ["security"] = route.Access == Access.Anonymous ? new JsonArray() : new JsonArray(new JsonObject { ["header"] = new JsonArray() }, new JsonObject { ["query"] = new JsonArray() }),
        };
        if (route.Body is { } body)
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = Schema(body, schemas) } } };
        return operation;
    }

    /// <summary>A reference to a form, which is added to the document where it is not there yet.</summary>
    private static JsonObject Schema(Type type, JsonObject schemas)
    {
        var name = type.Name;
        var place = $"#/components/schemas/{name}";
        if (!schemas.ContainsKey(name))
        {
            schemas[name] = ApiJson.Plain.GetTypeInfo(type)!.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true,
                TransformSchemaNode = (context, schema) =>
                {
                    if (schema is not JsonObject node) return new JsonObject(); // anything: "true" says the same, which not every reader of OpenAPI takes
                    // What occurs twice is referred to from the form's root, which lies deeper here.
                    if (node["$ref"]?.GetValue<string>() is { } inner) node["$ref"] = place + inner.TrimStart('#');
                    if (context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(DescriptionAttribute), false) is [DescriptionAttribute description, ..])
                        node.Insert(0, "description", description.Description);
                    return node;
                },
            });
        }

        return new JsonObject { ["$ref"] = place };
    }

    [GeneratedRegex(@"\{\*{0,2}(\w+)\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\{\*\*(\w+)\}")]
    private static partial Regex Catch();
}
