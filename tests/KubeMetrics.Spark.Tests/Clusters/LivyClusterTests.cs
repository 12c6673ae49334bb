using System.Text.Json;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Clusters.Livy;
using Microsoft.Extensions.Time.Testing;

namespace KubeMetrics.Spark.Tests.Clusters;

/// <summary>Livy's batches. What answers is a stand-in, since a Livy is too large to be had here: it replays what a real 0.7.1 answered.</summary>
public sealed class LivyClusterTests : IDisposable
{
    private readonly HttpClient _client = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_batch_is_posted_under_the_applications_name_with_what_keeps_a_script_to_what_it_says()
    {
        using var livy = Replaying(("POST /batches", Recorded.Answer("01-file-emptyjar.txt", "POST /batches")));
        var submission = Named("n-emptyjar") with { Script = "s3a://b/job.sql", Properties = new Dictionary<string, string> { ["spark.sql.runSQLOnFiles"] = "true", ["spark.x"] = "y" } };
        Assert.Equal("n-emptyjar", await Of(livy).SubmitAsync(submission, Cancelled));

        var request = Assert.Single(livy.Requests);
        Assert.True(request.Headers.ContainsKey("x-requested-by"));
        var batch = JsonDocument.Parse(request.Body).RootElement;
        Assert.Equal("n-emptyjar", batch.GetProperty("name").GetString());
        Assert.Equal("org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver", batch.GetProperty("className").GetString());
        Assert.Equal(["-f", "s3a://b/job.sql"], batch.GetProperty("args").EnumerateArray().Select(arg => arg.GetString()));
        Assert.StartsWith("local:///", batch.GetProperty("file").GetString());
        var conf = batch.GetProperty("conf");
        Assert.Equal(("false", "y"), (conf.GetProperty("spark.sql.runSQLOnFiles").GetString(), conf.GetProperty("spark.x").GetString()));
        Assert.False(conf.TryGetProperty("spark.submit.deployMode", out _)); // 0.8 refuses it
        // What Livy 0.7.1 knows; it refuses any other field.
        string[] known = ["executorCores", "className", "conf", "driverMemory", "name", "driverCores", "pyFiles", "archives", "executorMemory", "files", "jars", "proxyUser", "numExecutors", "file", "args", "queue"];
        Assert.Empty(batch.EnumerateObject().Select(field => field.Name).Except(known));
    }

    [Fact]
    public async Task A_name_that_is_taken_is_the_earlier_try_and_is_adopted()
    {
        using var livy = Replaying(
            ("POST /batches", Recorded.Answer("03-dup-name.txt", "POST /batches", 1)),
            ("GET /batches/n-slow", Recorded.Answer("03-name-lookup.txt", "GET /batches/n-slow")));
        Assert.Equal("n-slow", await Of(livy).SubmitAsync(Named("n-slow"), Cancelled));
        Assert.Equal("n-slow", await Of(livy).FindAsync("n-slow", _time.GetUtcNow(), Cancelled));
    }

    [Fact]
    public async Task A_batch_whose_answer_was_lost_is_adopted()
    {
        using var livy = Replaying(("POST /batches", "HTTP/1.1 201"), ("GET /batches/n-slow", Recorded.Answer("03-name-lookup.txt", "GET /batches/n-slow")));
        Assert.Equal("n-slow", await Of(livy).SubmitAsync(Named("n-slow"), Cancelled));
    }

    [Fact]
    public async Task A_ghost_is_deleted_once_it_is_old_and_posted_again()
    {
        var posts = 0;
        var taken = Recorded.Answer("03-dup-name.txt", "POST /batches", 1, "n-slow", "n-empty");
        using var livy = new StandIn(request => request.Line switch
        {
            "POST /batches" => posts++ < 2
                ? taken
                : Recorded.Answer("01-file-emptyjar.txt", "POST /batches", 0, "n-emptyjar", "n-empty"),
            "GET /batches/n-empty" => Recorded.Answer("02-delete-ghost.txt", "GET /batches/2"),
            "DELETE /batches/2" => Recorded.Answer("02-delete-ghost.txt", "DELETE /batches/1"),
            _ => StandIn.Answer(500, ""),
        });
        var cluster = Of(livy);
        // Livy tells no times: it may have been posted a moment ago.
        await Assert.ThrowsAsync<ClusterUnreachableException>(() => cluster.SubmitAsync(Named("n-empty"), Cancelled));
        Assert.Null(await cluster.FindAsync("n-empty", _time.GetUtcNow(), Cancelled));
        Assert.Equal(DriverState.Submitted, (await cluster.StatusAsync("n-empty", "n-empty", Cancelled)).State);
        Assert.DoesNotContain(livy.Requests, request => request.Line.StartsWith("DELETE", StringComparison.Ordinal));

        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(DriverState.Unknown, (await cluster.StatusAsync("n-empty", "n-empty", Cancelled)).State);
        Assert.Equal("n-empty", await cluster.SubmitAsync(Named("n-empty"), Cancelled));
        Assert.Single(livy.Requests, request => request.Line == "DELETE /batches/2");
    }

    [Fact]
    public async Task A_batch_that_succeeded_is_finished_and_its_log_has_what_both_outputs_said()
    {
        using var livy = Replaying(
            ("GET /batches/n-emptyjar", Recorded.Answer("01-file-emptyjar.txt", "GET /batches/5")),
            ("GET /batches/5/log?size=200", Recorded.Answer("01-file-emptyjar.txt", "GET /batches/5/log?from=0&size=100")));
        Assert.Equal(new DriverStatus(DriverState.Finished), await Of(livy).StatusAsync("n-emptyjar", "n-emptyjar", Cancelled));
        var log = await Of(livy).LogAsync("n-emptyjar", Cancelled);
        Assert.Contains("\nmarker-ok\nTime taken: 4.778 seconds, Fetched 1 row(s)\n", log.Output);
        Assert.DoesNotContain("stdout:", log.Output);
        Assert.Equal("", log.Errors);
    }

