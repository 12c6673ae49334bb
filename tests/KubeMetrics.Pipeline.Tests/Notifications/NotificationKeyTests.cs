using System.Text;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Notifications;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Tests.Notifications;

public sealed class NotificationKeyTests
{
    private const string Secret = "0123456789abcdef";

    private static NotificationKey Key(string? key = Secret, bool open = false, string? api = null) => new(new NotificationOptions { Key = key, Open = open }, new ApiOptions { Key = api });

    private static HttpRequest Request(string query = "", string? authorization = null, string? header = null)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString(query);
        if (authorization is not null) http.Request.Headers.Authorization = authorization;
        if (header is not null) http.Request.Headers[ApiKey.Header] = header;
        return http.Request;
    }

    private static string Basic(string text) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static bool IsShownIn(params IEnumerable<string> records) => Key().Read(Encoding.UTF8.GetBytes(Notified.Body(records)), isShown: false) is not null;

    private static bool IsShownBy(params string?[] opaqueData) => IsShownIn(opaqueData.Select(one => Notified.Record("a.json", opaqueData: one)));

    [Fact]
    public void Every_way_that_a_bucket_can_show_the_key_counts()
    {
        Assert.True(Key().IsShownBy(Request($"?code={Secret}")));
        Assert.True(Key().IsShownBy(Request(header: Secret)));
        Assert.True(Key().IsShownBy(Request(authorization: Basic($"ceph:{Secret}"))));
        Assert.True(IsShownBy(Secret, Secret));
    }

    [Fact]
    public void Another_key_or_none_does_not()
    {
        foreach (var request in (HttpRequest[])[Request(), Request("?code="), Request("?code=0123456789abcdeF"), Request(authorization: Basic(Secret)), Request(authorization: Basic($"{Secret}:x")), Request(authorization: "Basic %%"), Request(authorization: $"Bearer {Secret}")])
            Assert.False(Key().IsShownBy(request));
        Assert.False(IsShownBy("another"));
        Assert.False(IsShownBy((string?)null));
        Assert.False(IsShownBy([]));
    }

    [Fact]
    public void One_record_that_shows_it_does_not_vouch_for_another() => Assert.False(IsShownBy(Secret, "another"));

    [Fact]
    public void As_many_bad_records_as_come_may_show_it() =>
        Assert.True(IsShownIn(Enumerable.Repeat($$"""{"opaqueData":"{{Secret}}"}""", 2 * NotificationReader.BadKept)));

    [Fact]
    public void Without_one_of_its_own_the_key_of_the_api_is_asked_for()
    {
        Assert.True(Key(null, api: "fedcba9876543210").IsShownBy(Request("?code=fedcba9876543210")));
        Assert.False(Key(Secret, api: "fedcba9876543210").IsShownBy(Request("?code=fedcba9876543210")));
    }

    [Fact]
    public void Without_any_nobody_is_let_in_unless_that_is_said()
    {
        Assert.False(Key(null).IsConfigured);
        Assert.False(Key(null).IsShownBy(Request()));
        Assert.True(Key(null, open: true).IsConfigured);
        Assert.True(Key(null, open: true).IsShownBy(Request()));
    }

    [Fact]
    public void What_is_kept_does_not_show_it() => Assert.Equal("a … b", Key().Hidden($"a {Secret} b"));
}
