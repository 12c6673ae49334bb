using System.Net.Http.Headers;
using System.Text;
using KubeMetrics.Pipeline.Http;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Notifications;

/// <summary>
/// Tells whether who notifies may: by what an RGW can be made to send, which is a query in the push endpoint
/// (<c>?code=…</c>), basic authentication (<c>http://ceph:…@host</c>), or the topic's opaque data.
/// </summary>
public sealed class NotificationKey(NotificationOptions options, ApiOptions api)
{
    private readonly ApiKey? _key = (options.Key ?? api.Key) is { } key ? new ApiKey(key) : null;

    /// <summary>Whether it can be told at all: there is a key, or none is asked for.</summary>
    public bool IsConfigured => _key is not null || options.Open;

    /// <summary>Whether a request shows the key, or needs none; what its records show is not looked at.</summary>
    public bool IsShownBy(HttpRequest request) => _key is null ? options.Open : _key.IsShownBy(request) || _key.Is(Password(request));

    /// <summary>
    /// Reads a notification that shows the key; null where it does not. Where the request did not, every record has to: of several senders' in
    /// one body none is taken on another's word.
    /// </summary>
    /// <param name="body">What came.</param>
    /// <param name="isShown">Whether the request showed it already.</param>
    public IReadOnlyList<NotificationItem>? Read(ReadOnlyMemory<byte> body, bool isShown)
    {
        var items = NotificationReader.Read(body, isShown ? null : item => isShown = IsShownBy(item));
        return isShown ? items : null;
    }

    private bool IsShownBy(NotificationItem item) => _key is not null && _key.Is(item switch
    {
        NotificationItem.Told told => told.Arrival.OpaqueData,
        NotificationItem.Bad bad => bad.OpaqueData,
        _ => null,
    });

    /// <summary>A text without the key, to be kept.</summary>
    public string Hidden(string text) => (options.Key ?? api.Key) is { } key ? text.Replace(key, "…", StringComparison.Ordinal) : text;

    private static string? Password(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) || !"Basic".Equals(header.Scheme, StringComparison.OrdinalIgnoreCase) || header.Parameter is null) return null;
        var bytes = new byte[header.Parameter.Length];
        if (!Convert.TryFromBase64String(header.Parameter, bytes, out var length)) return null;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text.IndexOf(':') is >= 0 and var colon ? text[(colon + 1)..] : null;
    }
}
