using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace KubeMetrics.Spark.Clusters.Livy;

/// <summary>Livy's batches, as requests.</summary>
internal sealed class Batches(Uri endpoint, ClusterHttp http)
{
    // The window that Livy keeps (livy.cache-log.size), unless it was set to more.
    private const int LogLines = 200;

    internal async Task<ClusterAnswer> PostAsync(BatchRequest batch, CancellationToken cancellationToken) =>
        await SendAsync(HttpMethod.Post, "", cancellationToken, JsonContent.Create(batch, LivyJson.Default.BatchRequest));

    /// <summary>The batch of a name; null where Livy knows none.</summary>
    internal async Task<Batch?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Get, $"/{name}", cancellationToken);
        if (answer.Status == HttpStatusCode.NotFound && WhatIsSaid(answer) is not null) return null;
        var batch = Read(answer, LivyJson.Default.Batch);
        return batch is { State: not null, Id: not null } ? batch.Name == name ? batch : null : throw answer.NotWhatItShould();
    }

    /// <summary>The end of a batch's log: what it writes to either output, between two headings.</summary>
    internal async Task<IReadOnlyList<string>> LogAsync(Batch batch, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Get, $"/{batch.Id}/log?size={LogLines}", cancellationToken);
        return answer.Status == HttpStatusCode.NotFound ? [] : Read(answer, LivyJson.Default.BatchLog).Log ?? [];
    }

    internal async Task DeleteAsync(Batch batch, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Delete, $"/{batch.Id}", cancellationToken);
        if (!answer.Ok && answer.Status != HttpStatusCode.NotFound) throw Failed(answer);
    }

    /// <summary>
    /// What an answer that is no success says: <c>{"msg":…}</c>, a bare JSON string, or the words in the status line of a page. Its
    /// first line: Jackson adds where in the request something stands. Null where it says nothing that Livy would.
    /// </summary>
    internal static string? WhatIsSaid(ClusterAnswer answer)
    {
        string? text;
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            text = json.RootElement.ValueKind switch
            {
                JsonValueKind.String => json.RootElement.GetString(),
                JsonValueKind.Object when json.RootElement.TryGetProperty("msg", out var said) && said.ValueKind == JsonValueKind.String => said.GetString(),
                _ => null,
            };
        }
        catch (JsonException)
        {
            text = answer.Text.Contains("Jetty", StringComparison.OrdinalIgnoreCase) ? answer.Phrase : null;
        }

        return SparkReasons.OfMessage(text);
    }

    internal static ClusterUnreachableException Failed(ClusterAnswer answer) =>
        WhatIsSaid(answer) is { } said ? new ClusterUnreachableException($"{answer.Endpoint} answers {(int)answer.Status}: {said}") : answer.NotWhatItShould();

    private static T Read<T>(ClusterAnswer answer, JsonTypeInfo<T> type) => answer.Ok ? answer.Json(type) : throw Failed(answer);

    private Task<ClusterAnswer> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, $"{endpoint.AbsoluteUri.TrimEnd('/')}/batches{path}") { Content = content };
        request.Headers.Add("X-Requested-By", "kubemetrics");      // asked for where CSRF protection is on
        return http.SendAsync(request, cancellationToken);
    }
}

/// <summary>What is posted.</summary>
internal sealed record BatchRequest(
    string Name,
    string File,
    string ClassName,
    IReadOnlyList<string> Args,
    string DriverMemory,
    int DriverCores,
    string ExecutorMemory,
    IReadOnlyDictionary<string, string> Conf);

/// <summary>A batch.</summary>
internal sealed record Batch(int? Id, string? Name, string? State, IReadOnlyList<string>? Log)
{
    /// <summary>Whether it looks like what Livy keeps of a batch that it refused; one that was just posted looks so for a moment.</summary>
    internal bool MayBeGhost => State == "starting" && Log is null or { Count: 0 };
}

/// <summary>Some of a batch's log.</summary>
internal sealed record BatchLog(IReadOnlyList<string>? Log);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BatchRequest))]
[JsonSerializable(typeof(Batch))]
[JsonSerializable(typeof(BatchLog))]
internal sealed partial class LivyJson : JsonSerializerContext;
