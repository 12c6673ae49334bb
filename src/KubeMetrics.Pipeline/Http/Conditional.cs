using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace KubeMetrics.Pipeline.Http;

/// <summary>An answer of a file, which ASP.NET Core leaves empty where a condition or a range does not hold: then it says so.</summary>
/// <param name="length">The file's length.</param>
/// <param name="file">The answer.</param>
internal sealed class Conditional(long length, IResult file) : IResult
{
    public async Task ExecuteAsync(HttpContext http)
    {
        // ASP.NET Core takes a range of any unit for one of bytes; HTTP has it that units which are not known are passed over.
        if (!http.Request.Headers.Range.ToString().StartsWith("bytes=", StringComparison.OrdinalIgnoreCase)) http.Request.Headers.Remove(HeaderNames.Range);
        await file.ExecuteAsync(http);
        var refusal = http.Response.StatusCode switch
        {
            StatusCodes.Status412PreconditionFailed => Problem.Is(http, StatusCodes.Status412PreconditionFailed, "condition-failed", "A condition does not hold",
                "The file is not, or no longer, the version that If-Match or If-Unmodified-Since asks for.", "Ask without the condition, or with the ETag that it has now."),
            StatusCodes.Status416RangeNotSatisfiable => Problem.Is(http, StatusCodes.Status416RangeNotSatisfiable, "no-such-range", "There is no such range",
                $"The range '{http.Request.Headers.Range}' has no part of the file, which has {length} bytes.", "Ask for a range that begins before its end, or for the whole file."),
            _ => null,
        };
        if (refusal is null || http.Response.HasStarted) return;
        http.Response.ContentLength = null;
        http.Response.Headers.CacheControl = "no-store";
        await refusal.ExecuteAsync(http);
    }
}
