using KubeMetrics.Pipeline.Settings;

namespace KubeMetrics.Pipeline.Tests.Settings;

/// <summary>What becomes of a setting that several sources have: the later one's value stands, whole.</summary>
public sealed class LaterSourceTests
{
    private static KubeMetricsOptions Read(string file, params (string Name, string Text)[] environment)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, file);
            return HostSettings.Read([.. SettingsFiles.Load(path), SettingsEnvironment.Read(environment)]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Where(string where) => $$"""{ "Datasets": { "x": { "Location": "/d", "Where": {{where}} } } }""";

    public static TheoryData<string, string, string, string[]> Lists => new()
    {
        { """["a=1", "b=2"]""", "Datasets__x__Where__0", "c=3", ["c=3"] },
        { """["a=1", "b=2"]""", "Datasets__x__Where", "c=3", ["c=3"] },
        { "\"a=1; b=2\"", "Datasets__x__Where__0", "c=3", ["c=3"] },
        { "\"a=1; b=2\"", "Datasets__x__Where", "c=3", ["c=3"] },
        { """["a=1", "b=2"]""", "Datasets__X__where__0", "c=3", ["c=3"] },
        { """["a=1", "b=2"]""", "Datasets__x__Where__1", "c=3", ["c=3"] },
        { """["a=1", "b=2"]""", "Datasets__x__Where", "", [] },
        { """["a=1", "b=2"]""", "Datasets__x__GroupBy", "op", ["a=1", "b=2"] },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void A_list_of_a_later_source_takes_the_place_of_an_earlier_one_whatever_the_form_of_either(string file, string name, string text, string[] expected) =>
        Assert.Equal(expected, Assert.Single(Read(Where(file), (name, text)).Datasets).Where.Select(matcher => matcher.ToString()));

    [Fact]
    public void An_empty_list_of_a_later_file_takes_the_place_of_an_earlier_one()
    {
        var (earlier, later) = (Path.GetTempFileName(), Path.GetTempFileName());
        try
        {
            File.WriteAllText(earlier, Where("""["a=1"]"""));
            File.WriteAllText(later, """{ "Datasets": { "x": { "Where": [] } } }""");
            Assert.Empty(HostSettings.Read([.. SettingsFiles.Load(earlier), .. SettingsFiles.Load(later)]).Datasets[0].Where);
        }
        finally
        {
            File.Delete(earlier);
            File.Delete(later);
        }
    }

    [Fact]
    public void Addresses_are_a_list_too() =>
        Assert.Equal(["http://127.0.0.1:3"], Read("""{ "Api": { "Listen": ["http://127.0.0.1:1", "http://127.0.0.1:2"] } }""", ("Api__Listen__0", "http://127.0.0.1:3")).Api.Listen);

    [Fact]
    public void Names_that_a_later_source_leaves_out_stay_as_the_earlier_one_has_them()
    {
        var dataset = Assert.Single(Read("""{ "Datasets": { "x": { "Location": "/file", "GroupBy": "op" } } }""", ("Datasets__X__Location", "/environment")).Datasets);
        Assert.Equal(("x", "/environment", "op"), (dataset.Name, dataset.Location.Bucket, dataset.GroupBy));
    }

    [Fact]
    public void An_empty_text_stands_for_the_default() =>
        Assert.EndsWith("_kubemetrics", Read("""{ "State": "/s" }""", ("State", "")).State.Bucket);

    [Fact]
    public void What_is_wrong_in_a_file_is_told_though_the_environment_has_some_of_it() =>
        Assert.Contains(" is a text, but takes names", Assert.Single(Assert.Throws<SettingsException>(() => Read("""{ "Api": "text" }""", ("Api__Key", "0123456789abcdef"))).Mistakes));
}
