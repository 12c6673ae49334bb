using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Settings;

namespace KubeMetrics.Pipeline.Tests.Http;

/// <summary>What a host answers that has started though its settings are wrong.</summary>
public sealed class SettingsMistakesTests
{
    private static readonly string[] Sentences =
        ["State is not set, and what a function app writes there is lost with its instance.", "Work:Budget (environment variable Work__Budget) is '0s'; it takes 1s to 1d.", new string('x', 2000)];

    private static readonly IServiceProvider Services = Asked.Services(new SettingsMistakes(Sentences));

    public static TheoryData<string> Guarded => [.. KubeMetricsApi.Routes.Where(route => route.Access == Access.Key).Select(route => route.Name)];

    public static TheoryData<string> Open => [.. KubeMetricsApi.Routes.Where(route => route.Access == Access.Anonymous && route.Name != "Health").Select(route => route.Name)];

    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task Whoever_has_the_key_reads_every_sentence_wherever_he_asks(string route)
    {
        var answer = await Asked.OfAsync(route, Services);

        Assert.Equal((503, "application/problem+json"), (answer.Status, answer.Type));
        Assert.Equal(string.Join('\n', Sentences), answer.Json.GetProperty("detail").GetString());
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task Whoever_asks_what_needs_no_key_reads_where_the_sentences_are_and_none_of_them(string route)
    {
        var answer = await Asked.OfAsync(route, Services);

        Assert.Equal((503, "application/problem+json"), (answer.Status, answer.Type));
        Assert.Contains("/api/ready", answer.Json.GetProperty("remedy").GetString());
        Assert.All(Sentences, sentence => Assert.DoesNotContain(sentence, answer.Json.GetRawText()));
    }

    [Fact]
    public async Task That_the_process_runs_is_true_all_the_same() => Assert.Equal(200, (await Asked.OfAsync("Health", Services)).Status);
}
