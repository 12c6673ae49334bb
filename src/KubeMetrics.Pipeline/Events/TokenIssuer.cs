using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace KubeMetrics.Pipeline.Events;

/// <summary>
/// What an issuer of tokens tells of itself and its keys (OpenID Connect Discovery 1.0). Kept for some hours; asked anew, and waited for, where a token shows a key that is
/// not known: the library's own manager asks in the background meanwhile, and whoever came first would be refused for good.
/// </summary>
internal sealed class TokenIssuer(Uri issuer, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(12), Patience = TimeSpan.FromSeconds(10), LeastApart = TimeSpan.FromMinutes(1);

    private readonly string _address = $"{issuer.AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration";
    private readonly HttpDocumentRetriever _documents = new(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Patience }) { RequireHttps = issuer.Scheme == Uri.UriSchemeHttps };
    private readonly SemaphoreSlim _one = new(1);
    private OpenIdConnectConfiguration? _known;
    private long _asked;

    /// <summary>What it tells.</summary>
    /// <param name="anew">What is kept does not do; it is not asked more than once a minute all the same.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <exception cref="IOException">It does not answer, or is another.</exception>
    internal async Task<OpenIdConnectConfiguration> TellAsync(bool anew, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_known is { } known && time.GetElapsedTime(_asked) < (anew ? LeastApart : Kept)) return known;
            var told = await AskAsync(cancellationToken);
            (_known, _asked) = (told, time.GetTimestamp());
            return told;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<OpenIdConnectConfiguration> AskAsync(CancellationToken cancellationToken)
    {
        OpenIdConnectConfiguration told;
        try
        {
            told = await OpenIdConnectConfigurationRetriever.GetAsync(_address, _documents, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"The issuer of tokens {issuer} (Events:Issuer) does not tell its keys: {(e.InnerException ?? e).Message}", e);
        }

        return string.Equals(told.Issuer?.TrimEnd('/'), issuer.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal)
            ? told
            : throw new IOException($"What answers at {issuer} calls itself '{told.Issuer}'; set Events:Issuer to that, if it is the one.");
    }
}
