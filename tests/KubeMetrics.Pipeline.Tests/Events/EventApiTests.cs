using System.Text;
using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Tests.Http;
using KubeMetrics.Pipeline.Tests.Notifications;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeMetrics.Pipeline.Tests.Events;

/// <summary>Deliveries of events, in the forms of Event Grid's documentation and of CloudEvents 1.0.</summary>
public sealed class EventApiTests
{
    private const string Key = "0123456789abcdef";
    private const string Code = "512d38b6-c7b8-40c8-89fe-f46f9e9622b6";

    private readonly MemoryStore _store = new();
    private readonly ManualTime _time = new();
    private EventOptions _options = new() { Key = Key };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<(Asked Answer, HttpContext Http)> AskAsync(string method, string? body, string type = "application/json", string? query = $"?code={Key}", params (string Name, string Value)[] headers)
    {
        var state = new StorePlace(_store, "state");
        var letters = new DeadLetters(state, _time);
        var service = new NotificationService(Told.Datasets, new DirtyMarkers(state, _time), letters, new NotificationKey(new NotificationOptions(), new ApiOptions()), _time, NullLogger<NotificationService>.Instance);
        var http = new DefaultHttpContext { RequestServices = Asked.Services(_options, new EventKey(_options, _time), service) };
        (http.Request.Method, http.Request.Path, http.Request.QueryString, http.Request.ContentType) = (method, EventApi.Path, new QueryString(query), type);
        if (body is not null) http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        foreach (var (name, value) in headers) http.Request.Headers[name] = value;
        var route = EventApi.Routes.Single(one => one.Methods.Contains(method));
        return (await Asked.OfAsync(await route.RunAsync(http), http), http);
    }

    private async Task<(int Accepted, int Ignored, int SetAside)> DeliverAsync(string body, string type = "application/cloudevents+json; charset=utf-8", params (string Name, string Value)[] headers)
    {
        var (answer, _) = await AskAsync("POST", body, type, headers: headers);
        Assert.Equal(200, answer.Status);
        return (answer.Json.GetProperty("accepted").GetInt32(), answer.Json.GetProperty("ignored").GetInt32(), answer.Json.GetProperty("setAside").GetInt32());
    }

    private async Task<IReadOnlyList<string>> DirtyAsync() => [.. (await new DirtyMarkers(new StorePlace(_store, "state"), _time).ListAsync(Cancellation)).Select(one => one.Key).Order()];

    private Task<IReadOnlyList<DeadLetter>> LettersAsync() => new DeadLetters(new StorePlace(_store, "state"), _time).ListAsync(100, Cancellation);

    private static string CloudEvent(string type, string data, string version = "1.0") => $$"""{"specversion":"{{version}}","id":"{{Guid.NewGuid()}}","source":"/x","type":"{{type}}","time":"2026-01-01T00:00:00Z","data":{{data}}}""";

    private static string GridEvent(string type, string data, string topic = EventGridStandIn.Topic) =>
        $$"""{"id":"{{Guid.NewGuid()}}","topic":"{{topic}}","subject":"s","data":{{data}},"eventType":"{{type}}","eventTime":"2026-01-01T00:00:00Z","metadataVersion":"1","dataVersion":"1"}""";

