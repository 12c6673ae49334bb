using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Http;

/// <summary>
/// What callers show, where Azure Functions looks for its own keys. Compared by digests of equal length in constant time, so
/// that neither its content nor its length can be told from how long a refusal takes.
/// </summary>
/// <param name="key">The key.</param>
public sealed class ApiKey(string key)
{
    /// <summary>The header.</summary>
    public const string Header = "x-functions-key";

    /// <summary>The query parameter.</summary>
    public const string Query = "code";

    private readonly byte[] _digest = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Whether this text is the key.</summary>
    public bool Is(string? text) => text is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(text)), _digest);

    /// <summary>Whether a request shows the key, in its header or its query.</summary>
    public bool IsShownBy(HttpRequest request) => Is(request.Headers[Header] is [{ } header, ..] ? header : null) || Is(request.Query[Query] is [{ } query, ..] ? query : null);
}
