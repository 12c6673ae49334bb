using KubeMetrics.Pipeline.Settings;

namespace KubeMetrics.Pipeline.Tests.Settings;

/// <summary>Settings out of files.</summary>
public sealed class SettingsFilesTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();
    private readonly List<string> _mistakes = [];

    public void Dispose() => File.Delete(_file);

    private string? Read(string text, string key)
    {
        File.WriteAllText(_file, text);
        return SettingsFiles.Load(_file, _mistakes)[key];
    }

    private string Refused(string text) => Assert.Single(Assert.Throws<SettingsException>(() => Read(text, "")).Mistakes);

    [Fact]
    public void A_file_of_sections_is_read_with_comments_and_trailing_commas()
    {
        Assert.Equal("/d", Read("""{ "Datasets": { "a": { "Location": "/d", /* here */ } }, }""", "Datasets:a:Location"));
        Assert.Empty(_mistakes);
    }

    [Fact]
    public void A_file_of_Azure_Functions_has_flat_names_under_Values()
    {
        Assert.Equal("/d", Read("""{ "IsEncrypted": false, "Values": { "Datasets__a__Location": "/d", "FUNCTIONS_WORKER_RUNTIME": "dotnet-isolated" } }""", "Datasets:a:Location"));
        Assert.Empty(_mistakes);
    }

    [Fact]
    public void The_environment_goes_over_a_file()
    {
        const string name = "Datasets__set-in-a-test__Location";
        Environment.SetEnvironmentVariable(name, "/environment");
        try
        {
            var read = Read("""{ "Datasets": { "set-in-a-test": { "Location": "/file", "GroupBy": "op" } } }""", "Datasets:set-in-a-test:Location");
            Assert.Equal("/environment", read);
            Assert.Equal("op", SettingsFiles.Load(_file, _mistakes)["Datasets:set-in-a-test:GroupBy"]);
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [Fact]
    public void Broken_JSON_is_told_by_line()
    {
        var told = Refused("{\n  \"State\": \"/s\"\n  \"Log\": {}\n}");
        Assert.Contains(_file, told);
        Assert.Contains("line 3", told);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("7")]
    public void A_file_that_is_no_object_is_told(string text) => Assert.Contains("no JSON object", Refused(text));

    [Theory]
    [InlineData("""{ "Dataset": {} }""")]
    [InlineData("""{ "Values": { "Dataset__a__Location": "/d" } }""")]
    public void A_section_that_is_none_is_told_with_what_was_meant(string text)
    {
        Read(text, "");
        Assert.Contains("Is 'Datasets' meant?", Assert.Single(_mistakes));
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_with_the_folder() =>
        Assert.Contains(Directory.GetCurrentDirectory(), Assert.Single(Assert.Throws<SettingsException>(() => SettingsFiles.Load("nowhere.json", _mistakes)).Mistakes));
}
