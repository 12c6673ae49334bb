using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Demo;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>
/// Two hosts on one real Ceph that know of each other by nothing but a topic: one copies, the other refreshes when it is told. The topic
/// is a stand-in (<see cref="EventGridStandIn"/>): no real one can be had here.
/// </summary>
public sealed class EventTests : IAsyncLifetime
{
    private const string Key = "a-key-of-deliveries", InUrl = $"/api/events?code={Key}";
    private readonly TemporaryFolder _folder = new();
    private readonly S3Clients _clients = new();
    private readonly string _bucket = Ceph.NewBucketName();
    private EventGridStandIn? _topic;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private EventGridStandIn Topic => _topic!;

    public async ValueTask InitializeAsync()
    {
        var ceph = await Ceph.RunningAsync();
        var store = new S3Store(_bucket, ceph.Connection, _clients);
        await store.CreateBucketAsync(Cancellation);
        await DemoDataset.WriteAsync(store, new DemoOptions { Days = 1 }, cancellationToken: Cancellation);
        _topic = await EventGridStandIn.StartAsync(copies: 2); // it delivers at least once
        foreach (var (name, watch) in (IEnumerable<(string, bool)>)[("teller", false), ("told", true)])
            _folder.Write($"{name}.json", JsonSerializer.Serialize(new
            {
                State = $"s3://{_bucket}/{name}-state",
                Storage = new { Default = new { ceph.Endpoint, ceph.AccessKey, ceph.SecretKey } },
                Datasets = new { kube = new { Source = watch ? null : $"s3://{_bucket}/kube-metrics", Location = $"s3://{_bucket}/kube", Reports = $"s3://{_bucket}/{name}-reports", Where = "quantile=0.9", Watch = watch } },
                Events = new { Topic = Topic.Endpoint, TopicKey = EventGridStandIn.Key, Key, Source = name, From = EventGridStandIn.Topic },
                Refresh = new { Quiet = "1s", Reconcile = "7d" },
                Work = new { Poll = "0.2s" },
            }));
    }

    public async ValueTask DisposeAsync()
    {
        _clients.Dispose();
        _folder.Dispose();
        if (_topic is not null) await _topic.DisposeAsync();
    }

    private Task<RunningHost> StartAsync(string name) => RunningHost.StartAsync(_folder.Path, null, "--settings", $"{name}.json", "--state", $"s3://{_bucket}/{name}-state");

