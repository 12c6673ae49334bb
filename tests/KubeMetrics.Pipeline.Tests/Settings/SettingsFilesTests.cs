using KubeMetrics.Pipeline.Settings;

namespace KubeMetrics.Pipeline.Tests.Settings;

/// <summary>Settings out of files.</summary>
public sealed class SettingsFilesTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    private IReadOnlyList<SettingsSource> Load(string text)
    {
        File.WriteAllText(_file, text);
        return SettingsFiles.Load(_file);
    }

    private KubeMetricsOptions Read(string text) => HostSettings.Read(Load(text));

    private IReadOnlyList<string> Mistakes(string text) => Assert.Throws<SettingsException>(() => Read(text)).Mistakes;

    private string Refused(string text) => Assert.Single(Mistakes(text));

    [Fact]
    public void A_file_of_sections_is_read_with_comments_and_trailing_commas() =>
        Assert.Equal("/d", Read("""{ "Datasets": { "a": { "Location": "/d", /* here */ } }, }""").Datasets[0].Location.Bucket);

    [Fact]
    public void A_mark_before_the_text_is_passed_over() => Assert.Equal("/d", Read("\uFEFF{ \"State\": \"/d\" }").State.Bucket);

    [Fact]
    public void A_file_of_Azure_Functions_has_flat_names_under_Values() =>
        Assert.Equal("/d", Read("""{ "IsEncrypted": false, "Values": { "Datasets__a__Location": "/d", "FUNCTIONS_WORKER_RUNTIME": "dotnet-isolated", "AzureWebJobsStorage__accountName": "x" } }""").Datasets[0].Location.Bucket);

    [Fact]
    public void Sections_beside_Values_are_read_too_and_Values_go_over_them()
    {
        var options = Read("""{ "Values": { "Datasets__a__GroupBy": "values" }, "State": "/s", "Datasets": { "a": { "Location": "/d", "GroupBy": "sections" } } }""");
        Assert.Equal(("/s", "/d", "values"), (options.State.Bucket, options.Datasets[0].Location.Bucket, options.Datasets[0].GroupBy));
    }

    [Fact]
    public void Null_stands_for_the_default() => Assert.Null(Read("""{ "Api": null, "Datasets": { "a": { "Location": "/d", "Window": null } } }""").Datasets[0].Window);

    public static TheoryData<string, string[]> Misplaced => new()
    {
        { """{ "Api": "text" }""", ["Api (in {file}) is a text", "{\"Api\": {\"Listen\""] },
        { """{ "Work": ["1s"] }""", ["Work (in {file}) is a list", "{\"Work\": {\"Poll\""] },
        { """{ "Log": 3 }""", ["Log (in {file}) is a text", "{\"Log\": {\"Level\""] },
        { """{ "Stores": { "a": "b" } }""", ["'Stores' in {file} is no section", "There are: Datasets, State, Storage, Api, Work, Analysis, Ingest, Notifications, Events, Refresh, Spark, Log."] },
        { """{ "Datasets": { "x": "folder" } }""", ["Datasets:x (in {file}) is a text", "\"x\": {\"Location\": \"folder\"}"] },
        { """{ "Datasets": [{ "Location": "/d" }] }""", ["Datasets (in {file}) is a list", "{\"Datasets\": {\"KubeMetrics\""] },
        { """{ "State": { "Folder": "/s" } }""", ["State (in {file}) has names", "takes one text"] },
        { """{ "State": ["/s"] }""", ["State (in {file}) is a list", "takes one text"] },
        { """{ "Datasets": { "x": { "Location": "/d", "Where": [["a=b"]] } } }""", ["Datasets:x:Where (in {file})", "takes texts"] },
        { """{ "Values": { "Datasets__x__Location": { "a": "b" } } }""", ["'Datasets__x__Location' in {file} holds more than a text", "outside of 'Values'"] },
        { """{ "Values": "text" }""", ["'Values' in {file}", "{\"Values\": {\"Datasets__KubeMetrics__Location\""] },
        { """{ "IsEncrypted": true, "Values": { "State": "CfDJ8" } }""", ["{file} is encrypted", "func settings decrypt"] },
    };

    [Theory]
    [MemberData(nameof(Misplaced))]
    public void What_stands_where_it_does_not_belong_is_told_with_the_file_and_how_it_is_written(string text, string[] told)
    {
        var mistake = Refused(text);
        Assert.All(told, part => Assert.Contains(part.Replace("{file}", _file), mistake));
    }

    [Theory]
    [InlineData("""{ "State": "/a", "State": "/b" }""", "'State' twice")]
    [InlineData("""{ "Datasets": { "x": { "Location": "/a", "Location": "/b" } } }""", "'Datasets:x:Location' twice")]
    [InlineData("""{ "Datasets": { "x": { "Location": "/a" }, "X": { "Location": "/a" } } }""", "'Datasets:X' twice")]
    [InlineData("""{ "Values": { "Datasets__x__Location": "/a", "Datasets:x:location": "/b" } }""", "'Datasets:x:location' twice")]
    public void A_name_that_stands_twice_is_told_with_its_place(string text, string told) => Assert.Contains(Mistakes(text), mistake => mistake.StartsWith($"{_file} has {told}", StringComparison.Ordinal));

    [Fact]
    public void A_mistake_says_which_file_it_is_in() => Assert.StartsWith($"Log:Level (in {_file}) is 'loud'", Refused("""{ "Log": { "Level": "loud" } }"""));

    [Fact]
    public void A_folder_is_no_settings_file() =>
        Assert.Contains("is a folder; name the settings file in it", Assert.Single(Assert.Throws<SettingsException>(() => SettingsFiles.Load(Path.GetTempPath())).Mistakes));

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
    public void A_section_that_is_none_is_told_with_what_was_meant(string text) => Assert.Contains("Is 'Datasets", Refused(text));

    [Fact]
    public void A_file_that_is_not_there_is_told_with_the_folder() =>
        Assert.Contains(Directory.GetCurrentDirectory(), Assert.Single(Assert.Throws<SettingsException>(() => SettingsFiles.Load("nowhere.json")).Mistakes));
}
