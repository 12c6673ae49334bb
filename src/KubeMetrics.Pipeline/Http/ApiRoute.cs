using KubeMetrics.Pipeline.Settings;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Http;

/// <summary>Who may call a route.</summary>
public enum Access
{
    /// <summary>Whoever asks.</summary>
    Anonymous,

    /// <summary>Who shows the key, where one is set (on Azure: a function key).</summary>
    Key,
}

/// <summary>What a query parameter, header or part of the path is for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="In"><c>path</c>, <c>query</c> or <c>header</c>.</param>
/// <param name="Meaning">What it is for.</param>
/// <param name="Type">JSON Schema's type.</param>
public sealed record ApiParameter(string Name, string In, string Meaning, string Type = "string");

/// <summary>
/// One route as data: both hosts map it, the OpenAPI document lists it, tests hold it against what answers. What it does is
/// a static method of its feature, which <paramref name="Handle"/> hands what it takes.
/// </summary>
/// <param name="Name">Its name: on Azure the function's.</param>
/// <param name="Methods">HTTP methods.</param>
/// <param name="Pattern">The path, parameters in braces.</param>
/// <param name="Access">Who may call it.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="Handle">Does it.</param>
public sealed record ApiRoute(string Name, string[] Methods, string Pattern, Access Access, string Summary, Func<HttpContext, Task<IResult>> Handle)
{
    /// <summary>The methods of what is only read: whoever may get it may also ask about it.</summary>
    public static string[] Get { get; } = ["GET", "HEAD"];

    /// <summary>The form of the request's body, one of <see cref="ApiJson"/>'s; null for none. Only its type: to make all forms costs a good part of a start.</summary>
    public Type? Body { get; init; }

    /// <summary>The form of the answer; null where it is no JSON of a fixed form.</summary>
    public Type? Answer { get; init; }

    /// <summary>The media type of the answer.</summary>
    public string AnswerType { get; init; } = "application/json";

    /// <summary>The status of a good answer; several where it depends.</summary>
    public int[] Statuses { get; init; } = [StatusCodes.Status200OK];

    /// <summary>What it takes besides the body.</summary>
    public ApiParameter[] Parameters { get; init; } = [];

    /// <summary>Whether it answers where the settings are wrong: that the process runs is true all the same.</summary>
    public bool NeedsNoSettings { get; init; }

    /// <summary>
    /// Runs the route, and turns what is wrong into an answer: never an exception that a person would see as a stack trace.
    /// Both hosts call this.
    /// </summary>
    public async Task<IResult> RunAsync(HttpContext http)
    {
        SecurityHeaders.Set(http.Response.Headers);
        if (!NeedsNoSettings && http.RequestServices.GetService(typeof(SettingsMistakes)) is SettingsMistakes mistakes) return Problem.Of(mistakes, this, http);
        try
        {
            return new WholeAnswer(await Handle(http));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return TypedResults.StatusCode(StatusCodes.Status499ClientClosedRequest); // nobody is there to read it
        }
        catch (Exception e)
        {
            return Problem.Of(e, http);
        }
    }
}

/// <summary>What handlers take from a request.</summary>
internal static class RequestExtensions
{
    internal static T Service<T>(this HttpContext http)
        where T : notnull => (T)(http.RequestServices.GetService(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T).Name} is not registered in this host."));

    internal static string Value(this HttpContext http, string name) => http.Request.RouteValues[name] as string ?? "";

    internal static string? Query(this HttpContext http, string name) => http.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;

    internal const string IdempotencyHeader = "Idempotency-Key";

    /// <summary>What makes a repeated request safe; null where the caller gave none.</summary>
    /// <exception cref="RefusedException">It is there, and empty.</exception>
    internal static string? IdempotencyKey(this HttpContext http) => http.Request.Headers[IdempotencyHeader] switch
    {
        [] => null,
        [{ Length: > 0 } key, ..] => key,
        _ => throw new RefusedException(Refusal.Invalid, $"The header {IdempotencyHeader} is there, and empty.", "Give each wish a key of its own, such as a UUID, or leave the header out."),
    };

    /// <summary>A whole number from the query.</summary>
    /// <exception cref="RefusedException">It is none, or too large or small.</exception>
    internal static int Number(this HttpContext http, string name, int fallback, int most)
    {
        if (http.Query(name) is not { } text) return fallback;
        return int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : throw new RefusedException(Refusal.Invalid, $"'{name}' is '{text}'; it takes a whole number from 1 to {most}.", "Correct it, or leave it out.");
    }
}