    [Fact]
    public async Task What_ends_while_the_topic_is_down_and_the_host_is_killed_is_told_to_all_once_it_is_up_and_makes_another_host_refresh()
    {
        await using var told = await StartAsync("told");
        Assert.True((await Topic.SubscribeAsync(told.Client.BaseAddress + InUrl[1..])).IsThere);
        await ReconciledAsync(told);

        Topic.Instead = (http, _) =>
        {
            http.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        var expected = new List<(string Type, string Id)>();
        await using (var teller = await StartAsync("teller"))
        {
            expected.Add(("kubemetrics.ingest.completed", (await teller.IngestedAsync("""{"dataset":"kube"}""")).Text("id")));
            expected.Add(("kubemetrics.report.ready", (await teller.AnalysedAsync("""{"dataset":"kube"}""")).Text("id")));
            var job = (await teller.PostAsync("/api/jobs", $$"""{ "kind": "copy", "engine": "in-process", "inputs": [{ "location": "s3://{{_bucket}}/kube", "form": "json" }], "output": { "location": "s3://{{_bucket}}/made" } }""")).Is(202).Json.Text("id");
            await UntilAsync(async () => (await teller.GetAsync($"/api/jobs/{job}")).Is(200).Json.HasEnded());
            expected.Add(("kubemetrics.job.finished", job));

            // It works on, and says that nobody hears of it.
            await UntilAsync(async () => (await ReadyAsync(teller)).TryGetValue("Events:Topic", out var check) && !check.GetProperty("ok").GetBoolean());
            Assert.Contains("503", (await ReadyAsync(teller))["Events:Topic"].Text("detail"));
            await teller.KillAsync();
        }

        // It comes back busy: the first try is put off, the second answered too late to be known.
        var tries = 0;
        Topic.Instead = (http, _) =>
        {
            (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (429, "1");
            return Task.FromResult(tries++ == 0);
        };
        await using (var teller = await StartAsync("teller"))
        {
            await UntilAsync(() => Task.FromResult(expected.All(one => Taken("teller").Contains(one))));
            await UntilAsync(async () => (await ReadyAsync(teller))["Events:Topic"].GetProperty("ok").GetBoolean());
        }

        Assert.True(tries > 1);
        Assert.Equal(expected.Order(), Taken("teller").Order()); // nothing twice, and nothing else

        var refresh = (await RefreshesAsync(told, found => found.Count > 0 && found[0].HasEnded()))[0];
        Assert.Equal(("arrival", "succeeded"), (refresh.Text("reason"), refresh.Text("state")));
        await UntilAsync(() => Task.FromResult(Taken("told").Any(one => one.Type == "kubemetrics.report.ready")));
        await Topic.DeliveredAsync();
        Assert.Empty(Topic.DeadLetters);
        Assert.Single(await RefreshesAsync(told, _ => true)); // however often it was told
        var lately = (await told.GetAsync("/api/notifications")).Is(200).Json.GetProperty("notifications").EnumerateArray().ToList();
        Assert.Equal(2, lately.Count(one => one.Text("event") == "kubemetrics.ingest.completed" && one.Text("outcome") == "accepted"));
        Assert.All(lately.Where(one => one.Text("event") == "kubemetrics.report.ready"), one => Assert.Equal("ignored", one.Text("outcome")));
    }

    [Fact]
    public async Task A_host_agrees_to_subscriptions_in_both_ways_where_it_is_shown_the_key_and_the_topic_is_its_own()
    {
        await using var told = await StartAsync("told");
        var address = told.Client.BaseAddress!.ToString().TrimEnd('/');
        foreach (var inCloudEvents in (bool[])[true, false])
        {
            Assert.Equal((HttpStatusCode.OK, true), await Topic.SubscribeAsync(address + InUrl, inCloudEvents));
            Assert.Equal((HttpStatusCode.Unauthorized, false), await Topic.SubscribeAsync($"{address}/api/events?code=another", inCloudEvents));
            Assert.Equal((HttpStatusCode.Unauthorized, false), await Topic.SubscribeAsync($"{address}/api/events", inCloudEvents));
        }

        var refused = await told.PostAsync(InUrl, """[{"id":"1","topic":"/another","subject":"","data":{"validationCode":"hush"},"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2026-01-01T00:00:00Z","dataVersion":"1","metadataVersion":"1"}]""");
        Assert.Contains("/another", refused.IsProblem(403).Text);
    }

    [Fact]
    public async Task A_host_that_has_an_identity_of_Azures_needs_no_key_of_the_topic()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var topic = await EventGridStandIn.StartAsync(certificate: certificate); // tokens are not sent in the clear
        var trusted = _folder.Write("topic.pem", certificate.ExportCertificatePem());
        var settings = new Dictionary<string, string>(topic.Identity) { ["Datasets:ops:Location"] = "ops", ["Datasets:ops:GroupBy"] = "op", ["Events:Topic"] = topic.Endpoint, ["SSL_CERT_FILE"] = trusted, ["Work:Poll"] = "0.2s" };
        _folder.Write("ops/a.json", ServedDumps.Operations);

        await using var host = await RunningHost.StartAsync(_folder.Path, settings);
        var run = await host.AnalysedAsync("""{"dataset":"ops"}""");
        await UntilAsync(() => Task.FromResult(topic.Taken.Count > 0));

        var told = Assert.Single(topic.Taken);
        Assert.Equal(("kubemetrics.report.ready", run.Text("id")), ((string?)told["type"], (string?)told["id"]));
        Assert.StartsWith(new Uri(_folder.Path).AbsoluteUri, (string?)told["data"]!["report"]);
    }

    [Fact]
    public async Task A_host_takes_deliveries_with_a_token_of_the_issuer_that_it_trusts_and_no_others()
    {
        await using var issuer = await IssuerStandIn.StartAsync();
        var settings = new Dictionary<string, string> { ["Events:Issuer"] = issuer.Address, ["Events:Audience"] = "api://kubemetrics", ["Events:Key"] = "" };
        await using var host = await RunningHost.StartAsync(_folder.Path, settings);
        async Task<HttpStatusCode> DeliverAsync(string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/events") { Content = new StringContent("""{"specversion":"1.0","id":"1","source":"/x","type":"x.y"}""", MediaTypeHeaderValue.Parse("application/cloudevents+json")) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await host.Client.SendAsync(request, Cancellation);
            return answer.StatusCode;
        }

        var now = DateTimeOffset.UtcNow;
        Assert.Equal(HttpStatusCode.OK, await DeliverAsync(issuer.Token(now)));
        Assert.Equal(HttpStatusCode.Unauthorized, await DeliverAsync(issuer.Token(now, token => token["aud"] = "api://another")));
        Assert.Equal(HttpStatusCode.Unauthorized, await DeliverAsync(issuer.Token(now.AddDays(-1))));
        Assert.Equal(HttpStatusCode.Unauthorized, await DeliverAsync(issuer.Token(now, sign: _ => new byte[256])));
    }

    [Fact]
    public async Task A_command_that_does_its_own_work_tells_of_it_itself()
    {
        var run = await CommandRun.OfAsync(_folder.Path, "ingest", $"s3://{_bucket}/kube-metrics", $"s3://{_bucket}/by-hand", "--settings", "teller.json");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("kubemetrics.ingest.completed", Assert.Single(Taken("teller")).Type);
        Assert.DoesNotContain(EventGridStandIn.Key, run.Output + run.Error);
    }

    /// <summary>A host lists what it watches when it starts: not before it has is what comes then a matter of being told.</summary>
    private async Task ReconciledAsync(RunningHost host) =>
        await UntilAsync(async () => await new S3Store(_bucket, (await Ceph.RunningAsync()).Connection, _clients).HeadAsync("told-state/refresh/kube.json", Cancellation) is not null || (await RefreshesAsync(host, _ => true)).Count > 0);

    private IReadOnlyList<(string Type, string Id)> Taken(string source) =>
        [.. Topic.Taken.Where(one => (string?)one["source"] == source).Select(one => ((string)one["type"]!, (string)one["id"]!))];

    private static async Task<IReadOnlyDictionary<string, JsonElement>> ReadyAsync(RunningHost host) =>
        (await host.GetAsync("/api/ready")).Is(200).Json.GetProperty("checks").EnumerateArray().ToDictionary(check => check.Text("name"));

    private static async Task<IReadOnlyList<JsonElement>> RefreshesAsync(RunningHost host, Func<IReadOnlyList<JsonElement>, bool> wanted)
    {
        IReadOnlyList<JsonElement> found = [];
        await UntilAsync(async () => wanted(found = [.. (await host.GetAsync("/api/refresh")).Is(200).Json.GetProperty("refreshes").EnumerateArray()]));
        return found;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(RunningHost.Patience);
        while (!await isSo()) await Task.Delay(50, patience.Token);
    }
}
