using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Spark.Tests.Jobs;

public sealed class JobRulesTests
{
    private static readonly JobInput Tsv = new() { Location = "s3://public/tsv", Form = JobForm.Tsv };
    private static readonly JobOutput Out = new() { Location = "s3://private/tsv" };
    private static readonly Job Copy = new() { Kind = JobKind.Copy, Inputs = [Tsv], Output = Out };
    private static readonly JobInput Dumps = Tsv with { Location = "s3://public/kube-metrics", Form = JobForm.Json };
    private static readonly Job Summary = new() { Kind = JobKind.Summary, Inputs = [Dumps] };
    private static readonly Job Query = new() { Kind = JobKind.Query, Inputs = [Tsv], Sql = "SELECT 1" };

    [Fact]
    public void Jobs_that_mean_something_pass()
    {
        Job[] jobs =
        [
            Copy,
            Copy with { Output = Out with { Form = JobForm.Tsv, Compression = JobCompression.Gzip, Files = 10_000 }, TimeLimit = 1, Resources = new SparkResources { Cores = 8, DriverMemory = "512m" } },
            new Job { Kind = JobKind.Etl, Inputs = [Tsv with { Form = JobForm.Json, MultiLine = true }], Output = Out with { Form = JobForm.Parquet, Compression = JobCompression.Snappy }, Columns = ["metric.operation_type", "values"] },
            Query,
            Query with { Inputs = [], Output = Out with { Form = JobForm.Csv, Header = true } },
            new Job { Kind = JobKind.Probe },
            Summary,
            Summary with
            {
                Inputs = [Dumps, Dumps with { Name = "more", Location = "s3://public/more", MultiLine = true }],
                Summary = new JobSummary { Where = ["quantile=0.9", "host=~free-.*|x", "a!=\"b c\"", "a!~[[:x]"], GroupBy = "hostname", From = "2018-02-01", To = "1519862400", Window = "1d12h", Unit = "us", Raw = true },
            },
        ];
        Assert.All(jobs, JobRules.Check);
    }

    public static TheoryData<string, string> Mistakes => new((IEnumerable<TheoryDataRow<string, string>>)All.Select(one => new TheoryDataRow<string, string>(one.Name, one.Field)));

