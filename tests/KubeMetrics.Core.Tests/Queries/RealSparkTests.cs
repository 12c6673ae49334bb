namespace KubeMetrics.Queries;

/// <summary>Where <c>SPARK_HOME</c> is set: what the guard lets pass is SQL to Spark, and what it refuses does there what it is refused for.</summary>
public sealed class RealSparkTests
{
    private const string Tables = """
        CREATE TEMPORARY VIEW kubelet AS SELECT named_struct('operation_type', 'pull_image', 'quantile', '0.9', 'hostname', 'a') AS metric, array(array('1517443200', '1234')) AS values;
        CREATE TEMPORARY VIEW other AS SELECT named_struct('operation_type', 'pull_image', 'quantile', '0.9', 'hostname', 'a') AS metric, array(array('1517443200', '1234')) AS values;

        """;

    private static readonly QueryRules Rules = new(["kubelet", "other"]);

    [Fact]
    public async Task Every_legitimate_query_is_understood_by_Spark_as_the_guard_writes_it()
    {
        var script = Tables + string.Concat(LegitimateQueries.All.Select((sql, i) => $"SELECT 'query {i}';\nEXPLAIN {CallerQuery.Check(sql, Rules).Sql}\n;\n")) + "SELECT 'all ', 'done';\n";
        var (output, error) = await SparkSqlDriver.RunAsync(script, TestContext.Current.CancellationToken);
        Assert.True(output.Contains("all \tdone", StringComparison.Ordinal), error);
        Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_refused_runs_programs_and_tells_secrets_in_Spark()
    {
        string[] tricks =
        [
            "SELECT java_method('java.lang.System', 'getenv', 'KUBEMETRICS_SECRET') || '1'",
            "SELECT '${env:KUBEMETRICS_SECRET}' || '2'",
            "SELECT TRANSFORM(1) USING 'printenv KUBEMETRICS_SECRET' AS x FROM kubelet",
            "FROM kubelet SELECT TRANSFORM(1) USING 'printenv KUBEMETRICS_SECRET' AS x",
            "SELECT * FROM (FROM kubelet MAP 1 USING 'printenv KUBEMETRICS_SECRET' AS x)",
            "!printenv KUBEMETRICS_SECRET",
            "SELECT concat('hunter', count(*)) FROM text.`/etc/passwd`",
        ];
        Assert.All(tricks, trick => Assert.Throws<QueryRefusedException>(() => CallerQuery.Check(trick, Rules)));
        var (output, error) = await SparkSqlDriver.RunAsync(Tables + string.Concat(tricks.Select(t => t + ";\n")), TestContext.Current.CancellationToken, ("KUBEMETRICS_SECRET", "hunter"));
        Assert.True(output.Split("hunter").Length - 1 >= tricks.Length, output + error);
    }

    // A name in backticks with a quote in it makes the driver lose count of quotes: to Spark all behind it is a comment, to the driver it is statements.
    [Fact]
    public async Task A_quote_in_a_name_would_let_a_comment_out_of_its_place()
    {
        const string trick = "SELECT 1 AS `a'b` -- '; !printenv KUBEMETRICS_SECRET";
        Assert.Throws<QueryRefusedException>(() => CallerQuery.Check(trick, Rules));
        var (output, _) = await SparkSqlDriver.RunAsync(trick + ";\n", TestContext.Current.CancellationToken, ("KUBEMETRICS_SECRET", "hunter"));
        Assert.Contains("hunter", output, StringComparison.Ordinal);
    }

    // What SqlText writes means to Spark what it means to us, although the driver substitutes variables here.
    [Fact]
    public async Task Texts_come_back_from_Spark_as_they_were()
    {
        string[] texts = ["it's", "a;b", "--x", "/* x */", "${env:KUBEMETRICS_SECRET}", @"\%\_\\", "ünï😀", "\"", "`", "!id", "a\u2028b", "${x}${", "\u001a"];
        var script = string.Concat(texts.Select(t => $"SELECT concat('<', hex(encode({SqlText.String(t)}, 'UTF-8')), '>') AS {SqlText.Name("a`b c")};\n"));
        var (output, error) = await SparkSqlDriver.RunAsync(script, TestContext.Current.CancellationToken, ("KUBEMETRICS_SECRET", "hunter"));
        Assert.True(output.Length > 0, error);
        Assert.All(texts, t => Assert.Contains($"<{Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(t))}>", output, StringComparison.Ordinal));
    }
}
