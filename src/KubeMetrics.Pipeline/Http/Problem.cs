using System.Diagnostics;
using System.Globalization;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Pipeline.Http;

/// <summary>What is wrong with a request, as RFC 9457 has it: sentences that a person can act on.</summary>
/// <param name="Type">Names the kind of problem; the same for all of its kind.</param>
/// <param name="Title">The kind, in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong, and where.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="TraceId">Finds the request in the log.</param>
public sealed record ProblemBody(string Type, string Title, int Status, string Detail, string Remedy, string TraceId);

/// <summary>Answers that say what is wrong.</summary>
public static partial class Problem
{
    private const string MediaType = "application/problem+json";
    private const int LongestDetail = 1000;
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);

    /// <summary>An answer.</summary>
    public static IResult Is(HttpContext http, int status, string kind, string title, string detail, string remedy)
    {
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            http.Response.Headers.RetryAfter = AskAgain.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        if (detail.Length > LongestDetail) detail = detail[..LongestDetail] + "…"; // it quotes what was asked for, which may be as long as it likes
        return Answer(http, status, kind, title, detail, remedy);
    }

    /// <summary>The answer of a host whose settings are wrong: all sentences, but not to everybody.</summary>
    internal static IResult Of(SettingsMistakes mistakes, ApiRoute route, HttpContext http)
    {
        const int Status = StatusCodes.Status503ServiceUnavailable;
        const string Kind = "settings-wrong", Title = "The settings are wrong";
        return route.Access == Access.Anonymous
            ? Answer(http, Status, Kind, Title, "The host's settings are wrong.", "Ask /api/ready, which shows what is wrong to whoever has the key, or see the host's log.")
            : Answer(http, Status, Kind, Title, string.Join('\n', mistakes.Sentences), "Mend the settings that the sentences name, then start the host again; on Azure a setting that is changed does that by itself.");
    }

    private static JsonAnswer Answer(HttpContext http, int status, string kind, string title, string detail, string remedy) =>
        JsonAnswer.Of(new ProblemBody($"urn:kubemetrics:problem:{kind}", title, status, detail, remedy, TraceIdOf(http)), ApiJson.Plain.ProblemBody, status, MediaType);

    /// <summary>The answer to what went wrong in a handler. What is nobody's mistake but ours is logged, and told without its insides.</summary>
    public static IResult Of(Exception e, HttpContext http)
    {
        switch (e)
        {
            case RefusedException refused:
                var (status, kind, title) = Of(refused.Reason);
                return Is(http, status, kind, title, refused.Message, refused.Remedy);
            case BodyException body:
                return Is(http, body.Status, body.Kind, body.Title, body.Message, body.Remedy);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Of(BodyException.TooLarge(), http);
            case BadHttpRequestException bad:
                return Is(http, bad.StatusCode, "bad-request", "The request is broken", bad.Message, "Send it again; if it stays so, look at what sends it.");
            case ObjectStoreException { Error: ObjectStoreError.BucketNotFound or ObjectStoreError.AccessDenied or ObjectStoreError.Unavailable }:
                LogStore(Logger(http), e.Message, TraceIdOf(http));
                return Is(http, StatusCodes.Status503ServiceUnavailable, "store-unavailable", "A store does not answer as it has to", e.Message, "See to what the sentence names, then ask again.");
            case IOException:
                LogStore(Logger(http), e.Message, TraceIdOf(http));
                return Is(http, StatusCodes.Status503ServiceUnavailable, "store-unavailable", "A store does not answer as it has to", e.Message, "Ask again; if it stays so, see the host's log.");
            default:
                LogMistake(Logger(http), e, http.Request.Method, http.Request.Path, TraceIdOf(http));
                return Is(http, StatusCodes.Status500InternalServerError, "mistake", "A mistake in kubemetrics itself", "The request could not be answered.", "The host's log has the details, under the traceId; please report them.");
        }
    }

    private static (int Status, string Kind, string Title) Of(Refusal reason) => reason switch
    {
        Refusal.UnknownDataset => (StatusCodes.Status404NotFound, "unknown-dataset", "There is no such dataset"),
        Refusal.UnknownRun => (StatusCodes.Status404NotFound, "unknown-run", "There is no such work"),
        Refusal.UnknownReport => (StatusCodes.Status404NotFound, "unknown-report", "There is no such report"),
        Refusal.UnknownDeadLetter => (StatusCodes.Status404NotFound, "unknown-dead-letter", "There is no such dead letter"),
        Refusal.Invalid => (StatusCodes.Status400BadRequest, "invalid-value", "A value can't be understood"),
        Refusal.NoCluster => (StatusCodes.Status422UnprocessableEntity, "no-cluster", "Nothing is set that runs jobs"),
        Refusal.Nothing => (StatusCodes.Status422UnprocessableEntity, "nothing-to-analyse", "There is nothing to analyse"),
        Refusal.KeyReused => (StatusCodes.Status422UnprocessableEntity, "key-reused", "The key stands for another request"),
        Refusal.NoLongerKept => (StatusCodes.Status410Gone, "no-longer-kept", "It is no longer kept"),
        Refusal.QueueFull => (StatusCodes.Status429TooManyRequests, "queue-full", "Too much waits already"),
        _ => (StatusCodes.Status409Conflict, "wrong-state", "It is not in a state for this"),
    };

    private static string TraceIdOf(HttpContext http) => Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;

    private static ILogger Logger(HttpContext http) => http.Service<ILoggerFactory>().CreateLogger("KubeMetrics.Http");

    [LoggerMessage(Level = LogLevel.Warning, Message = "A store does not answer as it has to: {Reason} (request {TraceId})")]
    private static partial void LogStore(ILogger log, string reason, string traceId);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed by a mistake of the program (request {TraceId})")]
    private static partial void LogMistake(ILogger log, Exception e, string method, string path, string traceId);
}
