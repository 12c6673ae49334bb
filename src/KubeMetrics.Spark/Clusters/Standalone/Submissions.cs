using System.Net.Http.Json;
using System.Text.Json.Serialization;

namespace KubeMetrics.Spark.Clusters.Standalone;

/// <summary>The master's REST submission API.</summary>
internal sealed class Submissions(Uri address, ClusterHttp http)
{
    internal async Task<SubmissionAnswer> CreateAsync(CreateSubmission submission, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, At("create")) { Content = JsonContent.Create(submission, SubmissionJson.Default.CreateSubmission) };
        var answer = await http.SendAsync(request, cancellationToken);
        var created = answer.Json(SubmissionJson.Default.SubmissionAnswer);
        if (created.Success is true && created.SubmissionId is { Length: > 0 }) return created;
        if (created.Action is null || (int)answer.Status >= 500) throw answer.NotWhatItShould();
        EnsureReady(created);
        throw new ClusterRefusedException($"{answer.Endpoint} refuses: {SparkReasons.OfMessage(created.Message) ?? "it does not say why"}. Look at what is submitted, and at the cluster's version of Spark.");
    }

    /// <summary>What is said of a driver; without a state where none is known of that id.</summary>
    internal async Task<SubmissionAnswer> StatusAsync(string driver, CancellationToken cancellationToken) =>
        Read(await http.GetAsync(At($"status/{Uri.EscapeDataString(driver)}"), cancellationToken));

    internal async Task KillAsync(string driver, CancellationToken cancellationToken) =>
        Read(await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, At($"kill/{Uri.EscapeDataString(driver)}")), cancellationToken));

    private SubmissionAnswer Read(ClusterAnswer answer)
    {
        var said = answer.Json(SubmissionJson.Default.SubmissionAnswer);
        if (!answer.Ok || said.Success is null) throw answer.NotWhatItShould();
        EnsureReady(said);
        return said;
    }

    // A master that has just been started answers as if it knew nothing, and says why: "Current state is not alive: RECOVERING. …"
    private void EnsureReady(SubmissionAnswer answer)
    {
        if (answer.Success is not true && answer.Message?.Contains("Current state is not alive") is true)
            throw new ClusterUnreachableException($"The master at {address} is not ready: {SparkReasons.OfMessage(answer.Message)}");
    }

    private Uri At(string path) => new(address, $"/v1/submissions/{path}");
}

/// <summary>What the master is asked.</summary>
internal sealed record CreateSubmission(
    string Action,
    string ClientSparkVersion,
    string AppResource,
    string MainClass,
    IReadOnlyList<string> AppArgs,
    IReadOnlyDictionary<string, string> EnvironmentVariables,
    IReadOnlyDictionary<string, string> SparkProperties);

/// <summary>What it answers, whatever was asked.</summary>
internal sealed record SubmissionAnswer(string? Action, bool? Success, string? Message, string? SubmissionId, string? DriverState, string? WorkerId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CreateSubmission))]
[JsonSerializable(typeof(SubmissionAnswer))]
internal sealed partial class SubmissionJson : JsonSerializerContext;