    [Fact]
    public async Task A_batch_that_is_dead_failed_and_its_log_has_the_reason()
    {
        using var livy = Replaying(
            ("GET /batches/n-fail", Recorded.Answer("02-fail-post.txt", "GET /batches/10")),
            ("GET /batches/10/log?size=200", Recorded.Answer("02-fail-post.txt", "GET /batches/10/log?from=0&size=100")));
        var status = await Of(livy).StatusAsync("n-fail", "n-fail", Cancelled);
        Assert.Equal(DriverState.Failed, status.State);
        Assert.Equal("[TABLE_OR_VIEW_NOT_FOUND] The table or view `no_such_table_xyz` cannot be found. Verify the spelling and correctness of the schema and catalog.", status.Reason);
    }

    [Fact]
    public async Task A_driver_that_was_killed_from_outside_failed_without_a_word()
    {
        using var livy = Replaying(
            ("GET /batches/n-c1", Recorded.Answer("02-driver-killed.txt", "GET /batches/0")),
            ("GET /batches/0/log?size=200", Recorded.Answer("02-errors.txt", "GET /batches/9999")));
        Assert.Equal(new DriverStatus(DriverState.Failed, "It ended without a word: it was killed, or ran out of memory."), await Of(livy).StatusAsync("n-c1", "n-c1", Cancelled));
    }

    [Fact]
    public async Task A_batch_that_Livy_has_forgotten_is_unknown_and_not_somebody_elses_of_its_number()
    {
        using var livy = Replaying(("GET /batches/n-slow", Recorded.Answer("02-delete-running.txt", "GET /batches/14")));
        Assert.Equal(new DriverStatus(DriverState.Unknown), await Of(livy).StatusAsync("n-slow", "n-slow", Cancelled));
        Assert.Null(await Of(livy).FindAsync("n-slow", _time.GetUtcNow(), Cancelled));
        Assert.Equal(new DriverLog("", ""), await Of(livy).LogAsync("n-slow", Cancelled));
        await Of(livy).KillAsync("n-slow", Cancelled);
        Assert.DoesNotContain(livy.Requests, request => request.Line.StartsWith("DELETE", StringComparison.Ordinal));

        using var other = Replaying(("GET /batches/n-slow", Recorded.Answer("04-kill9-recovery-off.txt", "GET /batches/0")));
        Assert.Equal(new DriverStatus(DriverState.Unknown), await Of(other).StatusAsync("n-slow", "n-slow", Cancelled));
    }

    [Fact]
    public async Task A_running_batch_is_killed_by_its_number_of_that_moment()
    {
        using var livy = Replaying(
            ("GET /batches/n-slow", Recorded.Answer("03-name-lookup.txt", "GET /batches/n-slow")),
            ("DELETE /batches/14", Recorded.Answer("02-delete-running.txt", "DELETE /batches/14")));
        Assert.Equal(new DriverStatus(DriverState.Running), await Of(livy).StatusAsync("n-slow", "n-slow", Cancelled));
        await Of(livy).KillAsync("n-slow", Cancelled);
        Assert.Single(livy.Requests, request => request.Line == "DELETE /batches/14");
    }

    [Theory]
    [InlineData("01-file-sparkinternal.txt", 0, "requirement failed: Path 'spark-internal' is not absolute.")]
    [InlineData("01-file-not-whitelisted.txt", 0, "cannot be added to user sessions.")]
    [InlineData("03-names.txt", 0, "Invalid session name: 12345")]
    [InlineData("02-errors.txt", 0, "Unexpected end-of-input in VALUE_STRING")]
    [InlineData("02-errors.txt", 3, "Unrecognized field \"nosuchfield\"")]
    [InlineData("02-csrf.txt", 0, "Missing Required Header for CSRF protection.")]
    public async Task What_Livy_refuses_is_told_in_its_words_whatever_their_form(string file, int number, string said)
    {
        using var livy = Replaying(("POST /batches", Recorded.Answer(file, "POST /batches", number)));
        var refused = await Assert.ThrowsAsync<ClusterRefusedException>(() => Of(livy).SubmitAsync(Named("n-x"), Cancelled));
        Assert.Contains(said, refused.Message);
        Assert.DoesNotContain("\n", refused.Message);
        Assert.DoesNotContain("<", refused.Message);
    }

    [Theory]
    [InlineData("02-toomany.txt", 0, "too many sessions are being created")]
    [InlineData("01-file-empty.txt", 0, "IndexOutOfBoundsException: 0")]
    public async Task What_Livy_can_not_do_now_is_no_refusal(string file, int number, string said)
    {
        using var livy = Replaying(("POST /batches", Recorded.Answer(file, "POST /batches", number)));
        Assert.Contains(said, (await Assert.ThrowsAsync<ClusterUnreachableException>(() => Of(livy).SubmitAsync(Named("n-x"), Cancelled))).Message);
    }

    private static SparkSubmission Named(string name) => new() { AppName = name, Script = "/opt/livy/q.sql" };

    private static StandIn Replaying(params (string Line, string Answer)[] answers) =>
        new(request => answers.FirstOrDefault(answer => answer.Line == request.Line).Answer ?? StandIn.Answer(500, $"\"not recorded: {request.Line}\""));

    private LivyCluster Of(StandIn livy) => new(new LivyOptions { Endpoint = livy.Address }, _client, _time);
}
