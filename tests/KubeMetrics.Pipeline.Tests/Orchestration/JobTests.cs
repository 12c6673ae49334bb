using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Tests.Ingest;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Tests.Orchestration;

public sealed class JobTests
{
    private readonly MemoryStore _state = new(), _data = new();
    private readonly ManualTime _time = new();
    private readonly ModelCluster _cluster;

    public JobTests() => _cluster = new ModelCluster(_state, _data, _time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private JobProcess Process(SparkOptions? options = null) => new(_state, _data, _time, _cluster, options);

    [Fact]
    public async Task A_job_is_submitted_followed_and_told_of()
    {
        var process = Process();
        var id = (await process.AskAsync()).Id;
        Assert.Equal(JobState.Queued, (await process.ViewAsync(id)).State);

        await process.RunAsync();

        var view = await process.ViewAsync(id);
        Assert.Equal((JobState.Succeeded, 1, 1, 7L), (view.State, view.Attempt, view.Result!.Files, view.Result.Bytes));
        var driver = Assert.Single(_cluster.Drivers);
        Assert.Equal((view.Driver, view.Application), (driver.Id, driver.Submission.AppName));
        Assert.Equal($"s3a://state/state/jobs/{id}/attempt-1/job.sql", driver.Submission.Script);
        Assert.DoesNotContain(driver.Submission.Properties, property => property.Value.Contains("secret"));
        Assert.Contains("INSERT OVERWRITE DIRECTORY 's3a://data/out' USING text", (await process.Service.LogAsync(id, Cancellation)).Script);
    }

    [Fact]
    public async Task A_driver_is_told_how_the_bucket_is_reached_that_its_program_lies_in()
    {
        var process = Process(JobProcess.Options with { RunnerFiles = [StoreUri.Parse("s3://data/driver.zip")] });
        await process.AskAsync(new Job { Kind = JobKind.Probe });
        _cluster.Writes = false;
        await process.RunAsync();
        Assert.Equal("http://ceph", Assert.Single(_cluster.Drivers).Submission.Properties["spark.hadoop.fs.s3a.bucket.data.endpoint"]);
    }

    [Theory]
    [InlineData(Death.BeforeTheOperation, 2)]
    [InlineData(Death.BeforeTheAnswer, 2)]
    [InlineData(Death.BeforeTheOperation, 15)]
    [InlineData(Death.BeforeTheAnswer, 15)]
    [InlineData(Death.BeforeTheOperation, 90)]
    [InlineData(Death.BeforeTheAnswer, 90)]
    public async Task Wherever_its_host_is_killed_exactly_one_driver_does_a_job(Death death, int startsAfter)
    {
        // A driver that is long in coming makes for many looks that are the same.
        for (var operations = 0; ; operations += startsAfter > 60 ? 3 : 1)
        {
            var (state, data, time, life) = (new MemoryStore(), new MemoryStore(), new ManualTime(), new Life(operations, death));
            var cluster = new ModelCluster(state, data, time) { StartsAfter = TimeSpan.FromSeconds(startsAfter) };
            var next = new JobProcess(state, data, time, cluster);
            var id = (await next.AskAsync()).Id;
            var first = new JobProcess(new MortalStore(state, life), new MortalStore(data, life), time, new MortalCluster(cluster, life), seen: state);

            await Record.ExceptionAsync(first.RunAsync);
            await next.PassAsync(next.Work.TakeOverAsync());

            var view = await next.ViewAsync(id);
            Assert.True(view.State == JobState.Succeeded, $"{operations}: {view.State} {view.Problem}");
            Assert.True(cluster.Ran.Count() == 1, $"{operations}: {cluster.Ran.Count()} of {cluster.Drivers.Count} drivers read their script.");
            if (life.HasEnded) continue;
            TestContext.Current.TestOutputHelper?.WriteLine($"{operations} operations");
            Assert.True(operations > 20, $"Only {operations} operations were died at.");
            return;
        }
    }

    [Fact]
    public async Task A_driver_whose_submission_was_never_answered_is_found_and_adopted()
    {
        _cluster.Answers.Enqueue((Taken: true, new ClusterUnreachableException("The answer was lost.")));

        var view = await Process().DoAsync();

        Assert.Equal((JobState.Succeeded, 1, 1), (view.State, view.Attempt, view.Submissions));
        Assert.Single(_cluster.Drivers);
    }

    [Fact]
    public async Task A_submission_that_never_came_is_tried_again_under_another_name()
    {
        _cluster.Answers.Enqueue((Taken: false, new ClusterUnreachableException("Nothing came.")));

        var view = await Process().DoAsync();

        Assert.Equal((JobState.Succeeded, 2, 2), (view.State, view.Attempt, view.Submissions));
        Assert.EndsWith("-2", Assert.Single(_cluster.Drivers).Submission.AppName);
    }

    [Fact]
    public async Task What_the_cluster_refuses_has_failed_with_its_sentence()
    {
        _cluster.Answers.Enqueue((Taken: false, new ClusterRefusedException("Too much memory was asked for.")));

        var view = await Process().DoAsync();

        Assert.Equal((JobState.Failed, "Too much memory was asked for."), (view.State, view.Problem?.Detail));
    }

    [Fact]
    public async Task What_Spark_has_a_class_for_is_not_tried_again()
    {
        _cluster.Ends.Enqueue(new DriverStatus(DriverState.Failed, "[PATH_NOT_FOUND] Path does not exist: s3a://public/in."));

        var view = await Process().DoAsync();

        Assert.Equal((JobState.Failed, "[PATH_NOT_FOUND] Path does not exist: s3a://public/in."), (view.State, view.Problem?.Detail));
        Assert.Single(_cluster.Drivers);
    }

    [Theory]
    [InlineData(DriverState.Failed, 1, JobState.Succeeded)]
    [InlineData(DriverState.Failed, 0, JobState.Failed)]
    [InlineData(DriverState.Killed, 1, JobState.Succeeded)]
    [InlineData(DriverState.Killed, 0, JobState.Failed)]
    public async Task A_driver_that_vanishes_is_replaced_and_what_it_left_is_taken_away(DriverState end, int retries, JobState state)
    {
        _cluster.Ends.Enqueue(new DriverStatus(end, "The worker was lost."));

        var view = await Process(JobProcess.Options with { Retries = retries }).DoAsync();

        Assert.Equal((state, retries), (view.State, view.Vanished));
        Assert.Equal(1 + retries, _cluster.Drivers.Count);
    }

    [Fact]
    public async Task A_driver_that_the_cluster_forgot_is_lost()
    {
        _cluster.HasForgotten = true;

        var view = await Process().DoAsync();

        Assert.Equal(JobState.Lost, view.State);
        Assert.Contains("forgotten", view.Problem!.Detail);
    }

    [Fact]
    public async Task A_driver_that_the_cluster_forgot_has_succeeded_where_what_it_wrote_is_complete()
    {
        (_cluster.StartsAfter, _cluster.RunsFor, _cluster.HasForgotten) = (TimeSpan.Zero, TimeSpan.Zero, true);

        Assert.Equal(JobState.Succeeded, (await Process().DoAsync()).State);
    }

    [Fact]
    public async Task A_job_that_runs_for_too_long_is_ended()
    {
        (_cluster.RunsFor, _cluster.WaitsForCores) = (TimeSpan.FromHours(1), true);

        var view = await Process().DoAsync(JobProcess.Copy with { TimeLimit = 2 });

        Assert.Equal(JobState.Failed, view.State);
        Assert.Contains("longer than 2 minutes", view.Problem!.Detail);
        Assert.Contains("cores", view.Problem.Detail);
        Assert.Equal(DriverState.Killed, Assert.Single(_cluster.Drivers).Status.State);
    }

    [Fact]
    public async Task A_job_is_only_written_where_nothing_is()
    {
        _data.Add("out/old", new byte[1]);

        var view = await Process().DoAsync();

        Assert.Equal(JobState.Failed, view.State);
        Assert.Contains("out/old", view.Problem!.Detail);
        Assert.Empty(_cluster.Drivers);
    }

    [Fact]
    public async Task Jobs_wait_for_each_other_where_there_are_not_cores_for_all_and_older_ones_come_first()
    {
        _cluster.Writes = false;
        var process = Process(JobProcess.Options with { Cores = 4 });
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await process.AskAsync(new Job { Kind = JobKind.Probe })).Id);
            _time.Advance(TimeSpan.FromMilliseconds(5));
        }

        await process.RunAsync();

        Assert.Equal(2, _cluster.MostAtOnce);
        // Where there is room for two they may come in any order.
        var submitted = _cluster.Drivers.Select(driver => driver.Submission.AppName["kubemetrics-".Length..^2]).ToList();
        Assert.Equal(ids, submitted.Chunk(2).SelectMany(two => two.Order()));
    }

    [Fact]
    public async Task A_cancelled_job_s_driver_is_ended()
    {
        _cluster.RunsFor = TimeSpan.FromHours(1);
        var process = Process();
        var id = (await process.AskAsync()).Id;
        var run = process.Work.RunUntilAsync(record => record.JobCheckpoint()?.State == DriverState.Running);
        await process.PassAsync(run);

        await process.Service.CancelAsync(id, Cancellation);
        await process.RunAsync();

        Assert.Equal(JobState.Cancelled, (await process.ViewAsync(id)).State);
        Assert.Equal(DriverState.Killed, Assert.Single(_cluster.Drivers).Status.State);
    }

    [Fact]
    public async Task A_cancelled_job_s_driver_is_ended_when_the_cluster_answers_again()
    {
        _cluster.RunsFor = TimeSpan.FromHours(20);
        var process = Process(JobProcess.Options with { TimeLimit = TimeSpan.FromDays(1) });
        var id = (await process.AskAsync()).Id;
        await process.PassAsync(process.Work.RunUntilAsync(record => record.JobCheckpoint()?.State == DriverState.Running));
        _cluster.IsDown = true;
        await process.Service.CancelAsync(id, Cancellation);
        _cluster.IsDown = false;

        await Process().RunAsync(); // another host, which tidies up at its start

        Assert.Equal(DriverState.Killed, Assert.Single(_cluster.Drivers).Status.State);
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_for_long_fails_a_job_that_was_never_submitted()
    {
        _cluster.IsDown = true;

        var view = await Process().DoAsync();

        Assert.Equal(JobState.Failed, view.State);
        Assert.Contains("The model does not answer. That has been so for 10 minutes.", view.Problem!.Detail);
    }

    [Fact]
    public async Task A_repeated_request_is_the_same_job()
    {
        var process = Process();
        var ids = new[] { (await process.AskAsync(key: "k")).Id, (await process.AskAsync(key: "k")).Id };
        Assert.Equal(ids[0], ids[1]);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => process.AskAsync(new Job { Kind = JobKind.Probe }, "k"));
        Assert.Equal(Refusal.KeyReused, refused.Reason);
    }

    [Theory]
    [InlineData("SELECT 1; DROP TABLE x")]
    [InlineData("SELECT java_method('java.lang.System', 'getenv', 'AWS_SECRET_ACCESS_KEY') FROM input")]
    [InlineData("SELECT * FROM csv.`/etc/hostname`")]
    [InlineData("SELECT * FROM other")]
    [InlineData("SELECT '${env:AWS_SECRET_ACCESS_KEY}' FROM input")]
    [InlineData("SELECT TRANSFORM(value) USING 'sh -c id' AS x FROM input")]
    public async Task A_query_that_is_more_than_a_question_is_refused_before_it_is_asked_for(string sql)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => Process().AskAsync(new Job { Kind = JobKind.Query, Inputs = JobProcess.Copy.Inputs, Sql = sql }));
        Assert.StartsWith("'sql': Line 1, column ", refused.Message);
    }

    [Fact]
    public async Task Queries_can_be_switched_off()
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => Process(JobProcess.Options with { Queries = false }).AskAsync(new Job { Kind = JobKind.Query, Inputs = JobProcess.Copy.Inputs, Sql = "SELECT 1 FROM input" }));
        Assert.Contains("switched off", refused.Message);
    }

    [Theory]
    [InlineData("s3://elsewhere/in", "elsewhere")]
    [InlineData("/etc", "s3://bucket/prefix")]
    public async Task What_can_t_be_read_is_refused_before_it_is_asked_for(string location, string told)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => Process().AskAsync(JobProcess.Copy with { Inputs = [JobProcess.Copy.Inputs[0] with { Location = location }] }));
        Assert.Contains(told, refused.Message);
    }
}
