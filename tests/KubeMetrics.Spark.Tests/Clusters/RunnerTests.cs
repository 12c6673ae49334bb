using System.Text.Json;
using System.Xml.Linq;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Clusters.Livy;
using KubeMetrics.Spark.Clusters.Local;
using KubeMetrics.Spark.Clusters.Standalone;
using KubeMetrics.Spark.Storage;

namespace KubeMetrics.Spark.Tests.Clusters;

/// <summary>What each kind of cluster is told to start, of each runner.</summary>
public sealed class RunnerTests : IDisposable
{
    private const string Sql = "org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver", Dotnet = "org.apache.spark.deploy.dotnet.DotnetRunner";
    private const string Zip = "s3a://ours/driver.zip", Jar = "/opt/kubemetrics/microsoft-spark.jar", Script = "s3a://state/jobs/x/attempt-1/job.sql";
    private const string AccessKey = "AK9XQZ", SecretKey = "sEcReT-9xqz", Token = "tOkEn-9xqz";

    private readonly HttpClient _client = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("runner").FullName;

    // As jobs are submitted: the store has keys, a session's token too, and the cluster is told how its buckets are reached.
    private static SparkSubmission Submission { get; } = new()
    {
        AppName = "kubemetrics-x-1",
        Script = Script,
        Properties = S3ASettings.For(
            new Dictionary<string, S3Connection> { ["state"] = Connection, ["ours"] = Connection, ["theirs"] = Connection with { AccessKey = "another-9xqz" }, ["public"] = new() { Anonymous = true } },
            new ClusterKeys(Connection, "jceks://s3a@state/keys.jceks")),
    };

    private static S3Connection Connection => new() { Endpoint = "http://ceph:7480", AccessKey = AccessKey, SecretKey = SecretKey, SessionToken = Token };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<bool, string, string[]> Runners => new() { { false, Sql, ["-f", Script] }, { true, Dotnet, [Zip, "KubeMetrics.SparkDriver", Script] } };

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory, MemberData(nameof(Runners))]
    public async Task Standalone_is_sent_the_runners_class_its_jar_and_its_arguments(bool dotnet, string mainClass, string[] arguments)
    {
        var request = JsonDocument.Parse(await SubmittedToStandaloneAsync(Of(dotnet))).RootElement;
        Assert.Equal((mainClass, dotnet ? Jar : ""), (request.GetProperty("mainClass").GetString(), request.GetProperty("appResource").GetString()));
        Assert.Equal(arguments, request.GetProperty("appArgs").EnumerateArray().Select(one => one.GetString()));
    }

    [Theory, MemberData(nameof(Runners))]
    public async Task Livy_is_sent_the_runners_class_its_jar_and_its_arguments(bool dotnet, string mainClass, string[] arguments)
    {
        var request = JsonDocument.Parse(await SubmittedToLivyAsync(Of(dotnet))).RootElement;
        Assert.Equal((mainClass, dotnet ? Jar : "local:///none.jar"), (request.GetProperty("className").GetString(), request.GetProperty("file").GetString()));
        Assert.Equal(arguments, request.GetProperty("args").EnumerateArray().Select(one => one.GetString()));
    }

    [Theory, MemberData(nameof(Runners))]
    public async Task Spark_submit_is_given_the_runners_class_its_jar_and_its_arguments(bool dotnet, string mainClass, string[] arguments)
    {
        string[] given = [.. (await SubmittedLocallyAsync(Of(dotnet))).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        Assert.Equal(["--class", mainClass, dotnet ? Jar : "spark-internal", .. arguments], given[^(3 + arguments.Length)..]);
    }

    // DotnetRunner writes each property into its log, name and value, and hands them to the program as its environment.
    [Theory, MemberData(nameof(Runners))]
    public async Task Nothing_that_is_submitted_holds_a_key(bool dotnet, string mainClass, string[] arguments)
    {
        foreach (var submitted in new[] { await SubmittedToStandaloneAsync(Of(dotnet)), await SubmittedToLivyAsync(Of(dotnet)), await SubmittedLocallyAsync(Of(dotnet)) })
        {
            Assert.Contains(mainClass, submitted);
            Assert.Contains(arguments[^1], submitted);
            Assert.Contains("spark.hadoop.fs.s3a.bucket.theirs.security.credential.provider.path", submitted);
            Assert.DoesNotContain("9xqz", submitted, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void The_program_is_called_as_it_is_started_and_takes_what_it_is_given()
    {
        var folder = Path.Combine(Repository(), "src", "KubeMetrics.SparkDriver");
        var project = XDocument.Load(Assert.Single(Directory.GetFiles(folder, "*.csproj")));
        var name = project.Descendants("AssemblyName").FirstOrDefault()?.Value ?? Path.GetFileNameWithoutExtension(Directory.GetFiles(folder, "*.csproj")[0]);
        Assert.Equal([Zip, name, Script], Of(dotnet: true).Arguments(Submission));
        Assert.Equal("Exe", project.Descendants("OutputType").Single().Value);
        // DotnetRunner takes the zip and the name away, and hands on the rest.
        Assert.Contains("args is not [var script]", File.ReadAllText(Path.Combine(folder, "Program.cs")));
        // It has no user-defined functions, so that no worker process has to be installed on executors.
        Assert.All(Directory.GetFiles(folder, "*.cs"), file => Assert.DoesNotMatch(@"\bUdf\b", File.ReadAllText(file)));
    }

    private static Runner Of(bool dotnet) => dotnet ? Runner.Dotnet(Zip, Jar) : Runner.Sql;

    private async Task<string> SubmittedToStandaloneAsync(Runner runner)
    {
        using var master = new StandIn(_ => StandIn.Answer(200, """{"action":"CreateSubmissionResponse","submissionId":"driver-1","success":true}"""));
        await new StandaloneCluster(new StandaloneOptions { Master = "spark://none:7077", Rest = master.Address, Ui = master.Address, Runner = runner }, _client, TimeProvider.System).SubmitAsync(Submission, Cancelled);
        return Assert.Single(master.Requests).Body;
    }

    private async Task<string> SubmittedToLivyAsync(Runner runner)
    {
        using var livy = new StandIn(_ => StandIn.Answer(201, """{"id":0,"name":"kubemetrics-x-1","state":"starting","log":[]}"""));
        await new LivyCluster(new LivyOptions { Endpoint = livy.Address, Runner = runner }, _client, TimeProvider.System).SubmitAsync(Submission, Cancelled);
        return Assert.Single(livy.Requests).Body;
    }

    // A spark-submit that writes down what it is given, one argument a line.
    private async Task<string> SubmittedLocallyAsync(Runner runner)
    {
        var home = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        var submit = Path.Combine(Directory.CreateDirectory(Path.Combine(home, "bin")).FullName, "spark-submit");
        await File.WriteAllTextAsync(submit, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n", Cancelled);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(submit, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var cluster = new LocalCluster(
            new LocalOptions { SparkHome = home, Folder = Path.Combine(home, "runs"), Runner = runner, Environment = new Dictionary<string, string> { ["AWS_SECRET_ACCESS_KEY"] = SecretKey } }, _client, TimeProvider.System);
        var driver = await cluster.SubmitAsync(Submission, Cancelled);
        Assert.Equal(DriverState.Finished, (await cluster.EndAsync(driver, Submission.AppName)).State);
        return (await cluster.LogAsync(driver, Cancelled)).Output;
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "KubeMetrics.slnf"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
