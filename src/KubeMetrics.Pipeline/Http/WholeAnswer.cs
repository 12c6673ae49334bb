using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Http;

/// <summary>
/// An answer that is whole, or seen to be broken: what goes wrong while it is sent is told as a problem where nothing was
/// sent yet, and else ends the connection. A function that fails otherwise ends its answer as if it were complete.
/// </summary>
/// <param name="answer">The answer.</param>
internal sealed class WholeAnswer(IResult answer) : IResult
{
    public async Task ExecuteAsync(HttpContext http)
    {
        try
        {
            await answer.ExecuteAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // nobody is there to read it
        }
        catch (Exception e)
        {
            var problem = Problem.Of(e, http);
            if (http.Response.HasStarted)
            {
                http.Abort();
                return;
            }

            http.Response.Clear();
            SecurityHeaders.Set(http.Response.Headers);
            await problem.ExecuteAsync(http);
        }
    }
}
