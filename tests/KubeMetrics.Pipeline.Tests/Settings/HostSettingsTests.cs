using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Tests.Settings;

/// <summary>Settings as a person writes them: what they mean, and a sentence for each mistake.</summary>
public sealed class HostSettingsTests
{
    private static readonly (string, string) Good = ("Datasets:KubeMetrics:Location", "/data/dumps");

    private static KubeMetricsOptions Read(params (string Key, string Value)[] settings) =>
        HostSettings.Read([SettingsSource.Of(settings.Select(one => (one.Key, one.Value, "in a test")))]);

    private static IReadOnlyList<string> Mistakes(params (string Key, string Value)[] settings) => Assert.Throws<SettingsException>(() => Read(settings)).Mistakes;

    [Fact]
    public void A_dataset_needs_no_more_than_its_location()
    {
        var options = Read(Good, ("State", "/state"));
        var dataset = Assert.Single(options.Datasets);
        Assert.Equal(("KubeMetrics", "operation_type", 50), (dataset.Name, dataset.GroupBy, dataset.Keep));
        Assert.Equal("/data/dumps", dataset.Location.Bucket);
        Assert.Equal("/state/reports/KubeMetrics", dataset.Reports.Bucket);
        Assert.Empty(dataset.Where);
        Assert.Null(dataset.Window);
        Assert.Equal(["http://127.0.0.1:7071"], options.Api.Listen);
        Assert.Equal(15, options.Work.LeaseTerm.TotalSeconds);
    }

    [Fact]
    public void Everything_that_is_set_arrives()
    {
        var options = Read(
            Good, ("Datasets:KubeMetrics:Where:0", "quantile=0.9"), ("Datasets:KubeMetrics:Where:1", "host=~a.*"), ("Datasets:KubeMetrics:GroupBy", "op"),
            ("Datasets:KubeMetrics:Window", "30d"), ("Datasets:KubeMetrics:Unit", "ms"), ("Datasets:KubeMetrics:Raw", "true"), ("Datasets:KubeMetrics:Keep", "7"),
            ("Datasets:KubeMetrics:KeepFor", "90d"), ("Datasets:KubeMetrics:Reports", "/reports"), ("Work:LeaseTerm", "1m"), ("Analysis:Memory", "4GiB"), ("Analysis:Columns", "512MiB"),
            ("Analysis:Concurrency", "2"), ("Api:Listen", "http://127.0.0.1:1;http://[::1]:2"));
        var dataset = Assert.Single(options.Datasets);
        Assert.Equal(["quantile=0.9", "host=~a.*"], dataset.Where.Select(matcher => matcher.ToString()));
        Assert.Equal(("op", 30, "ms", true, 7, 90, "/reports"), (dataset.GroupBy, dataset.Window!.Value.TotalDays, dataset.Unit, dataset.Raw, dataset.Keep, dataset.KeepFor.TotalDays, dataset.Reports.Bucket));
        Assert.Equal((60, 4L << 30, 512L << 20, 2), (options.Work.LeaseTerm.TotalSeconds, options.Analysis.Memory, options.Analysis.Columns, options.Analysis.Concurrency));
        Assert.Equal(["http://127.0.0.1:1", "http://[::1]:2"], options.Api.Listen);
    }

    [Fact]
    public void Matchers_may_stand_in_one_text_parted_by_semicolons() =>
        Assert.Equal(["quantile=0.9", "host!=b"], Read(Good, ("Datasets:KubeMetrics:Where", "quantile=0.9; host!=b")).Datasets[0].Where.Select(matcher => matcher.ToString()));

    [Fact]
    public void Of_columns_2_GiB_are_kept_unless_told_otherwise_and_with_0_none() =>
        Assert.Equal((2L << 30, 0), (Read(Good).Analysis.Columns, Read(Good, ("Analysis:Columns", "0")).Analysis.Columns));

