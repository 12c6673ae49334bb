namespace KubeMetrics.Functions.Tests.StandIn;

/// <summary>Tries again where nobody listens yet, as the host does: a worker has told its functions by then, and begins to listen.</summary>
internal sealed class PatientHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int Tries = 10;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError && tried < Tries)
            {
                await Task.Delay(First * tried, cancellationToken);
            }
        }
    }
}