    private static readonly (string Name, string Field, Job Job)[] All =
    [
        ("another version", "version", Copy with { Version = 2 }),
        ("a copy of nothing", "inputs", Copy with { Inputs = [] }),
        ("a copy of two", "inputs", Copy with { Inputs = [Tsv, Tsv with { Name = "b" }] }),
        ("a probe that reads", "inputs", new Job { Kind = JobKind.Probe, Inputs = [Tsv] }),
        ("a probe that writes", "output", new Job { Kind = JobKind.Probe, Output = Out }),
        ("a copy to nowhere", "output", Copy with { Output = null }),
        ("a name with a quote", "inputs[0].name", Copy with { Inputs = [Tsv with { Name = "a`b" }] }),
        ("a name with a line feed", "inputs[0].name", Copy with { Inputs = [Tsv with { Name = "a\n" }] }),
        ("two of one name", "inputs[1].name", Query with { Inputs = [Tsv, Tsv with { Name = "INPUT" }] }),
        ("a local path", "inputs[0].location", Copy with { Inputs = [Tsv with { Location = "/etc" }] }),
        ("another scheme", "inputs[0].location", Copy with { Inputs = [Tsv with { Location = "hdfs://x/y" }] }),
        ("dots", "inputs[0].location", Copy with { Inputs = [Tsv with { Location = "s3://public/a/../b" }] }),
        ("a pattern", "inputs[0].location", Copy with { Inputs = [Tsv with { Location = "s3://public/a*" }] }),
        ("braces, which would be a variable", "inputs[0].location", Copy with { Inputs = [Tsv with { Location = "s3://public/${env:X}" }] }),
        ("an empty name between slashes", "output.location", Copy with { Output = Out with { Location = "s3://private/a//b" } }),
        ("out in in", "output.location", Copy with { Output = Out with { Location = "s3://public/tsv/copy" } }),
        ("in in out", "output.location", Copy with { Output = Out with { Location = "s3://public/" } }),
        ("text over several lines", "inputs[0].multiLine", Copy with { Inputs = [Tsv with { MultiLine = true }] }),
        ("JSON with a header", "inputs[0].header", Copy with { Inputs = [Tsv with { Form = JobForm.Json, Header = true }] }),
        ("a copy to another form", "output.form", Copy with { Output = Out with { Form = JobForm.Csv } }),
        ("a header of a copy", "output.header", Copy with { Output = Out with { Header = true } }),
        ("TSV in snappy", "output.compression", Copy with { Output = Out with { Compression = JobCompression.Snappy } }),
        ("Parquet in bzip2", "output.compression", Query with { Output = Out with { Form = JobForm.Parquet, Compression = JobCompression.Bzip2 } }),
        ("no files", "output.files", Copy with { Output = Out with { Files = 0 } }),
        ("too many files", "output.files", Copy with { Output = Out with { Files = 10_001 } }),
        ("a summary of nothing", "inputs", Summary with { Inputs = [] }),
        ("dumps in dumps", "inputs[1].location", Summary with { Inputs = [Dumps, Dumps with { Name = "more", Location = "s3://public/kube-metrics/2018" }] }),
        ("a summary of TSV", "inputs[0].form", Summary with { Inputs = [Tsv] }),
        ("a summary that writes", "output", Summary with { Output = Out }),
        ("a summary with sql", "sql", Summary with { Sql = "SELECT 1" }),
        ("a copy with what a summary has", "summary", Copy with { Summary = new JobSummary() }),
        ("what is no matcher", "summary.where[1]", Summary with { Summary = new JobSummary { Where = ["a=b", "quantile"] } }),
        ("no matcher at all", "summary.where[0]", Summary with { Summary = new JobSummary { Where = [null!] } }),
        ("a matcher with half a character", "summary.where[0]", Summary with { Summary = new JobSummary { Where = ["a=\ud800"] } }),
        ("an expression that is none", "summary.where[0]", Summary with { Summary = new JobSummary { Where = ["a=~("] } }),
        ("an expression that Java has not", "summary.where[0]", Summary with { Summary = new JobSummary { Where = ["a=~[a-z-[b]]"] } }),
        ("too many matchers", "summary.where", Summary with { Summary = new JobSummary { Where = [.. Enumerable.Repeat("a=b", 101)] } }),
        ("groups by nothing", "summary.groupBy", Summary with { Summary = new JobSummary { GroupBy = " " } }),
        ("groups by what is no text", "summary.groupBy", Summary with { Summary = new JobSummary { GroupBy = "a\0" } }),
        ("a window that is none", "summary.window", Summary with { Summary = new JobSummary { Window = "month" } }),
        ("a unit that is none", "summary.unit", Summary with { Summary = new JobSummary { Unit = "parsec" } }),
        ("a time that is none", "summary.from", Summary with { Summary = new JobSummary { From = "yesterday" } }),
        ("an end before its start", "summary.from", Summary with { Summary = new JobSummary { From = "2018-02-02", To = "2018-02-01" } }),
        ("columns of a copy", "columns", Copy with { Columns = ["a"] }),
        ("no columns", "columns", Copy with { Kind = JobKind.Etl, Columns = [] }),
        ("an empty part of a column", "columns[0]", Copy with { Kind = JobKind.Etl, Columns = ["metric..op"] }),
        ("a column that no script can name", "columns[0]", Copy with { Kind = JobKind.Etl, Columns = ["a'; SELECT 1"] }),
        ("a column with a line feed", "columns[0]", Copy with { Kind = JobKind.Etl, Columns = ["a\nb"] }),
        ("a query without", "sql", Query with { Sql = " " }),
        ("a copy with", "sql", Copy with { Sql = "SELECT 1" }),
        ("an endless query", "sql", Query with { Sql = new string(' ', 65_537) + "SELECT 1" }),
        ("no time", "timeLimit", Copy with { TimeLimit = 0 }),
        ("no cores", "resources.cores", Copy with { Resources = new SparkResources { Cores = 0 } }),
        ("memory with an option behind it", "resources.driverMemory", Copy with { Resources = new SparkResources { DriverMemory = "1g --conf x=y" } }),
    ];

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_with_its_place_and_a_remedy(string name, string field)
    {
        var refused = Assert.Throws<JobInvalidException>(() => JobRules.Check(All.Single(one => one.Name == name).Job));
        Assert.Equal(field, refused.Field);
        Assert.Matches("[a-z]", refused.Message);
        Assert.EndsWith(".", refused.Message);
    }
}