    public static TheoryData<string, string, string[]> Wrong => new()
    {
        { "Datasets:KubeMetrics:Locaton", "/x", ["Datasets:KubeMetrics:Locaton", "Is 'Location' meant?"] },
        { "Datasets:KubeMetrics:Where", "quantile", ["Datasets:KubeMetrics:Where", "'quantile'", "label=value"] },
        { "Datasets:KubeMetrics:Window", "a month", ["Datasets:KubeMetrics:Window", "'a month'", "30d"] },
        { "Datasets:KubeMetrics:Unit", "furlong", ["Datasets:KubeMetrics:Unit", "'furlong'", "ms"] },
        { "Datasets:KubeMetrics:Raw", "yes", ["Datasets:KubeMetrics:Raw", "'yes'", "true or false"] },
        { "Datasets:KubeMetrics:Keep", "0", ["Datasets:KubeMetrics:Keep", "'0'", "from 1"] },
        { "Datasets:KubeMetrics:KeepFor", "1s", ["Datasets:KubeMetrics:KeepFor", "1h"] },
        { "Datasets:KubeMetrics:Schedule", "each morning", ["Datasets:KubeMetrics:Schedule", "it has 2 fields and takes six", "as in 0 0 6 * * *"] },
        { "Datasets:KubeMetrics:Schedule", "0 0 25 * * *", ["Datasets:KubeMetrics:Schedule", "25", "second minute hour day month weekday."] },
        { "Datasets:KubeMetrics:Schedule", "0 25 * * *", ["Datasets:KubeMetrics:Schedule", "25", "Its fields are minute hour day month weekday."] },
        { "Datasets:KubeMetrics:Engine", "sparc", ["Datasets:KubeMetrics:Engine (in a test): 'sparc' is no engine; use in-process or spark, or leave it out."] },
        { "Datasets:KubeMetrics:Engine", "Spark", ["Datasets:KubeMetrics:Engine is spark, and no cluster is set"] },
        { "Datasets:KubeMetrics:Engine", "hadoop", ["Datasets:KubeMetrics:Engine (in a test): 'hadoop' is no engine", "use in-process or spark"] },
        { "Datasets:KubeMetrics:Source", "ftp://x/y", ["Datasets:KubeMetrics:Source", "ftp://"] },
        { "Datasets:KubeMetrics:Reports", "/data/dumps/reports", ["Datasets:KubeMetrics:Reports", "Datasets:KubeMetrics:Location", "another place"] },
        { "Datasets:KubeMetrics:Window:From", "30d", ["Datasets:KubeMetrics:Window", "takes one text"] },
        { "Datasets", "/x", ["Datasets (in a test) is a text", "{\"Datasets\": {\"KubeMetrics\": {\"Location\""] },
        { "Datasets:x", "dumps", ["Datasets:x (in a test) is a text", "\"x\": {\"Location\": \"dumps\"}"] },
        { "Datasets:x:Where:op", "a", ["Datasets:x:Where (in a test) has names", "takes texts"] },
        { "Datasets:x:Window:0", "30d", ["Datasets:x:Window (in a test) is a list, but takes one text"] },
        { "Api", "secret", ["Api (in a test) is a text, but takes names", "{\"Api\": {\"Listen\": \"http://127.0.0.1:7071\"}}"] },
        { "Work:0", "1s", ["Work:0 (in a test) is no setting"] },
        { "State:Folder", "/x", ["State (in a test) has names of its own, but takes one text"] },
        { "State", "s3://bucket/state", ["State is s3://bucket/state.", "Storage:Buckets:bucket:Endpoint"] },
        { "Datasets:KubeMetrics:Reports", "s3://bucket/r", ["Datasets:KubeMetrics:Reports (in a test) is s3://bucket/r.", "Storage:Buckets:bucket:Endpoint", "Storage:Default"] },
        { "Datasets:KubeMetrics:Source", "s3://public/x", ["Datasets:KubeMetrics:Source (in a test) is s3://public/x.", "Anonymous"] },
        { "Storage", "http://ceph", ["Storage (in a test) is a text", "{\"Storage\": {\"Default\""] },
        { "Storage:Bucket:x", "y", ["Storage:Bucket (in a test) is no setting. Is 'Buckets' meant?"] },
        { "Storage:Buckets:x", "http://ceph", ["Storage:Buckets:x (in a test) is a text", "\"Endpoint\""] },
        { "Storage:Buckets:x:Endpont", "http://ceph", ["Storage:Buckets:x:Endpont (in a test) is no setting. Is 'Endpoint' meant?"] },
        { "Storage:Default:Endpoint", "ceph:7480", ["Storage:Default:Endpoint (in a test): 'ceph:7480' is no endpoint", "http://ceph:7480"] },
        { "Storage:Default:Endpoint", "http://ceph:7480/bucket", ["Storage:Default:Endpoint (in a test)", "has a path"] },
        { "Storage:Default:Endpoint", "http://key:secret@ceph:7480", ["Storage:Default:Endpoint (in a test)", "no credentials"] },
        { "Storage:Default:AccessKey", "key", ["Storage:Default:SecretKey is not set"] },
        { "Storage:Default:Stall", "0", ["Storage:Default:Stall"] },
        { "Storage:Default:CaFile", "/nowhere.pem", ["Storage:Default:CaFile (in a test): There is no file '/nowhere.pem'"] },
        { "Storage:Default:PathStyle", "maybe", ["Storage:Default:PathStyle (in a test) is 'maybe'; it takes true or false."] },

        { "Datasets:a b:Location", "/x", ["Datasets:a b", "letters, digits"] },
        { "State", "/data/dumps/state", ["State", "Datasets:KubeMetrics:Location", "another place"] },
        { "State", "s3://x", ["State", "bucket name"] },
        { "Api:Listen", "127.0.0.1:7071", ["Api:Listen", "127.0.0.1:7071", "http://"] },
        { "Api:Listen", "http://x@127.0.0.1:7071", ["Api:Listen", "x@127.0.0.1"] },
        { "Analysis:Memory", "999999999999GiB", ["Analysis:Memory", "999999999999GiB"] },
        { "Api:Listen", "https://127.0.0.1:7071", ["Api:Listen", "proxy"] },
        { "Api:Listen", "http://0.0.0.0:7071", ["Api:Key", "openssl rand"] },
        { "Api:Listen", "http://*:7071", ["Api:Key", "openssl rand"] },
        { "Api:Key", "short", ["Api:Key", "16"] },
        { "Work:LeaseTerm", "1d", ["Work:LeaseTerm", "1h"] },
        { "Work:Attempt", "3", ["Work:Attempt", "Is 'Attempts' meant?"] },
        { "Analysis:Memory", "much", ["Analysis:Memory", "'much'", "4GiB"] },
        { "Analysis:Columns", "none", ["Analysis:Columns", "'none'", "4GiB"] },
        { "Analysis:Concurrency", "two", ["Analysis:Concurrency", "'two'", "whole number"] },
        { "Log:Level", "loud", ["Log:Level", "'loud'", "debug"] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_mistake_is_told_by_its_name_with_its_remedy(string key, string value, string[] told)
    {
        var mistakes = Mistakes(Good, (key, value));
        Assert.All(told, part => Assert.Contains(part, string.Join('\n', mistakes)));
    }

    [Fact]
    public void A_mistake_never_shows_what_stands_where_a_key_may() => Assert.DoesNotContain("hush-hush", string.Join('\n', Mistakes(Good, ("Api", "hush-hush"), ("Api:Key", "hush-hush"), ("Api:Kex", "hush-hush"))));

    [Fact]
    public void A_name_that_is_no_setting_is_told_with_each_that_is_once() =>
        Assert.EndsWith("There are: Location, Source, Where, GroupBy, Window, Unit, Raw, Reports, Schedule, Watch, Engine, Job, Keep, KeepFor.", Assert.Single(Mistakes(Good, ("Datasets:KubeMetrics:Windo", "2d"), ("Datasets:KubeMetrics:Window", "1d"))));

    [Theory]
    [InlineData("all")]
    [InlineData("All")]
    public void All_is_a_window_in_any_case(string all) => Assert.Null(Read(Good, ("Datasets:KubeMetrics:Window", all)).Datasets[0].Window);

    [Theory]
    [InlineData("0 0 6 * * *")]
    [InlineData("0 6 * * *")]
    public void A_schedule_has_seconds_or_none(string schedule) => Assert.Equal(schedule, Read(Good, ("Datasets:KubeMetrics:Schedule", schedule)).Datasets[0].Schedule!.Text);

    [Fact]
    public void A_dataset_without_a_location_is_told() => Assert.Contains("Datasets:KubeMetrics:Location is not set", Assert.Single(Mistakes(("Datasets:KubeMetrics:GroupBy", "op"))));

    [Fact]
    public void A_location_that_is_empty_is_not_set() => Assert.Contains("Datasets:KubeMetrics:Location (in a test) is not set", Assert.Single(Mistakes(("Datasets:KubeMetrics:Location", " "))));

    [Fact]
    public void Reports_can_not_lie_among_the_dumps_of_another_dataset() =>
        Assert.Contains("Datasets:b:Reports (file:///a/reports) lies in Datasets:a:Location (file:///a)", Assert.Single(Mistakes(
            ("Datasets:a:Location", "/a"), ("Datasets:b:Location", "/b"), ("Datasets:b:Reports", "/a/reports"))));

    [Fact]
    public void Two_datasets_can_not_share_the_place_of_their_reports() =>
        Assert.Contains("Datasets:a:Reports and Datasets:b:Reports", Assert.Single(Mistakes(
            ("Datasets:a:Location", "/a"), ("Datasets:b:Location", "/b"), ("Datasets:a:Reports", "/r"), ("Datasets:b:Reports", "/r/below"))));

    [Fact]
    public void Reports_and_state_may_lie_among_dumps_below_a_hidden_name() =>
        Assert.Equal("/data/dumps/_kubemetrics", Read(Good, ("State", "/data/dumps/_kubemetrics")).State.Bucket);

    [Fact]
    public void All_mistakes_are_told_at_once() =>
        Assert.Equal(3, Mistakes(("Datasets:a:GroupBy", "op"), ("Work:Poll", "never"), ("Log:Level", "loud")).Count);

    [Fact]
    public void A_dataset_s_job_reads_its_location_and_its_result_is_what_is_analysed()
    {
        var dataset = Read(Good, ("Datasets:KubeMetrics:Job:Output", "/data/made"), ("Datasets:KubeMetrics:Job:Files", "7"), ("Datasets:KubeMetrics:Job:Compression", "gzip")).Datasets[0];
        Assert.Equal((JobKind.Etl, dataset.Location.ToString()), (dataset.Job!.Kind, Assert.Single(dataset.Job.Inputs).Location));
        Assert.Equal(new JobOutput { Location = "file:///data/made", Form = JobForm.Json, Compression = JobCompression.Gzip, Files = 7, Replace = true }, dataset.Job.Output);
        Assert.Equal("/data/made", dataset.Dumps.Bucket);
    }

    [Theory]
    [InlineData("Datasets:KubeMetrics:Job:Files", "7", "Datasets:KubeMetrics:Job:Output is not set")]
    [InlineData("Datasets:KubeMetrics:Job:Output", "/data/dumps/made", "lie in each other")]
    [InlineData("Datasets:KubeMetrics:Job", "daily", "takes names with what is set")]
    public void A_dataset_s_job_that_can_t_be_is_told(string setting, string value, string told) => Assert.Contains(Mistakes(Good, (setting, value)), mistake => mistake.Contains(told));

    [Theory]
    [InlineData("Kind", "copy", "it takes etl or query")]
    [InlineData("Form", "csv", "it takes json or parquet")]
    [InlineData("Kind", "query", "needs its sql")]
    [InlineData("Compression", "zstd", "can't be read by everybody")]
    [InlineData("Output", "/b", "would be taken for what arrived")]
    [InlineData("Oputput", "/x", "Output")]
    public void What_is_wrong_in_a_dataset_s_job_is_told(string name, string value, string told) =>
        Assert.Contains(
            Mistakes([.. ((string, string)[])[Good, ("Datasets:KubeMetrics:Job:Output", "/data/made"), ("Datasets:other:Location", "/"), ("Datasets:other:Reports", "/_r"), ("State", "/_s")], ($"Datasets:KubeMetrics:Job:{name}", value)]),
            mistake => mistake.Contains(told));

    [Fact]
    public void Buckets_are_watched_and_folders_are_not_unless_it_is_said()
    {
        (string, string) s3 = ("Datasets:KubeMetrics:Location", "s3://dumps/kube");
        (string, string)[] bucket = [s3, ("Storage:Buckets:dumps:Anonymous", "true")];
        Assert.False(Read(Good).Datasets[0].Watch);
        Assert.True(Read(Good, ("Datasets:KubeMetrics:Watch", "true")).Datasets[0].Watch);
        Assert.True(Read(bucket).Datasets[0].Watch);
        Assert.False(Read([.. bucket, ("Datasets:KubeMetrics:Watch", "false")]).Datasets[0].Watch);
    }

    [Theory]
    [InlineData("Notifications:Key", "short", "16 are the fewest")]
    [InlineData("Refresh:MaxWait", "5s", "shorter than Refresh:Quiet (10s)")]
    [InlineData("Refresh:Reconcile", "8d", "it takes 1s to 7d")]
    public void Settings_of_what_refreshes_are_checked(string setting, string value, string why)
    {
        var mistake = Assert.Single(Mistakes(Good, (setting, value)));
        Assert.StartsWith(setting, mistake);
        Assert.Contains(why, mistake);
    }

    [Theory]
    [InlineData("Topic", "http://topic.example/api/events", "no https address")]
    [InlineData("Topic", "https://topic.example/api/events?code=hush", "no https address")]
    [InlineData("Topic", "https://topic.example/", "whose path is /api/events")]
    [InlineData("TopicKey", "hush-hush", "Events:Topic is not")]
    [InlineData("Topic", "http://127.0.0.1:8080/api/events", "not sent in the clear")]
    [InlineData("Key", "short", "16 are the fewest")]
    [InlineData("Issuer", "https://sts.windows.net/tenant/", "tokens for anybody would be taken")]
    [InlineData("Issuer", "sts.windows.net", "https://login.microsoftonline.com/")]
    [InlineData("Audience", "api://x", "Events:Issuer is not set, and Events:Audience is")]
    [InlineData("Source", "two words", "without spaces")]
    [InlineData("Topics", "x", "Is 'Topic' meant?")]
    public void Settings_of_events_are_checked(string name, string value, string why)
    {
        var mistakes = string.Join('\n', Mistakes(Good, ($"Events:{name}", value)));
        Assert.Contains(why, mistakes);
        Assert.DoesNotContain("hush-hush", mistakes);
    }

    [Fact]
    public void Deliveries_are_known_by_the_key_of_events_or_that_of_the_api()
    {
        Assert.Null(Read(Good).Events.Key);
        Assert.Equal("0123456789abcdef", Read(Good, ("Api:Key", "0123456789abcdef")).Events.Key);
        var events = Read(Good, ("Api:Key", "0123456789abcdef"), ("Events:Key", "fedcba9876543210"), ("Events:Topic", "https://topic.example/api/events"), ("Events:From", "/a; /b"), ("Events:Origins", "*")).Events;
        Assert.Equal(("fedcba9876543210", true, "/a|/b", "*"), (events.Key, events.IsTold, string.Join('|', events.From), string.Join('|', events.Origins)));
        Assert.Equal(Pipeline.Events.EventOptions.EventGrid, Assert.Single(events.Callers));
    }

    [Fact]
    public void Notifications_are_open_on_loopback_alone()
    {
        Assert.True(Read(Good, ("Notifications:Open", "true")).Notifications.Open);
        Assert.Contains("Notifications:Open", Assert.Single(Mistakes(Good, ("Notifications:Open", "true"), ("Api:Listen", "http://0.0.0.0:7071"), ("Api:Key", "0123456789abcdef"))));
        Assert.Contains("Notifications:Open", Assert.Single(Mistakes(Good, ("Notifications:Open", "true"), ("Notifications:Key", "0123456789abcdef"))));
    }

    [Fact]
    public void A_bucket_with_settings_of_its_own_takes_nothing_from_the_default()
    {
        var storage = Read(Good, ("Storage:Default:Endpoint", "http://ceph:7480/"), ("Storage:Default:AccessKey", "key"), ("Storage:Default:SecretKey", "secret"), ("Storage:Buckets:bd-dist:Anonymous", "true")).Storage;

        Assert.Equal(new S3Connection { Anonymous = true }, storage.For("bd-dist"));
        Assert.Equal(new S3Connection { Endpoint = "http://ceph:7480", AccessKey = "key", SecretKey = "secret", Setting = "Storage:Default" }, storage.For("any-other"));
    }

    [Fact]
    public void A_bucket_whose_name_no_setting_can_have_is_named_in_its_section()
    {
        // As an app's settings are on Azure: letters, digits, periods and underscores.
        var storage = Read(Good, ("Storage:Buckets:public:Bucket", "bd-dist"), ("Storage:Buckets:public:Anonymous", "true")).Storage;
        Assert.Equal(new S3Connection { Anonymous = true }, storage.For("bd-dist"));
        Assert.Null(storage.Find("public"));

        Assert.Contains("Storage:Buckets:b:Bucket (in a test) is 'x-y', and so is another's", Assert.Single(Mistakes(Good, ("Storage:Buckets:a:Bucket", "x-y"), ("Storage:Buckets:b:Bucket", "x-y"))));
    }

    [Fact]
    public void A_bucket_that_nothing_is_said_of_is_not_spoken_to()
    {
        var refused = Assert.Throws<ObjectStoreException>(() => Read(Good, ("Storage:Buckets:a-bucket:Endpoint", "http://ceph:7480")).Storage.For("another"));
        Assert.StartsWith("Nothing says how the bucket 'another' is reached: set Storage:Buckets:another:Endpoint", refused.Message);
    }

    [Fact]
    public void Two_datasets_of_one_name_are_told_with_the_place_of_each()
    {
        var folder = new Dataset { Name = "kubemetrics", Location = StoreUri.Parse("/other/kubemetrics"), Reports = StoreUri.Parse("/reports") };
        var told = Assert.Single(Assert.Throws<SettingsException>(() => HostSettings.Read([SettingsSource.Of((Good.Item1, Good.Item2, "in a test"))], _ => [folder])).Mistakes);
        Assert.Contains("Datasets:KubeMetrics (in a test), file:///other/kubemetrics", told);
    }

    [Theory]
    [InlineData("standalone", "Spark:Master is not set, and Spark:Cluster is standalone; write spark://host:7077.")]
    [InlineData("livy", "Spark:Endpoint is not set, and Spark:Cluster is livy; write http://host:8998.")]
    [InlineData("yarn", "Spark:Cluster")]
    public void A_cluster_needs_to_be_said_where_it_is(string cluster, string told)
    {
        var e = Assert.Throws<SettingsException>(() => HostSettings.Read([SettingsSource.Of([("Spark:Cluster", cluster, "--x")])]));
        Assert.Contains(e.Mistakes, mistake => mistake.Contains(told, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, null, "Spark:DriverZip is not set, and Spark:Runner is dotnet; write s3a://bucket/kubemetrics-spark-driver.zip.", "Spark:DriverJar is not set, and Spark:Runner is dotnet; write /opt/kubemetrics/microsoft-spark-3-5_2.12-2.3.1.jar.")]
    [InlineData("file:///opt/driver.zip", "/opt/a.jar", "Spark:DriverZip (in a test): 'file:///opt/driver.zip' is not opened by DotnetRunner; write a plain path (/opt/…), or s3a://bucket/….")]
    [InlineData("driver.zip", "a.jar", "Spark:DriverZip (in a test): 'driver.zip' is relative; write a path that is on every machine of the cluster (/opt/…), or s3a://bucket/….", "Spark:DriverJar (in a test): 'a.jar' is relative;")]
    [InlineData("/opt/driver", "/opt/a.zip", "Spark:DriverZip (in a test): '/opt/driver' does not end in .zip; name the file itself.", "Spark:DriverJar (in a test): '/opt/a.zip' does not end in .jar;")]
    [InlineData("s3a://a-bucket/driver.zip", "/opt/a.jar", "Spark:Runner is dotnet, and s3://a-bucket/driver.zip is a file of it. Nothing says how the bucket 'a-bucket' is reached: set Storage:Buckets:a-bucket:Endpoint")]
    public void A_runner_on_dotnet_needs_its_two_files_where_the_cluster_opens_them(string? zip, string? jar, params string[] told)
    {
        var files = new[] { ("Spark:DriverZip", zip!), ("Spark:DriverJar", jar!) }.Where(file => file.Item2 is not null);
        var mistakes = Mistakes([("Spark:Cluster", "standalone"), ("Spark:Master", "spark://a:7077"), ("Spark:Runner", "dotnet"), .. files]);
        Assert.Equal(told.Length, mistakes.Count);
        Assert.All(told.Zip(mistakes), pair => Assert.StartsWith(pair.First, pair.Second));
    }

    [Fact]
    public void What_runs_scripts_is_Sparks_own_driver_unless_it_is_said_to_be_ours()
    {
        (string, string)[] files = [("Spark:DriverZip", "s3://a-bucket/driver.zip"), ("Spark:DriverJar", "local:///opt/a.jar"), ("Storage:Default:Endpoint", "http://ceph:7480")];
        Assert.Equal(Runner.Sql, Read([Good, .. files]).Spark.Runner);
        Assert.Empty(Read([Good, .. files]).Spark.RunnerFiles);

        var ours = Read([Good, .. files, ("Spark:Runner", "dotnet")]).Spark;
        Assert.Equal(["s3a://a-bucket/driver.zip", "KubeMetrics.SparkDriver", "s"], ours.Runner.Arguments(new SparkSubmission { AppName = "a", Script = "s" }));
        Assert.Equal([StoreUri.Parse("s3://a-bucket/driver.zip")], ours.RunnerFiles);
    }

    [Fact]
    public void The_documentation_lists_every_setting_with_its_default()
    {
        var page = Repository.Text("docs", "serve.md");
        Assert.All(HostSettings.All, setting => Assert.Contains(page.Split('\n'), line =>
            line.StartsWith($"| `{setting.Key}` |", StringComparison.Ordinal) && line.Contains(setting.Default ?? "| |", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_default_share_of_memory_is_parted_among_analyses_at_once() =>
        Assert.InRange(AnalysisLimits.DefaultMemory(2), AnalysisLimits.DefaultMemory(1) / 2 - 1, AnalysisLimits.DefaultMemory(1) / 2);
}
