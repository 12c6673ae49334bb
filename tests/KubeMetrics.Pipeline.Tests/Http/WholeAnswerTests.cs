using System.Text;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KubeMetrics.Pipeline.Tests.Http;

/// <summary>Answers that fail while they are sent.</summary>
public sealed class WholeAnswerTests
{
    private sealed class Failing(bool begun) : IResult
    {
        public async Task ExecuteAsync(HttpContext http)
        {
            http.Response.StatusCode = 206;
            http.Response.ContentLength = 100;
            if (begun) await http.Response.StartAsync();
            throw new ObjectStoreException(ObjectStoreError.Unavailable, "The store is gone.");
        }
    }

    private sealed class Sent : HttpResponseFeature, IHttpResponseBodyFeature, IHttpRequestLifetimeFeature
    {
        private bool _started;

        public override bool HasStarted => _started;

        public bool Aborted { get; private set; }

        public Stream Stream { get; } = new MemoryStream();

        public System.IO.Pipelines.PipeWriter Writer => throw new NotSupportedException();

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => Aborted = true;

        public Task StartAsync(CancellationToken cancellationToken = default)
        {
            _started = true;
            return Task.CompletedTask;
        }

        public Task CompleteAsync() => Task.CompletedTask;

        public void DisableBuffering()
        {
        }

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    private static async Task<(Sent Sent, HttpContext Http)> AnsweredAsync(IResult answer)
    {
        var sent = new Sent();
        var http = new DefaultHttpContext { RequestServices = Asked.Services() };
        http.Features.Set<IHttpResponseFeature>(sent);
        http.Features.Set<IHttpResponseBodyFeature>(sent);
        http.Features.Set<IHttpRequestLifetimeFeature>(sent);
        var route = new ApiRoute("Fails", ApiRoute.Get, "/fails", Access.Key, "Fails", _ => Task.FromResult(answer));
        await (await route.RunAsync(http)).ExecuteAsync(http);
        return (sent, http);
    }

    [Fact]
    public async Task What_fails_before_anything_is_sent_is_told_as_a_problem_with_nothing_of_the_answer_left()
    {
        var (sent, http) = await AnsweredAsync(new Failing(begun: false));

        Assert.Equal((503, "application/problem+json", false), (http.Response.StatusCode, http.Response.ContentType, sent.Aborted));
        Assert.Equal(SecurityHeaders.NoPagePolicy, http.Response.Headers.ContentSecurityPolicy);
        var body = ((MemoryStream)sent.Stream).ToArray();
        Assert.Equal(body.Length, http.Response.ContentLength);
        Assert.Contains("The store is gone.", Encoding.UTF8.GetString(body));
    }

    [Fact]
    public async Task What_fails_on_its_way_is_broken_off_so_that_nobody_takes_it_for_whole()
    {
        var (sent, http) = await AnsweredAsync(new Failing(begun: true));

        Assert.True(sent.Aborted);
        Assert.Equal((206, 0L), (http.Response.StatusCode, sent.Stream.Length));
    }
}
