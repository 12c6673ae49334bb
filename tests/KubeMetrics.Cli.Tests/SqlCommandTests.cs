namespace KubeMetrics.Cli.Tests;

/// <summary><c>kubemetrics sql</c>, as it is called; expected values by hand.</summary>
public sealed class SqlCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kubemetrics-sql-");

    public SqlCommandTests() => Write("dump.json", """
        {"metric":{"__name__":"op_seconds","op":"a","host":"h1"},"values":[[1517443200,"1"],[1517443260,"3"]]}
        {"metric":{"__name__":"op_seconds","op":"b","host":"h2"},"values":[[1517443200,"5"]]}

        """);

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private void Write(string name, string text) => File.WriteAllText(At(name), text);

    private static async Task<(int ExitCode, string Output, string Error)> Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await CommandLine.RunAsync(["sql", .. arguments], output, error);
        return (exitCode, output.ToString(), error.ToString());
    }

    private const string Means = "SELECT metric.op, avg(CAST(v[1] AS DOUBLE)) AS mean FROM series LATERAL VIEW explode(values) e AS v GROUP BY metric.op ORDER BY op";

    [Fact]
    public async Task A_preview_is_a_table() =>
        Assert.Equal((0, "op  mean\na      2\nb      5\n", ""), await Run(Means, At("dump.json")));

    [Fact]
    public async Task Csv_and_json_are_all_rows()
    {
        Assert.Equal((0, "op,mean\na,2\nb,5\n", ""), await Run(Means, At("dump.json"), "--format", "csv", "-n", "1"));
        Assert.Equal((0, "{\"op\":\"a\",\"mean\":2}\n{\"op\":\"b\",\"mean\":5}\n", ""), await Run(Means, _folder.FullName, "--format", "json"));
    }

    [Fact]
    public async Task A_preview_says_where_it_ends()
    {
        var (exitCode, output, error) = await Run("SELECT metric.op FROM series", At("dump.json"), "--limit", "1");
        Assert.Equal((0, "op\na\n"), (exitCode, output));
        Assert.Contains("first 1 rows", error);
    }

    [Fact]
    public async Task A_file_is_written_whole_in_the_form_its_name_says()
    {
        var file = At("out/means.csv");
        var (exitCode, output, _) = await Run(Means, At("dump.json"), "--output", file);
        Assert.Equal((0, $"2 rows in {file}\n"), (exitCode, output));
        Assert.Equal("op,mean\na,2\nb,5\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Single(Directory.GetFiles(At("out")));
    }

    [Fact]
    public async Task A_query_that_fails_leaves_a_file_as_it_was()
    {
        Write("out.json", "before");
        // The second row overflows: 9223372036854775807 is the largest there is.
        var (exitCode, _, error) = await Run("SELECT 9223372036854775806 + size(values) AS n FROM series ORDER BY metric.op DESC", At("dump.json"), "-o", At("out.json"));
        Assert.Equal(1, exitCode);
        Assert.Contains("too large", error);
        Assert.Equal("before", await File.ReadAllTextAsync(At("out.json"), TestContext.Current.CancellationToken));
        Assert.Equal(2, Directory.GetFiles(_folder.FullName).Length);
    }

    [Fact]
    public async Task Tables_have_names_of_their_own()
    {
        Write("other.json", """{"metric":{"host":"h1"},"values":[]}""");
        var (exitCode, output, error) = await Run("SELECT a.metric.op FROM a JOIN b ON a.metric.host = b.metric.host", $"a={At("dump.json")}", $"b={At("other.json")}", "--format", "csv");
        Assert.Equal((0, "op\na\n", ""), (exitCode, output, error));
    }

    [Fact]
    public async Task A_broken_dump_makes_the_answer_partial()
    {
        Write("broken.json", "{\"metric\":{\"op\":\"c\"},\"values\":[[1,\"2\"]]}\n{\"metric\":");
        var (exitCode, output, error) = await Run("SELECT count(*) AS n FROM series", _folder.FullName, "--format", "csv");
        Assert.Equal((3, "n\n3\n"), (exitCode, output));
        Assert.Contains("broken.json", error);
    }

    [Theory]
    [InlineData("SELEC 1", 2, "starts no query")]
    [InlineData("SELECT * FROM other", 2, "there is no table 'other'; there are series.")]
    [InlineData("SELECT skewness(1)", 2, "Spark cluster")]
    [InlineData("SELECT metric.nosuch FROM series", 2, "op")]
    [InlineData("SELECT reflect('java.lang.System', 'getenv', 'HOME')", 2, "'reflect'")]
    [InlineData("SELECT * FROM csv.`/etc/hostname`", 2, "names a file")]
    public async Task What_is_wrong_is_said_in_a_sentence(string sql, int expected, string piece)
    {
        var (exitCode, output, error) = await Run(sql, At("dump.json"));
        Assert.Equal((expected, ""), (exitCode, output));
        Assert.Contains(piece, error);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_place_that_is_not_there_is_named()
    {
        var (exitCode, _, error) = await Run("SELECT 1 AS x FROM series", At("nowhere"));
        Assert.Equal(1, exitCode);
        Assert.Contains("nowhere", error);
    }

    [Fact]
    public async Task A_file_of_unknown_form_is_refused_before_anything_is_written()
    {
        var (exitCode, _, error) = await Run("SELECT 1 AS x", At("dump.json"), "-o", At("out.xlsx"));
        Assert.Equal(2, exitCode);
        Assert.Contains("--format", error);
        Assert.False(File.Exists(At("out.xlsx")));
    }
}
