using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeMetrics.Pipeline.Work;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Http;

/// <summary>
/// An answer that is JSON. Its bytes are made in the handler, before anything is sent: what can't be written is told as
/// any other mistake, and never as half an answer.
/// </summary>
public sealed class JsonAnswer : IResult
{
    private readonly byte[] _body;
    private readonly int _status;
    private readonly string _type;

    private JsonAnswer(byte[] body, int status, string type) => (_body, _status, _type) = (body, status, type);

    /// <summary>An answer of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="form">How it is written.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="type">The media type.</param>
    public static JsonAnswer Of<T>(T value, JsonTypeInfo<T> form, int status = StatusCodes.Status200OK, string type = "application/json; charset=utf-8") =>
        new(JsonSerializer.SerializeToUtf8Bytes(value, form), status, type);

    /// <summary>An answer of work: 202 while there is something to do, 200 where it has ended.</summary>
    /// <param name="record">The work.</param>
    /// <param name="view">What callers see of it.</param>
    /// <param name="form">How that is written.</param>
    internal static JsonAnswer OfWork<T>(WorkRecord record, Func<WorkRecord, T> view, JsonTypeInfo<T> form) =>
        Of(view(record), form, record.IsOpen ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext http)
    {
        http.Response.StatusCode = _status;
        http.Response.ContentType = _type;
        http.Response.ContentLength = _body.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(_body, http.RequestAborted).AsTask();
    }
}
