using System.Text;
using System.Text.Json;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>An answer, whole.</summary>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    private readonly Lazy<JsonElement> _json = new(() => JsonDocument.Parse(Body).RootElement);

    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => _json.Value;

    public string? Type => Headers.GetValueOrDefault("Content-Type");

    /// <summary>A header; empty where it is not there.</summary>
    public string this[string header] => Headers.GetValueOrDefault(header, "");

    public static async Task<Answer> OfAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var headers = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, headers, body);
    }

    /// <summary>That it is this status, without a word more where it is.</summary>
    public Answer Is(int status)
    {
        Assert.True(Status == status, $"{Status} instead of {status}: {Text[..Math.Min(Text.Length, 2000)]}");
        return this;
    }

    /// <summary>That it has no word of something.</summary>
    public void DoesNotName(string something) => Assert.DoesNotContain(something, Text);

    /// <summary>That it says what is wrong as the contract has it: each part there, what is named named, nothing of the program's insides.</summary>
    public Answer IsProblem(int status, params string[] named)
    {
        Is(status);
        Assert.Equal("application/problem+json", Type);
        foreach (var part in (string[])["type", "title", "detail", "remedy", "traceId"])
            Assert.False(string.IsNullOrWhiteSpace(Json.GetProperty(part).GetString()), $"no {part} in {Text}");
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        foreach (var text in named) Assert.Contains(text, Json.GetProperty("detail").GetString());
        foreach (var inside in (string[])["   at ", "System.", "Microsoft.", "KubeMetrics.", "Exception"]) Assert.DoesNotContain(inside, Text);
        return this;
    }
}