    private static string Validation(string topic = EventGridStandIn.Topic) =>
        $"[{GridEvent("Microsoft.EventGrid.SubscriptionValidationEvent", $$"""{"validationCode":"{{Code}}","validationUrl":"https://rp-eastus2.eventgrid.azure.net/eventsubscriptions/x/validate?id=1"}""", topic)}]";

    private static string Ingested(string destination) => $$"""{"id":"01c61q5rr0h5y3yb","destination":"{{destination}}"}""";

    [Theory]
    [InlineData("application/cloudevents+json; charset=utf-8")]
    [InlineData("application/cloudevents-batch+json; charset=utf-8")]
    [InlineData("application/json")]
    public async Task Events_of_both_schemas_that_carry_notifications_make_datasets_dirty(string type)
    {
        var notification = $$"""{"Records":[{{Notified.Record("kube/a.json", bucket: "private")}}]}""";
        var body = type switch
        {
            "application/json" => $"[{GridEvent("com.ceph.ObjectCreated", notification)}]",
            "application/cloudevents+json; charset=utf-8" => CloudEvent("com.ceph.ObjectCreated", notification),
            _ => $"[{CloudEvent("com.ceph.ObjectCreated", notification)}]",
        };
        Assert.Equal((1, 0, 0), await DeliverAsync(body, type));
        Assert.Equal(["kube"], await DirtyAsync());
    }

    [Theory]
    [InlineData("s3://private/kube/2018", "kube")]
    [InlineData("s3://private/kube/", "kube")]
    [InlineData("s3://private/", "kube other")]
    [InlineData("s3://private/kube-old", "")]
    [InlineData("s3://private/still", "")]
    public async Task An_ingest_that_another_installation_completed_makes_the_datasets_dirty_whose_place_it_filled(string destination, string dirty)
    {
        var (accepted, ignored, aside) = await DeliverAsync(CloudEvent(EventTypes.IngestCompleted, Ingested(destination)));
        Assert.Equal(dirty.Length > 0 ? (1, 0, 0) : (0, 1, 0), (accepted, ignored, aside));
        Assert.Equal(dirty, string.Join(' ', await DirtyAsync()));
    }

    [Fact]
    public async Task A_job_that_another_installation_finished_does_so_where_it_wrote_something()
    {
        Assert.Equal((1, 1, 0), await DeliverAsync($$"""[{{CloudEvent(EventTypes.JobFinished, """{"state":"succeeded","output":"s3://private/other/x"}""")}},{{CloudEvent(EventTypes.JobFinished, """{"state":"failed","output":null}""")}}]""", "application/cloudevents-batch+json"));
        Assert.Equal(["other"], await DirtyAsync());
    }

    [Fact]
    public async Task What_is_heeded_by_nobody_is_ignored()
    {
        Assert.Equal((0, 3, 0), await DeliverAsync($"[{CloudEvent(EventTypes.ReportReady, "{}")},{CloudEvent("Microsoft.Storage.BlobCreated", """{"url":"https://x"}""")},{GridEvent("Microsoft.Storage.BlobCreated", """{"url":"https://x"}""")}]"));
        Assert.Empty(await LettersAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"data\":\"hello\"")]
    [InlineData(",\"data\":[1,2]")]
    [InlineData(",\"data\":null")]
    [InlineData(",\"data_base64\":\"aGVsbG8=\"")]
    public async Task Of_a_type_that_nobody_heeds_no_data_is_asked_for(string data)
    {
        Assert.Equal((0, 1, 0), await DeliverAsync($$"""{"specversion":"1.0","id":"1","source":"/a","type":"x.y"{{data}}}"""));
        Assert.Empty(await LettersAsync());
    }

    [Fact]
    public async Task An_event_in_headers_is_read_as_one_in_the_body()
    {
        Assert.Equal((1, 0, 0), await DeliverAsync(Ingested("s3://private/kube/"), "application/json", ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/x"), ("ce-type", EventTypes.IngestCompleted)));
        Assert.Equal(["kube"], await DirtyAsync());
    }

    [Theory]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/x\",\"type\":\"kubemetrics.ingest.completed\",\"data\":{}}", "destination")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/x\",\"type\":\"kubemetrics.ingest.completed\",\"data\":{\"destination\":\"s3://a/../b\"}}", "destination")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/x\",\"type\":\"kubemetrics.ingest.completed\",\"data\":7}", "no object")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/x\",\"data\":{}}", "\"type\"")]
    [InlineData("{\"specversion\":\"2.0\",\"id\":\"1\",\"source\":\"/x\",\"type\":\"t\",\"data\":{}}", "1.0")]
    [InlineData("{\"cloudEventsVersion\":\"0.1\",\"eventID\":\"1\"}", "Records")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/x\",\"type\":\"kubemetrics.job.finished\",\"data_base64\":\"e\"}", "no data")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/x\",\"type\":\"kubemetrics.job.finished\",\"data_base64\":\"ew==\"}", "no JSON")]
    [InlineData("{\"eventType\":\"Microsoft.EventGrid.SubscriptionValidationEvent\",\"data\":{\"validationCode\":\"1\"}}", "alone")]
    [InlineData("7", "no object")]
    public async Task A_bad_event_in_a_batch_is_set_aside_with_its_reason_and_the_rest_is_served(string bad, string told)
    {
        var good = CloudEvent(EventTypes.IngestCompleted, Ingested("s3://private/kube/"));
        Assert.Equal((2, 0, 1), await DeliverAsync($"[{good},{bad},{good}]", "application/cloudevents-batch+json"));
        Assert.Equal(["kube"], await DirtyAsync());
        Assert.Contains(told, Assert.Single(await LettersAsync()).Reason);
    }

    [Fact]
    public async Task A_body_that_is_no_json_is_set_aside_whole() => Assert.Equal((0, 0, 1), await DeliverAsync("{\"half"));

    [Fact]
    public async Task A_subscription_in_event_grids_own_schema_is_agreed_to_with_its_code()
    {
        var (answer, _) = await AskAsync("POST", Validation(), headers: ("aeg-event-type", "SubscriptionValidation"));
        Assert.Equal((200, Code), (answer.Status, answer.Json.GetProperty("validationResponse").GetString()));
        Assert.Empty(await LettersAsync());
    }

    [Fact]
    public async Task A_subscription_to_another_topic_is_not_agreed_to()
    {
        _options = _options with { From = [EventGridStandIn.Topic.ToUpperInvariant()] };
        Assert.Equal(200, (await AskAsync("POST", Validation())).Answer.Status);
        var (refused, _) = await AskAsync("POST", Validation("/subscriptions/1/another"));
        Assert.Equal(403, refused.Status);
        Assert.Contains("/subscriptions/1/another", refused.Json.GetProperty("detail").GetString());
        Assert.DoesNotContain(Code, refused.Json.GetRawText());
    }

    [Fact]
    public async Task A_sender_of_CloudEvents_is_allowed_by_its_name()
    {
        var (allowed, http) = await AskAsync("OPTIONS", null, headers: [("WebHook-Request-Origin", "eventgrid.azure.net"), ("WebHook-Request-Rate", "120")]);
        Assert.Equal((200, "eventgrid.azure.net", "*"), (allowed.Status, http.Response.Headers["WebHook-Allowed-Origin"].ToString(), http.Response.Headers["WebHook-Allowed-Rate"].ToString()));

        foreach (var origin in (string[])["evil.example", ""])
        {
            var (refused, with) = await AskAsync("OPTIONS", null, headers: ("WebHook-Request-Origin", origin));
            Assert.Equal(403, refused.Status);
            Assert.False(with.Response.Headers.ContainsKey("WebHook-Allowed-Origin"));
        }

        _options = _options with { Origins = ["*"] };
        Assert.Equal("broker.example", (await AskAsync("OPTIONS", null, headers: ("WebHook-Request-Origin", "broker.example"))).Http.Response.Headers["WebHook-Allowed-Origin"]);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("OPTIONS")]
    public async Task Nothing_is_taken_or_agreed_to_without_the_key(string method)
    {
        foreach (var query in (string?[])[null, "?code=", "?code=0123456789abcdeg"])
        {
            var (refused, http) = await AskAsync(method, method == "POST" ? Validation() : null, query: query, headers: ("WebHook-Request-Origin", "eventgrid.azure.net"));
            Assert.Equal(401, refused.Status);
            Assert.DoesNotContain(Code, refused.Json.GetRawText());
            Assert.False(http.Response.Headers.ContainsKey("WebHook-Allowed-Origin"));
        }

        _options = new EventOptions();
        var (closed, _) = await AskAsync(method, method == "POST" ? Validation() : null);
        Assert.Equal(403, closed.Status);
        Assert.Contains("Events:Key", closed.Json.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Where_tokens_are_taken_a_sender_may_ask_without_one_and_deliver_only_with_one()
    {
        await using var issuer = await IssuerStandIn.StartAsync();
        _options = new EventOptions { Issuer = new Uri(issuer.Address), Audience = "api://kubemetrics" };
        var good = issuer.Token(_time.GetUtcNow());
        (string, string) origin = ("WebHook-Request-Origin", "eventgrid.azure.net");

        Assert.Equal(200, (await AskAsync("OPTIONS", null, query: null, headers: origin)).Answer.Status);
        Assert.Equal(200, (await AskAsync("OPTIONS", null, query: null, headers: [origin, ("Authorization", $"Bearer {good}")])).Answer.Status);
        Assert.Equal(401, (await AskAsync("OPTIONS", null, query: null, headers: [origin, ("Authorization", "Bearer a.b.c")])).Answer.Status);
        Assert.Equal(401, (await AskAsync("POST", Validation(), query: null)).Answer.Status);
        Assert.Equal(200, (await AskAsync("POST", Validation(), query: null, headers: ("Authorization", $"Bearer {good}"))).Answer.Status);

        issuer.IsDown = true;
        Assert.Equal(503, (await AskAsync("POST", Validation(), query: null, headers: ("Authorization", $"Bearer {good}"))).Answer.Status);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        var (refused, _) = await AskAsync("POST", new string(' ', NotificationOptions.LargestBody + 1));
        Assert.Equal(413, refused.Status);
    }

    [Fact]
    public async Task Where_the_store_takes_nothing_the_delivery_is_to_be_sent_again()
    {
        var state = new StorePlace(new ReadOnlyStore(_store), "state");
        var service = new NotificationService(Told.Datasets, new DirtyMarkers(state, _time), new DeadLetters(state, _time), new NotificationKey(new NotificationOptions(), new ApiOptions()), _time, NullLogger<NotificationService>.Instance);
        var http = new DefaultHttpContext { RequestServices = Asked.Services(_options, new EventKey(_options, _time), service) };
        (http.Request.Method, http.Request.QueryString) = ("POST", new QueryString($"?code={Key}"));
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(CloudEvent(EventTypes.IngestCompleted, Ingested("s3://private/kube"))));

        var answering = EventApi.Routes[0].RunAsync(http);
        await _time.PassesUntilAsync(answering, Enduring.Pause, Cancellation); // it is tried for two seconds
        Assert.Equal(503, (await Asked.OfAsync(await answering, http)).Status);
    }

    [Fact]
    public async Task A_dead_letter_of_an_event_is_served_when_it_is_retried()
    {
        var state = new StorePlace(_store, "state");
        var letters = new DeadLetters(state, _time);
        await letters.AddAsync("for the test", GridEvent(EventTypes.IngestCompleted, Ingested("s3://private/kube")));
        var service = new NotificationService(Told.Datasets, new DirtyMarkers(state, _time), letters, new NotificationKey(new NotificationOptions(), new ApiOptions()), _time, NullLogger<NotificationService>.Instance);

        Assert.Equal(new NotificationReceipt(1, 0, 0), await service.RetryAsync(Assert.Single(await LettersAsync()).Id, Cancellation));
        Assert.Equal(["kube"], await DirtyAsync());
    }
}
