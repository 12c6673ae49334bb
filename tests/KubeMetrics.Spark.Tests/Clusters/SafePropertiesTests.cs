using KubeMetrics.Spark.Clusters;

namespace KubeMetrics.Spark.Tests.Clusters;

public sealed class SafePropertiesTests
{
    [Fact]
    public void What_keeps_a_script_to_what_it_says_can_not_be_overridden()
    {
        var safe = SafeProperties.Of(Submission());
        var asked = safe.Keys.ToDictionary(name => name, _ => "something else");
        Assert.Equal(safe, SafeProperties.Of(Submission() with { Properties = asked }));

        Assert.Equal("false", safe["spark.sql.variable.substitute"]);
        Assert.Equal("false", safe["spark.sql.runSQLOnFiles"]);
        Assert.Equal("in-memory", safe["spark.sql.catalogImplementation"]);
        Assert.Equal("UTC", safe["spark.sql.session.timeZone"]);
        Assert.Equal("false", safe["spark.driver.supervise"]);
        Assert.Contains("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED", safe["spark.driver.extraJavaOptions"]);
        Assert.Equal("kubemetrics-x-1", safe["spark.app.name"]);
        Assert.Equal("x", SafeProperties.Of(Submission() with { Properties = new Dictionary<string, string> { ["spark.y"] = "x" } })["spark.y"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("../x")]
    [InlineData("a b")]
    [InlineData("-x")]
    [InlineData("ü")]
    [InlineData("a\"-Dspark.app.name=b")]
    public void A_name_that_would_break_out_of_its_place_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => SafeProperties.Of(Submission() with { AppName = name }));

    [Fact]
    public void A_property_or_a_path_with_a_line_break_is_refused()
    {
        Assert.Throws<ArgumentException>(() => SafeProperties.Of(Submission() with { Properties = new Dictionary<string, string> { ["spark.x"] = "a\nb" } }));
        Assert.Throws<ArgumentException>(() => SafeProperties.Of(Submission() with { Properties = new Dictionary<string, string> { ["spark.sql.runSQLOnFiles=true x"] = "b" } }));
        Assert.Throws<ArgumentException>(() => Runner.Sql.Arguments(Submission() with { Script = "a\nb" }));
    }

    private static SparkSubmission Submission() => new() { AppName = "kubemetrics-x-1", Script = "s3a://bucket/job.sql" };
}
