using KubeMetrics.Spark.Clusters;

namespace KubeMetrics.Spark.Tests.Clusters;

/// <summary>What is taken out of what Spark 3.5.3 wrote: the texts are as it wrote them, stacks shortened.</summary>
public sealed class SparkReasonsTests
{
    private const string Started = """
        26/11/26 20:44:24 WARN NativeCodeLoader: Unable to load native-hadoop library for your platform... using builtin-java classes where applicable
        Spark Web UI available at http://localhost:4040
        Spark master: local[2], Application Id: local-1795725866280

        """;

    [Theory]
    [InlineData("[PATH_NOT_FOUND] Path does not exist: file:/nope/x.json.\n", "[PATH_NOT_FOUND] Path does not exist: file:/nope/x.json.")]
    [InlineData(
        "Time taken: 10.773 seconds, Fetched 1 row(s)\n\n[PARSE_SYNTAX_ERROR] Syntax error at or near 'SELEC'.(line 2, pos 0)\n\n== SQL ==\n\nSELEC 2\n^^^\n",
        "[PARSE_SYNTAX_ERROR] Syntax error at or near 'SELEC'.(line 2, pos 0)")]
    [InlineData(
        "26/11/26 20:44:34 ERROR SparkSQLCLIDriver: Could not open input file for reading. (File file:/tmp/jobs/nothere.sql does not exist)\n",
        "Could not open input file for reading. (File file:/tmp/jobs/nothere.sql does not exist)")]
    [InlineData(
        "26/11/26 20:44:22 ERROR Executor: Exception in task 0.0 in stage 0.0 (TID 0)\njava.lang.RuntimeException: oh no\n\tat org.apache.spark.scheduler.Task.run(Task.scala:141)\n" +
        "26/11/26 20:44:55 ERROR TaskSetManager: Task 0 in stage 0.0 failed 1 times; aborting job\n" +
        "Job aborted due to stage failure: Task 0 in stage 0.0 failed 1 times, most recent failure: Lost task 0.0 in stage 0.0 (TID 0) (localhost executor driver): java.lang.RuntimeException: oh no\n" +
        "\tat org.apache.spark.scheduler.Task.run(Task.scala:141)\n\nDriver stacktrace:\norg.apache.spark.SparkException: Job aborted due to stage failure: Task 0\n",
        "oh no")]
    [InlineData(
        "[AGGREGATE_FUNCTION_WITH_NONDETERMINISTIC_EXPRESSION] Non-deterministic expression \"count(java_method(java.lang.Thread, sleep, CAST(id AS BIGINT)))\" should not appear in the arguments of an aggregate function.; line 1 pos 13;\nAggregate [count(x)]\n+- Range (0, 40, step=1, splits=Some(20))\n",
        "[AGGREGATE_FUNCTION_WITH_NONDETERMINISTIC_EXPRESSION] Non-deterministic expression \"count(java_method(java.lang.Thread, sleep, CAST(id AS BIGINT)))\" should not appear in the arguments of an aggregate function.; line 1 pos 13")]
    [InlineData(
        "26/11/27 02:38:11 WARN FileSystem: Failed to initialize fileystem s3a://ours\nException in thread \"main\" java.lang.reflect.InvocationTargetException\n\tat x\nCaused by: java.lang.RuntimeException: y\n\tat z\n" +
        "Caused by: java.nio.file.AccessDeniedException: s3a://ours/state/jobs/1/attempt-1/job.sql: getFileStatus on s3a://ours/state/jobs/1/attempt-1/job.sql: com.amazonaws.services.s3.model.AmazonS3Exception: Forbidden (Service: Amazon S3; Status Code: 403)\n",
        "[ACCESS_DENIED] The cluster may not open s3a://ours/state/jobs/1/attempt-1/job.sql: the keys in its workers' environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY; see Spark:KeysOf) are wrong, or may not do that.")]
    [InlineData(
        "org.apache.spark.SparkException: Exception thrown in awaitResult: \n\tat x\nCaused by: org.apache.spark.SparkException: [CANNOT_READ_FILE_FOOTER] Could not read footer for file: s3a://ours/np/x.parquet.\n\tat y\nCaused by: java.lang.RuntimeException: s3a://ours/np/x.parquet is not a Parquet file\n",
        "[CANNOT_READ_FILE_FOOTER] Could not read footer for file: s3a://ours/np/x.parquet.")]
    public void A_failed_statements_reason_is_Sparks_sentence(string errors, string reason) => Assert.Equal(reason, SparkReasons.OfErrors(Started + errors));

    [Fact]
    public void What_was_only_logged_on_the_way_is_no_reason()
    {
        const string Lost = "26/11/26 20:44:58 WARN Worker: Failed to connect to master 127.0.0.1:27077\norg.apache.spark.SparkException: Exception thrown in awaitResult: \n\tat x\nCaused by: java.io.IOException: Failed to connect to /127.0.0.1:27077\n";
        Assert.Null(SparkReasons.OfErrors(Started + Lost));
        Assert.Null(SparkReasons.OfErrors(""));
        // An earlier statement's: it did not end the script.
        Assert.Null(SparkReasons.OfErrors("[PATH_NOT_FOUND] Path does not exist: x\nTime taken: 1.3 seconds\n"));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("Exception from the cluster:\njava.io.IOException: No FileSystem for scheme local\n\tx.y.z(A.java:1)", "IOException: No FileSystem for scheme local")]
    [InlineData("Exception from the cluster:\njava.lang.Exception: Current state is not alive: STANDBY.\n\tx(Master.scala:465)", "Current state is not alive: STANDBY.")]
    [InlineData("\u001b[31mred\u0007\n", " [31mred")]
    public void A_message_is_told_in_its_first_line_that_says_something(string? message, string? reason) => Assert.Equal(reason, SparkReasons.OfMessage(message));

    [Fact]
    public void A_reason_has_a_length() => Assert.InRange(SparkReasons.OfErrors("[A_B] " + new string('x', 100_000))!.Length, 900, 1100);
}
