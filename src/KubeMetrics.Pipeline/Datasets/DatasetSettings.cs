using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Prometheus;
using Microsoft.Extensions.Configuration;
using NCrontab;

namespace KubeMetrics.Pipeline.Datasets;

/// <summary>Datasets as settings have them: <c>Datasets:&lt;name&gt;:Location</c> and so on.</summary>
internal static class DatasetSettings
{
    private const int LongestName = 63;

    internal static readonly IReadOnlyList<Setting> All =
    [
        new("Datasets:<name>:Location", null, "where the dataset's dumps are: a folder, file:///folder or s3://bucket/prefix (must be set)"),
        new("Datasets:<name>:Source", null, "where its objects are copied from"),
        new("Datasets:<name>:Where", null, "which series: label matchers, an array or one text parted by semicolons (quantile=0.9; host=~web.*)"),
        new("Datasets:<name>:GroupBy", AnalysisOptions.DefaultGroupBy, "the label whose values make the groups"),
        new("Datasets:<name>:Window", "all", "only the last so much time before the newest sample (30d)"),
        new("Datasets:<name>:Unit", "by the metric's name", "the values' unit (us, ms, s, bytes, ratio, none)"),
        new("Datasets:<name>:Raw", "false", "counters as they stand instead of rates"),
        new("Datasets:<name>:Reports", "<State>/reports/<name>", "where its reports go; outside every Location"),
        new("Datasets:<name>:Schedule", null, "when it is refreshed by the clock (NCRONTAB, six fields: 0 0 6 * * *)"),
        new("Datasets:<name>:Engine", Analyzer.Engine, "what analyses it"),
        new("Datasets:<name>:Job", null, "a job to run between arrival and analysis"),
        new("Datasets:<name>:Keep", "50", "how many reports are kept; the newest always is"),
        new("Datasets:<name>:KeepFor", "365d", "how long reports are kept"),
    ];

    /// <summary>Reads all datasets; what is wrong with one does not hide what is wrong with another.</summary>
    internal static IReadOnlyList<Dataset> Read(IConfigurationSection section, StoreUri state, List<string> mistakes, List<string> warnings)
    {
        var datasets = new List<Dataset>();
        foreach (var one in section.GetChildren())
            if (ReadOne(one, state, mistakes, warnings) is { } dataset)
                datasets.Add(dataset);
        if (section.Value is { Length: > 0 }) mistakes.Add("Datasets takes a name and its settings for each dataset: {\"Datasets\": {\"KubeMetrics\": {\"Location\": \"…\"}}}.");
        Places.Check(datasets, state, mistakes);
        return datasets;
    }

    private static Dataset? ReadOne(IConfigurationSection section, StoreUri state, List<string> mistakes, List<string> warnings)
    {
        var reader = new SettingsReader(section, mistakes);
        var before = mistakes.Count;
        var name = section.Key;
        if (!IsName(name)) mistakes.Add($"Datasets:{name} is no name for a dataset; it takes 1 to {LongestName} letters, digits, '-' and '_', a letter or digit first.");
        var location = reader.Parsed("Location", StoreUri.Parse);
        if (location is null && mistakes.Count == before) reader.Mistake("Location", "is not set; name the folder that the dataset's dumps are in.");
        var dataset = new Dataset
        {
            Name = name,
            Source = reader.Parsed("Source", StoreUri.Parse),
            Location = location ?? state,
            Where = Matchers(reader),
            GroupBy = reader.Text("GroupBy") ?? AnalysisOptions.DefaultGroupBy,
            Window = reader.Text("Window") is "all" ? null : reader.Parsed<TimeSpan?>("Window", text => TimeArguments.Length(text)),
            Unit = reader.Parsed("Unit", text => { Units.Parse(text); return text; }),
            Raw = reader.Flag("Raw"),
            Reports = reader.Parsed("Reports", StoreUri.Parse) ?? state.Below($"reports/{name}"),
            Schedule = reader.Parsed("Schedule", Schedule),
            Engine = reader.Word("Engine", Analyzer.Engine, Analyzer.Engine, "spark"),
            Job = reader.Text("Job"),
            Keep = reader.Number("Keep", 50, 1, 100_000),
            KeepFor = reader.Length("KeepFor", TimeSpan.FromDays(365), TimeSpan.FromHours(1), TimeSpan.FromDays(36500)),
        };
        reader.Done();
        foreach (var (setting, isSet) in (ReadOnlySpan<(string, bool)>)[("Source", dataset.Source is not null), ("Schedule", dataset.Schedule is not null), ("Job", dataset.Job is not null)])
            if (isSet)
                warnings.Add($"Datasets:{name}:{setting} is set, but this version does not act on it: the dataset is analysed when somebody asks.");
        if (dataset.Engine != Analyzer.Engine) reader.Mistake("Engine", $"is '{dataset.Engine}', and this host has no Spark cluster; use {Analyzer.Engine}, or leave it out.");
        return mistakes.Count == before ? dataset : null;
    }

    /// <summary>Whether a text can be a dataset's name.</summary>
    internal static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static List<LabelMatcher> Matchers(SettingsReader reader)
    {
        var matchers = new List<LabelMatcher>();
        foreach (var text in reader.Texts("Where"))
        {
            try
            {
                matchers.Add(LabelMatcher.Parse(text));
            }
            catch (FormatException e)
            {
                reader.Mistake("Where", e.Message, quoted: true);
            }
        }

        return matchers;
    }

    private static string Schedule(string text)
    {
        try
        {
            CrontabSchedule.Parse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6 });
            return text;
        }
        catch (CrontabException e)
        {
            throw new FormatException($"'{text}' is no schedule ({e.Message.TrimEnd('.')}); write six fields as Azure Functions has them: second minute hour day month weekday, as in 0 0 6 * * *.", e);
        }
    }
}
