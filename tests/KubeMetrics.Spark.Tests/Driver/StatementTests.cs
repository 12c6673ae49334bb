using KubeMetrics.ObjectStorage;
using KubeMetrics.Prometheus;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Spark.Scripts;
using KubeMetrics.Spark.Summaries;
using KubeMetrics.SparkDriver;

namespace KubeMetrics.Spark.Tests.Driver;

/// <summary>How the driver on .NET for Apache Spark cuts a script: its source is compiled into these tests, as Microsoft.Spark is not on every feed.</summary>
public sealed class StatementTests
{
    // What Spark's grammar says of each (SqlBaseLexer.g4 of 3.5), cut by hand.
    [Theory]
    [InlineData("SELECT 1; SELECT 2;", "SELECT 1", "SELECT 2")]
    [InlineData("SELECT 1", "SELECT 1")]
    [InlineData("")]
    [InlineData(" ;\n;; -- nothing;\n/* nothing; */ ;")]
    [InlineData("SELECT ';', \"a;'b\", `c;d`;SELECT 2", "SELECT ';', \"a;'b\", `c;d`", "SELECT 2")]
    [InlineData("""SELECT 'it\'s;', '\\';SELECT 2""", """SELECT 'it\'s;', '\\'""", "SELECT 2")]
    [InlineData("SELECT 'a'';';SELECT 2", "SELECT 'a'';'", "SELECT 2")]
    [InlineData("SELECT `a``;b`;SELECT 2", "SELECT `a``;b`", "SELECT 2")]
    [InlineData("SELECT r'\\', R\"\\\";SELECT 2", "SELECT r'\\', R\"\\\"", "SELECT 2")]
    [InlineData("""SELECT a_r'\';';SELECT 2""", """SELECT a_r'\';'""", "SELECT 2")]
    [InlineData("SELECT 1 -- one; it's\n, 2;SELECT 3", "SELECT 1 -- one; it's\n, 2", "SELECT 3")]
    [InlineData("SELECT 1 -- one;\r, 2;SELECT 3", "SELECT 1 -- one;\r, 2", "SELECT 3")]
    [InlineData("SELECT 1 -- the last; line", "SELECT 1 -- the last; line")]
    [InlineData("SELECT 1 /* a /* ;' */ ; */ + 1;SELECT 2", "SELECT 1 /* a /* ;' */ ; */ + 1", "SELECT 2")]
    [InlineData("SELECT /*+ COALESCE(1) */ 'a;b' FROM t;SELECT 2", "SELECT /*+ COALESCE(1) */ 'a;b' FROM t", "SELECT 2")]
    [InlineData("SELECT 1/2; SELECT 1 - -1; SELECT 3 /*/ ; /*/ */ */", "SELECT 1/2", "SELECT 1 - -1", "SELECT 3 /*/ ; /*/ */ */")]
    [InlineData("SELECT '--', '/*';SELECT '*/'", "SELECT '--', '/*'", "SELECT '*/'")]
    [InlineData("!echo it;source /etc/passwd;", "!echo it", "source /etc/passwd")]
    public void A_script_is_cut_at_its_semicolons_and_nowhere_else(string script, params string[] statements)
    {
        Assert.Equal(statements, Statement.Of(script).Select(statement => statement.Text));
        Assert.Equal(statements, Statement.Of(script.Replace("\n", "\r\n")).Select(statement => statement.Text.Replace("\r\n", "\n")));
    }

    // Before a line feed alone, in the grammar.
    [Fact]
    public void A_backslash_before_its_end_lets_a_comment_go_on() =>
        Assert.Equal([new Statement(3, "SELECT 1"), new Statement(5, "SELECT 2")], Statement.Of("-- it goes on \\\n; here\nSELECT 1;\n-- and not here \\\r\nSELECT 2"));

    [Fact]
    public void A_statement_tells_where_it_starts_and_with_which_words()
    {
        var statements = Statement.Of("-- what for\nSET a=1;\n\n/* more\nwords */ SELECT\n  '\n;\n',\t1; SELECT " + new string('x', 500));
        Assert.Equal([(2, "SET a=1"), (5, "SELECT ' ; ', 1"), (8, $"SELECT {new string('x', 65)}…")], statements.Select(statement => (statement.Line, statement.Start)));
    }

