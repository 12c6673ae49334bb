using KubeMetrics.Spark.Clusters;
using KubeMetrics.SparkDriver;

namespace KubeMetrics.Spark.Tests.Driver;

/// <summary>What the driver makes of the JVM's exceptions, as Spark 3.5.3 wrote them, stacks shortened; and what is made of that.</summary>
public sealed class JavaWordsTests
{
    [Theory]
    [InlineData(
        "org.apache.spark.sql.AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view `no_such` cannot be found.; line 1 pos 14;\n'Project [*]\n+- 'UnresolvedRelation [no_such], [], false\n\n\tat org.apache.spark.sql.catalyst.analysis.package$AnalysisErrorAt.tableNotFound(package.scala:87)\n\tat java.base/java.lang.Thread.run(Thread.java:840)\n",
        "[TABLE_OR_VIEW_NOT_FOUND] The table or view `no_such` cannot be found.; line 1 pos 14;\n'Project [*]\n+- 'UnresolvedRelation [no_such], [], false",
        "[TABLE_OR_VIEW_NOT_FOUND] The table or view `no_such` cannot be found.; line 1 pos 14")]
    [InlineData(
        "org.apache.spark.sql.catalyst.parser.ParseException: \n[PARSE_SYNTAX_ERROR] Syntax error at or near 'SELEC'.(line 1, pos 0)\n\n== SQL ==\nSELEC 2\n^^^\n\n\tat org.apache.spark.sql.catalyst.parser.ParseException.withCommand(parsers.scala:257)\n",
        "[PARSE_SYNTAX_ERROR] Syntax error at or near 'SELEC'.(line 1, pos 0)\n== SQL ==\nSELEC 2\n^^^",
        "[PARSE_SYNTAX_ERROR] Syntax error at or near 'SELEC'.(line 1, pos 0)")]
    [InlineData(
        "org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 4.0 failed 4 times, most recent failure: Lost task 0.3 in stage 4.0 (TID 11) (127.0.0.1 executor 0): java.lang.RuntimeException: oh no\n\tat org.apache.spark.scheduler.Task.run(Task.scala:141)\n\nDriver stacktrace:\n\tat org.apache.spark.scheduler.DAGScheduler.failJobAndIndependentStages(DAGScheduler.scala:2856)\nCaused by: java.lang.RuntimeException: oh no\n\t... 3 more\n",
        "Job aborted due to stage failure: Task 0 in stage 4.0 failed 4 times, most recent failure: Lost task 0.3 in stage 4.0 (TID 11) (127.0.0.1 executor 0): java.lang.RuntimeException: oh no\nDriver stacktrace:\nCaused by: java.lang.RuntimeException: oh no",
        "oh no")]
    [InlineData(
        "java.nio.file.AccessDeniedException: s3a://state/no/job.sql: getFileStatus on s3a://state/no/job.sql: com.amazonaws.services.s3.model.AmazonS3Exception: Forbidden (Service: Amazon S3; Status Code: 403)\n\tat org.apache.hadoop.fs.s3a.S3AUtils.translateException(S3AUtils.java:255)\nCaused by: com.amazonaws.services.s3.model.AmazonS3Exception: Forbidden (Service: Amazon S3; Status Code: 403)\n\t... 23 more\n",
        "java.nio.file.AccessDeniedException: s3a://state/no/job.sql: getFileStatus on s3a://state/no/job.sql: com.amazonaws.services.s3.model.AmazonS3Exception: Forbidden (Service: Amazon S3; Status Code: 403)\nCaused by: com.amazonaws.services.s3.model.AmazonS3Exception: Forbidden (Service: Amazon S3; Status Code: 403)",
        "[ACCESS_DENIED] The cluster may not open s3a://state/no/job.sql: the keys in its workers' environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY; see Spark:KeysOf) are wrong, or may not do that.")]
    public void A_failed_statement_is_told_without_stack_and_its_reason_is_Sparks_sentence(string trace, string words, string reason)
    {
        Assert.Equal(words, JavaWords.Of(trace));
        Assert.Equal(reason, SparkReasons.OfLog(Log($"Statement 3 of 6, line 10 of s3a://b/job.sql, failed after 0.3 seconds:\n{words}\n")));
    }

    [Fact]
    public void A_script_that_was_taken_away_is_told_as_Sparks_own_driver_tells_it() =>
        Assert.Equal("Could not open input file for reading. (No such file or directory: s3a://state/no/job.sql)",
            SparkReasons.OfLog(Log("Could not open input file for reading. (No such file or directory: s3a://state/no/job.sql)\n")));

    [Fact]
    public void A_program_that_was_killed_is_told_by_its_exit_code() => Assert.Equal("SparkUserAppException: User application exited with 137", SparkReasons.OfLog(Log("")));

    [Fact]
    public void Where_to_ask_for_progress_is_read_from_what_DotnetRunner_hands_on() =>
        Assert.Equal(new DriverUi(4040, "app-20261127034551-0000"), DriverUi.Of(Log("").Output));

    // What DotnetRunner left of a driver on a standalone cluster: on one output all that the program wrote, Microsoft.Spark's own log among it.
    private static DriverLog Log(string end) => new(
        """
        [2026-11-27T03:45:50.5211653Z] [vm] [Info] [ConfigurationService] Using port 41423 for connection.
        [2026-11-27T03:45:50.5275917Z] [vm] [Info] [JvmBridge] JvMBridge port is 41423
        Spark Web UI available at http://localhost:4040
        Spark master: spark://127.0.0.1:7077, Application Id: app-20261127034551-0000
        Statement 1 of 6, line 3: SET spark.sql.caseSensitive=true
        spark.sql.caseSensitive	true
        Time taken: 0.787 seconds, Fetched 1 row(s)
        [2026-11-27T04:03:56.1815682Z] [vm] [Error] [JvmBridge] JVM method execution failed: Nonstatic method 'sql' failed for class '5' when called with 1 arguments ([Index=1, Type=String, Value=SELECT 1])
        [2026-11-27T04:03:56.1816411Z] [vm] [Error] [JvmBridge] java.lang.IllegalStateException: x
        	at x.y(z.java:1)

           at Microsoft.Spark.Interop.Ipc.JvmBridge.CallJavaMethod(Boolean isStatic, Object classNameOrJvmObjectReference, String methodName, Object[] args)

        """.ReplaceLineEndings("\n") + end,
        """
        26/11/27 03:45:47 WARN DotnetRunner: Ignoring spark patch version. Spark version used: '3.5.3'.
        26/11/27 03:59:48 ERROR DotnetBackendHandler: Failed to execute 'sql' on 'org.apache.spark.sql.SparkSession' with args=([Type=java.lang.String, Value: SELECT 1])
        Exception in thread "main" java.lang.reflect.InvocationTargetException
        	at org.apache.spark.deploy.worker.DriverWrapper$.main(DriverWrapper.scala:63)
        Caused by: org.apache.spark.SparkUserAppException: User application exited with 137
        	at org.apache.spark.deploy.dotnet.DotnetRunner$.main(DotnetRunner.scala:187)

        """.ReplaceLineEndings("\n"));
}
