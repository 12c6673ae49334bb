using System.Globalization;
using System.Net.Http.Headers;
using KubeMetrics.Pipeline.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace KubeMetrics.Pipeline.Events;

/// <summary>
/// Tells whether who delivers may: by the key, which a subscription's endpoint holds as <c>?code=</c>, or by a token of Microsoft Entra,
/// whose issuer, audience, signature, time and caller are looked at.
/// </summary>
public sealed class EventKey
{
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(5);

    private readonly EventOptions _options;
    private readonly TimeProvider _time;
    private readonly ApiKey? _key;
    private readonly JsonWebTokenHandler _tokens = new() { MapInboundClaims = false };
    private readonly TokenIssuer? _issuer;

    /// <summary>Nothing is asked of the issuer yet.</summary>
    /// <param name="options">Who may.</param>
    /// <param name="time">The clock.</param>
    public EventKey(EventOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _key = options.Key is { } key ? new ApiKey(key) : null;
        _issuer = options.Issuer is { } issuer ? new TokenIssuer(issuer, time) : null;
    }

    /// <summary>Whether a request shows the key or a token, so that either has to be right.</summary>
    public static bool ShowsSomething(HttpRequest request) => request.Headers.ContainsKey(ApiKey.Header) || request.Query.ContainsKey(ApiKey.Query) || Token(request) is not null;

    /// <summary>Why a request may not deliver, as a sentence without what it showed; null where it may.</summary>
    /// <exception cref="IOException">The issuer of tokens does not answer: it is to be sent again.</exception>
    public async Task<string?> WhyNotAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (_key?.IsShownBy(request) == true) return null;
        if (_issuer is null) return "The delivery does not show the key (Events:Key), or another.";
        if (Token(request) is not { } token) return _key is null ? "The delivery shows no token." : "The delivery shows neither the key (Events:Key) nor a token.";
        var result = await ValidateAsync(token, await _issuer.TellAsync(anew: false, cancellationToken));
        // The issuer changes its keys now and then.
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException) result = await ValidateAsync(token, await _issuer.TellAsync(anew: true, cancellationToken));
        if (!result.IsValid) return Why(result.Exception);
        var caller = Claim(result, "azp") ?? Claim(result, "appid");
        return caller is not null && _options.Callers.Contains(caller, StringComparer.OrdinalIgnoreCase)
            ? null
            : $"The token is of the application '{caller ?? "(none)"}', which Events:Callers does not name.";
    }

    private Task<TokenValidationResult> ValidateAsync(string token, OpenIdConnectConfiguration issuer) => _tokens.ValidateTokenAsync(token, new TokenValidationParameters
    {
        ValidIssuer = issuer.Issuer,
        ValidAudience = _options.Audience,
        IssuerSigningKeys = issuer.SigningKeys,
        ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        LifetimeValidator = (from, until, _, _) => _time.GetUtcNow().UtcDateTime is var now && until + ClocksDiffer > now && (from is null || from - ClocksDiffer <= now),
    });

    private string Why(Exception? e) => e switch
    {
        SecurityTokenInvalidIssuerException => $"The token is of another issuer than {_options.Issuer} (Events:Issuer).",
        SecurityTokenInvalidAudienceException => $"The token is for somebody else than {_options.Audience} (Events:Audience).",
        SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException or SecurityTokenNotYetValidException or SecurityTokenNoExpirationException => "The token's time is over, or has not come.",
        _ => "The token is not signed by its issuer, or is none.",
    };

    private static string? Claim(TokenValidationResult result, string name) => result.Claims.TryGetValue(name, out var value) && Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null;

    private static string? Token(HttpRequest request) =>
        AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) && "Bearer".Equals(header.Scheme, StringComparison.OrdinalIgnoreCase) ? header.Parameter : null;
}
