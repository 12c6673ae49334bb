using KubeMetrics.Pipeline.Settings;

namespace KubeMetrics.Pipeline.Tests.Settings;

/// <summary>Settings of the function app: what means another thing there than on one's own machine.</summary>
public sealed class FunctionAppSettingsTests
{
    private static KubeMetricsOptions Read(HostKind host, params (string Key, string Value)[] settings) =>
        HostSettings.Read([SettingsSource.Of(settings.Select(one => (one.Key, one.Value, "in a test")))], host: host);

    private static KubeMetricsOptions Read(params (string Key, string Value)[] settings) => Read(HostKind.FunctionApp, [("State", "/mnt/kubemetrics"), .. settings]);

    private static string Mistake(params (string Key, string Value)[] settings) =>
        Assert.Single(Assert.Throws<SettingsException>(() => Read(HostKind.FunctionApp, settings)).Mistakes);

    [Fact]
    public void State_that_is_not_set_would_lie_on_an_instances_own_disk_and_is_told() =>
        Assert.Equal(
            "State is not set, and what a function app writes there is lost with its instance; set it to s3://bucket/prefix, or to a folder that is mounted into every instance (/mnt/kubemetrics).",
            Mistake());

    [Fact]
    public void State_in_a_folder_beside_the_program_is_told_with_its_name() =>
        Assert.StartsWith("State (in a test) is 'data/state', a folder beside the program, and", Mistake(("State", "data/state")));

    [Theory]
    [InlineData("/mnt/kubemetrics")]
    [InlineData("file:///mnt/kubemetrics")]
    public void State_in_a_folder_that_is_mounted_and_datasets_in_folders_are_taken(string state) =>
        Assert.Equal("/mnt/kubemetrics", Read(HostKind.FunctionApp, ("State", state), ("Datasets:x:Location", "/mnt/dumps")).State.Bucket);

    [Fact]
    public void State_in_a_bucket_is_taken() =>
        Assert.Equal("s3://kube/state", Read(HostKind.FunctionApp, ("State", "s3://kube/state"), ("Storage:Default:Endpoint", "http://ceph:7480"), ("Storage:Default:AccessKey", "a"), ("Storage:Default:SecretKey", "b")).State.ToString());

    [Fact]
    public void Notifications_that_are_open_are_refused_since_everybody_reaches_a_function_app()
    {
        Assert.True(Read(HostKind.Local, ("Notifications:Open", "true")).Notifications.Open);
        Assert.StartsWith("Notifications:Open (in a test) is set, and other machines can reach this host", Mistake(("State", "/mnt/x"), ("Notifications:Open", "true")));
    }

    [Theory]
    [InlineData("Api:Listen", "http://0.0.0.0:80")]
    [InlineData("Api:Key", "0123456789abcdef")]
    public void What_guards_the_local_host_means_nothing_is_told_and_is_not_used(string key, string value)
    {
        var options = Read((key, value));

        Assert.StartsWith($"{key} (in a test) means nothing to a function app", Assert.Single(options.Warnings));
        Assert.Null(options.Api.Key);
    }

    [Fact]
    public void Streams_end_before_Azures_front_end_ends_them_and_locally_they_do_not()
    {
        // Azure's load balancer ends what takes longer than 230 s: "Function app timeout duration" in its documentation.
        Assert.InRange(Read().Api.LongestStream!.Value, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(230));
        Assert.Null(Read(HostKind.Local).Api.LongestStream);
    }

    [Fact]
    public void A_call_works_for_the_time_that_is_set() => Assert.Equal((300, 60), (Read().Work.Budget.TotalSeconds, Read(("Work:Budget", "1m")).Work.Budget.TotalSeconds));
}