    [Theory]
    [InlineData("SELECT 1;\nSELECT 'a;\n", "A text in quotes that starts on line 2 of the script is never closed.")]
    [InlineData("SELECT 'a\\'", "A text in quotes that starts on line 1 of the script is never closed.")]
    [InlineData("\n\nSELECT `a;", "A name in backticks that starts on line 3 of the script is never closed.")]
    [InlineData("SELECT 1 /* /* */;", "A comment that starts on line 1 of the script is never closed.")]
    [InlineData("SELECT 1 /*", "A comment that starts on line 1 of the script is never closed.")]
    public void What_is_never_closed_is_told_before_anything_runs(string script, string told) =>
        Assert.Equal(told, Assert.Throws<FormatException>(() => Statement.Of(script)).Message);

    [Theory]
    [InlineData("")]
    [InlineData("'; DROP \"x\"; --")]
    [InlineData("\\'; /* DROP `x`;\n\n */ -- \\")]
    public void Every_script_that_jobs_have_is_cut_into_what_it_was_written_of(string odd)
    {
        foreach (var script in Scripts(odd))
        {
            // Each statement is written with an empty line behind it, and no text holds one: line feeds are written \n there.
            var written = script.Split(";\n\n", StringSplitOptions.RemoveEmptyEntries).Select(part => string.Join('\n', part.Split('\n').SkipWhile(line => line.StartsWith("-- ", StringComparison.Ordinal))).TrimEnd());
            Assert.Equal(written, Statement.Of(script).Select(statement => statement.Text));
            Assert.All(Statement.Of(script), statement => Assert.Matches("^(SET|SELECT|DESCRIBE QUERY|INSERT OVERWRITE DIRECTORY|CREATE (OR REPLACE )?TEMPORARY VIEW) ?", statement.Text));
            Assert.All(Statement.Of(script), statement => Assert.StartsWith(statement.Text.Split('\n')[0], script.Split('\n')[statement.Line - 1]));
        }
    }

    [Fact]
    public async Task Sparks_own_driver_cuts_the_same()
    {
        const string Script = """
            -- before; it's
            SELECT ';', 'it\'s;', "a;'b", '\\';
            ;
            SELECT 1 -- one; it's
              , 2;
            SELECT /* a; /* ' */ ; */ /*+ COALESCE(1) */ 3;
            SELECT '--', '/*'; SELECT '*/', 4 /* */; -- behind;
            SELECT 5
            """;
        var (output, _) = await SparkSqlDriver.RunAsync(Script, TestContext.Current.CancellationToken, ("JAVA_TOOL_OPTIONS", RealSpark.QuickStart));
        Assert.Equal([";\tit's;\ta;'b\t\\", "1\t2", "3", "--\t/*", "*/\t4", "5"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal([2, 4, 6, 7, 7, 8], Statement.Of(Script.ReplaceLineEndings("\n")).Select(statement => statement.Line));
    }

    private static IEnumerable<string> Scripts(string odd)
    {
        var flat = odd.Replace("\n", "").Replace("//", "");
        var places = new ScriptPlaces(At("facts"), At("preview"));
        foreach (var form in Enum.GetValues<JobForm>())
        {
            var input = new JobInput { Name = "in", Location = $"s3://bucket/in{flat}", Form = form };
            var output = new JobOutput { Location = $"s3://bucket/out{flat}", Form = form, Files = 2, Compression = form == JobForm.Text ? null : JobCompression.None };
            yield return JobScript.Write(new Job { Kind = JobKind.Copy, Inputs = [input], Output = output }, null, "1", places);
            yield return JobScript.Write(new Job { Kind = JobKind.Etl, Inputs = [input], Output = output, Columns = ["a b", "metric.b"] }, null, "1", places);
            foreach (var to in new[] { null, output })
                yield return JobScript.Write(new Job { Kind = JobKind.Query, Inputs = [input], Output = to }, $"SELECT {SqlText.String(odd)} AS `a b` FROM `in`", "1", places);
        }

        yield return JobScript.Write(new Job { Kind = JobKind.Probe }, null, "1", places);
        var options = new SummaryOptions { Where = [new LabelMatcher("a", MatchOperator.Equal, odd)], Grouping = new() { GroupBy = $"g{odd}" } };
        yield return SummaryScript.First([new JobInput { Name = "in", Location = $"s3://bucket/in{flat}", Form = JobForm.Json }, new JobInput { Name = "more", Location = "s3://bucket/more", Form = JobForm.Json, MultiLine = true }], options, "1", new SummaryPlaces(At("summary")));
        yield return SummaryScript.Second("1", new SummaryPlaces(At("summary")));
    }

    private static StoreUri At(string key) => new(StoreKind.S3, "state", key);
}
