using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Settings;

namespace KubeMetrics.Pipeline.Tests.Settings;

/// <summary>Settings in the environment, among the variables of everybody else.</summary>
public sealed class SettingsEnvironmentTests
{
    private static readonly (string, string) Good = ("Datasets__x__Location", "/d");

    private static readonly (string, string)[] Notebook = [("RGW_API_ENDPOINT", "http://ceph:7480"), ("ACCESSKEY", "key"), ("SECRETKEY", "secret")];

    [Theory]
    [InlineData("SPARK_HOME")]
    [InlineData("SPARK_MASTER_HOST")]
    [InlineData("SPARK_LOCAL_IP")]
    public void Sparks_own_variables_are_no_misspelt_settings(string name) => Assert.Empty(Read([Good, (name, "x")]).Warnings);

    [Fact]
    public void The_notebooks_variables_are_the_default_store() =>
        Assert.Equal(new S3Connection { Endpoint = "http://ceph:7480", AccessKey = "key", SecretKey = "secret", Setting = "Storage:Default" }, Read([Good, .. Notebook]).Storage.Default);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Of_the_notebooks_variables_all_three_count_or_none(int missing) =>
        Assert.Null(Read([Good, .. Notebook.Where((_, i) => i != missing)]).Storage.Default);

    [Theory]
    [InlineData("RGW_API_ENDPOINT is not set, or empty: set it too", "ACCESSKEY", "SECRETKEY")]
    [InlineData("ACCESSKEY is not set, or empty: set it too", "RGW_API_ENDPOINT", "SECRETKEY")]
    [InlineData("SECRETKEY is not set, or empty: set it too", "RGW_API_ENDPOINT", "ACCESSKEY")]
    [InlineData("ACCESSKEY and SECRETKEY are not set, or empty: set them too", "RGW_API_ENDPOINT")]
    public void Which_of_the_notebooks_variables_is_missing_is_told_whether_it_is_empty_or_not_there(string told, params string[] set)
    {
        Assert.Contains(told, Assert.Single(Read([Good, .. Notebook.Where(one => set.Contains(one.Item1))]).Warnings));
        Assert.Contains(told, Assert.Single(Read([Good, .. Notebook.Select(one => set.Contains(one.Item1) ? one : (one.Item1, ""))]).Warnings));
    }

    [Theory]
    [InlineData]
    [InlineData("ACCESSKEY")]
    [InlineData("SECRETKEY")]
    [InlineData("RGW_API_ENDPOINT", "ACCESSKEY", "SECRETKEY")]
    public void Of_none_of_them_of_all_or_of_a_key_that_may_be_meant_for_another_nothing_is_told(params string[] set) =>
        Assert.Empty(Read([Good, .. Notebook.Where(one => set.Contains(one.Item1))]).Warnings);

    [Fact]
    public void Where_the_default_store_is_set_by_its_own_name_the_notebooks_variables_do_not_count() =>
        Assert.Equal(new S3Connection { Endpoint = "https://other", Setting = "Storage:Default" }, Read([Good, .. Notebook, ("Storage__Default__Endpoint", "https://other")]).Storage.Default);

    private static KubeMetricsOptions Read(params (string Name, string Text)[] variables) => HostSettings.Read([SettingsEnvironment.Read(variables)]);

    private static string Mistake(params (string Name, string Text)[] variables) => Assert.Single(Assert.Throws<SettingsException>(() => Read(variables)).Mistakes);

    [Fact]
    public void Two_underscores_stand_for_a_colon()
    {
        var options = Read(Good, ("Datasets__x__Where__1", "b=2"), ("Datasets__x__Where__0", "a=1"), ("State", "/s"), ("Work:Poll", "5s"));
        Assert.Equal(["a=1", "b=2"], options.Datasets[0].Where.Select(matcher => matcher.ToString()));
        Assert.Equal(("/d", "/s", 5), (options.Datasets[0].Location.Bucket, options.State.Bucket, options.Work.Poll.TotalSeconds));
        Assert.Empty(options.Warnings);
    }

    [Fact]
    public void A_list_of_more_than_ten_keeps_its_order() =>
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"l{i}=v"), Read([Good, .. Enumerable.Range(0, 12).Select(i => ($"Datasets__x__Where__{i}", $"l{i}=v"))]).Datasets[0].Where.Select(matcher => matcher.ToString()));

    [Theory]
    [InlineData("STATE")]
    [InlineData("state")]
    [InlineData("Log")]
    [InlineData("Work")]
    [InlineData("LOGGING__LEVEL")]
    [InlineData("Kestrel__Endpoints__Http__Url")]
    [InlineData("Serilog__MinimumLevel")]
    [InlineData("PATH")]
    public void What_belongs_to_another_program_is_passed_over_without_a_word(string name)
    {
        var options = Read(Good, (name, "/elsewhere"));
        Assert.EndsWith("_kubemetrics", options.State.Bucket);
        Assert.Empty(options.Warnings);
    }

    [Theory]
    [InlineData("Datsets__x__Location", "Datasets__x__Location")]
    [InlineData("Dataset__x__Where__0", "Datasets__x__Where__0")]
    [InlineData("DATASETS__x__LOCATION", "Datasets__x__Location")]
    [InlineData("Datasets_x_Location", "Datasets__x__Location")]
    [InlineData("DATASETS__x__Loction", "Datasets__x__Location")]
    [InlineData("API__KEY", "Api__Key")]
    [InlineData("Anlysis__Memory", "Analysis__Memory")]
    public void What_looks_like_a_setting_is_not_read_and_said(string name, string meant)
    {
        var options = Read(Good, (name, "/elsewhere"));
        Assert.Equal($"The environment variable {name} is not read. Is '{meant}' meant?", Assert.Single(options.Warnings));
    }

    [Fact]
    public void A_name_of_a_section_that_others_use_too_is_said_and_not_refused() =>
        Assert.StartsWith("The environment variable Api__BaseUrl is no setting", Assert.Single(Read(Good, ("Api__BaseUrl", "https://example.com")).Warnings));

    [Theory]
    [InlineData("Work__LeaseTrm", "Work:LeaseTrm (environment variable Work__LeaseTrm) is no setting. Is 'LeaseTerm' meant?")]
    [InlineData("Datasets__x__Colour", "Datasets:x:Colour (environment variable Datasets__x__Colour) is no setting.")]
    [InlineData("Log__Level", "Log:Level (environment variable Log__Level) is 'x'")]
    [InlineData("Datasets__x__Where__0", "Datasets:x:Where (environment variable Datasets__x__Where__0): 'x'")]
    public void A_mistake_names_the_variable(string name, string told) => Assert.StartsWith(told, Mistake(Good, (name, "x")));

    [Fact]
    public void One_setting_in_two_variables_is_told_with_both() =>
        Assert.Equal("The environment variables Datasets__X__location and Datasets__x__Location are the same setting; leave one of the two out.", Mistake(Good, ("Datasets__X__location", "/e")));

    [Fact]
    public void A_list_given_in_both_forms_is_told_with_both() =>
        Assert.Equal("Datasets:x:Where (environment variable Datasets__x__Where) is given twice, as one text and as a list (environment variable Datasets__x__Where__0); leave one of the two out.",
            Mistake(Good, ("Datasets__x__Where", "a=1"), ("Datasets__x__Where__0", "b=2")));
}
