using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Clusters.Livy;
using KubeMetrics.Spark.Clusters.Standalone;

namespace KubeMetrics.Spark.Tests.Clusters;

/// <summary>Clusters that are down, hang, refuse, or answer what no cluster does.</summary>
public sealed class UnreachableTests : IDisposable
{
    private static readonly SparkSubmission Submission = new() { AppName = "kubemetrics-x-1", Script = "s3a://bucket/job.sql" };
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(300);
    private readonly HttpClient _client = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Kinds => ["standalone", "livy"];

    public static TheoryData<string, string> Garbage => new(
        from kind in new[] { "standalone", "livy" }
        from body in new[] { "", "<html>Welcome to nginx</html>", "null", "[]", "{}", "{\"a\":1", "\0\u0001\u0002", "{\"success\":\"maybe\",\"id\":\"x\",\"workers\":3}", new string('[', 2000) }
        select (kind, body));

    public void Dispose() => _client.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_cluster_that_is_down_is_unreachable_and_named(string kind)
    {
        var address = new Uri("http://127.0.0.1:9");
        foreach (var call in CallsOf(kind, address))
            Assert.Contains("http://127.0.0.1:9/", (await Assert.ThrowsAsync<ClusterUnreachableException>(call)).Message);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_cluster_that_never_answers_is_given_up_after_its_time(string kind)
    {
        using var cluster = new StandIn(_ => null);
        foreach (var call in CallsOf(kind, cluster.Address))
            Assert.Contains("did not answer within 0.3 s", (await Assert.ThrowsAsync<ClusterUnreachableException>(call)).Message);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_answer_without_end_is_given_up_at_a_size(string kind)
    {
        using var cluster = new StandIn(_ => "HTTP/1.1 200 OK\r\n\r\n{\"a\":\"") { Endless = new string('x', 1 << 20) };
        foreach (var call in CallsOf(kind, cluster.Address, TimeSpan.FromSeconds(60)))
            Assert.Contains("more than 8192 KiB", (await Assert.ThrowsAsync<ClusterUnreachableException>(call)).Message);
    }

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task An_answer_that_is_no_clusters_is_told_with_the_address(string kind, string body)
    {
        foreach (var status in new[] { 200, 404, 502 })
        {
            using var cluster = new StandIn(_ => StandIn.Answer(status, body));
            foreach (var call in CallsOf(kind, cluster.Address))
                Assert.Contains(cluster.Address.Authority, (await Assert.ThrowsAsync<ClusterUnreachableException>(call)).Message);
        }
    }

    [Fact]
    public async Task What_a_master_refuses_is_told_in_its_first_line()
    {
        // As Spark 3.5.3 answered a request without an action, and one of another version; the stacks are shortened.
        const string Malformed = """{"action":"ErrorResponse","message":"Malformed request: org.apache.spark.deploy.rest.SubmitRestMissingFieldException: Action field not found in JSON:\n{}\n\torg.apache.spark.deploy.rest.SubmitRestProtocolMessage$.$anonfun$parseAction$1(SubmitRestProtocolMessage.scala:118)","serverSparkVersion":"3.5.3"}""";
        const string Version = """{"action":"ErrorResponse","highestProtocolVersion":"v1","message":"Unknown protocol version 'v1'.","serverSparkVersion":"9"}""";
        foreach (var (status, body, said) in new[] { (400, Malformed, "Action field not found in JSON"), (468, Version, "Unknown protocol version 'v1'.") })
        {
            using var cluster = new StandIn(_ => StandIn.Answer(status, body));
            var refused = await Assert.ThrowsAsync<ClusterRefusedException>(() => Of("standalone", cluster.Address, Timeout).SubmitAsync(Submission, Cancelled));
            Assert.Contains(said, refused.Message);
            Assert.DoesNotContain("scala:118", refused.Message);
        }
    }

    [Fact]
    public async Task A_master_that_recovers_says_nothing_of_drivers_rather_than_that_it_knows_none()
    {
        // As a master answered a tenth of a second before it knew its drivers again; the stack is shortened.
        const string Recovering = """{"action":"SubmissionStatusResponse","message":"Exception from the cluster:\njava.lang.Exception: Current state is not alive: STANDBY. Can only request driver status in ALIVE state.\n\torg.apache.spark.deploy.master.Master$$anonfun$receiveAndReply$1.applyOrElse(Master.scala:465)","serverSparkVersion":"3.5.3","submissionId":"driver-20261126204456-0005","success":false}""";
        using var cluster = new StandIn(_ => StandIn.Answer(200, Recovering));
        foreach (var call in CallsOf("standalone", cluster.Address).Take(3))
        {
            var unreachable = await Assert.ThrowsAsync<ClusterUnreachableException>(call);
            Assert.EndsWith("is not ready: Current state is not alive: STANDBY. Can only request driver status in ALIVE state.", unreachable.Message);
        }
    }

    private ISparkCluster Of(string kind, Uri address, TimeSpan timeout) => kind == "livy"
        ? new LivyCluster(new LivyOptions { Endpoint = address, Timeout = timeout }, _client, TimeProvider.System)
        : new StandaloneCluster(new StandaloneOptions { Master = "spark://127.0.0.1:7077", Rest = address, Ui = address, Timeout = timeout }, _client, TimeProvider.System);

    /// <summary>Everything that a cluster can be asked: submit, status and kill first.</summary>
    private IEnumerable<Func<Task>> CallsOf(string kind, Uri address, TimeSpan? timeout = null)
    {
        var cluster = Of(kind, address, timeout ?? Timeout);
        yield return () => cluster.SubmitAsync(Submission, Cancelled);
        yield return () => cluster.StatusAsync("driver-20261126204456-0005", Submission.AppName, Cancelled);
        yield return () => cluster.KillAsync("driver-20261126204456-0005", Cancelled);
        yield return () => cluster.FindAsync(Submission.AppName, DateTimeOffset.UtcNow, Cancelled);
        yield return () => cluster.LogAsync("driver-20261126204456-0005", Cancelled);
    }
}
