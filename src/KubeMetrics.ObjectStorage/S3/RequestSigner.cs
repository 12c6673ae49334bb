using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>
/// AWS's Signature Version 4 in the header <c>Authorization</c>, as <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html"/>
/// describes it. The key that a day's requests are signed with is derived once.
/// </summary>
internal sealed class RequestSigner(string accessKey, string secretKey, string region)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    private sealed record DayKey(string Day, byte[] Key);

    private DayKey? _last;

    /// <summary>A time as it stands in <c>x-amz-date</c>.</summary>
    internal static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>What the header <c>Authorization</c> has to say.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path, encoded as it is sent.</param>
    /// <param name="query">The query, encoded as it is sent, in the order of its names; empty for none.</param>
    /// <param name="headers">The headers that are signed: names in lower case and in order, <c>host</c>, <c>x-amz-date</c> and <c>x-amz-content-sha256</c> among them; values without blanks at their ends or two in a row.</param>
    internal string Authorization(string method, string path, string query, IReadOnlyCollection<KeyValuePair<string, string>> headers)
    {
        var (time, payload) = ("", "");
        var request = new StringBuilder(512).Append(method).Append('\n').Append(path).Append('\n').Append(query).Append('\n');
        foreach (var (name, value) in headers)
        {
            request.Append(name).Append(':').Append(value).Append('\n');
            if (name == "x-amz-date") time = value;
            else if (name == "x-amz-content-sha256") payload = value;
        }

        var names = string.Join(';', headers.Select(header => header.Key));
        request.Append('\n').Append(names).Append('\n').Append(payload);
        var day = time[..8];
        var scope = $"{day}/{region}/s3/aws4_request";
        var said = $"{Algorithm}\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(request.ToString())))}";
        return $"{Algorithm} Credential={accessKey}/{scope},SignedHeaders={names},Signature={Hex(Hmac(KeyOf(day), said))}";
    }

    private byte[] KeyOf(string day)
    {
        if (_last is { } last && last.Day == day) return last.Key;
        var key = Hmac(Hmac(Hmac(Hmac(Encoding.UTF8.GetBytes("AWS4" + secretKey), day), region), "s3"), "aws4_request");
        _last = new DayKey(day, key);
        return key;
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
