using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Refresh;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Datasets;

/// <summary>Datasets as settings have them: <c>Datasets:&lt;name&gt;:Location</c> and so on.</summary>
internal static class DatasetSettings
{
    private const int LongestName = 63;

    internal static readonly IReadOnlyList<Setting> All =
    [
        new("Datasets:<name>:Location", null, "where the dataset's dumps are: a folder, or s3://bucket/prefix (must be set)"),
        new("Datasets:<name>:Source", null, "where its objects are copied from, by every refresh or when somebody asks: a folder, or s3://bucket/prefix"),
        new("Datasets:<name>:Where", null, "which series: label matchers, an array or one text parted by semicolons (quantile=0.9; host=~web.*)"),
        new("Datasets:<name>:GroupBy", AnalysisOptions.DefaultGroupBy, "the label whose values make the groups"),
        new("Datasets:<name>:Window", "all", "only the last so much time before the newest sample (30d)"),
        new("Datasets:<name>:Unit", "by the metric's name", "the values' unit (us, ms, s, bytes, ratio, none)"),
        new("Datasets:<name>:Raw", "false", "counters as they stand instead of rates"),
        new("Datasets:<name>:Reports", "<State>/reports/<name>", "where its reports go: a folder or s3://bucket/prefix, outside every Location"),
        new("Datasets:<name>:Schedule", null, "when it is refreshed by the clock (NCRONTAB in UTC, six fields: 0 0 6 * * *)"),
        new("Datasets:<name>:Watch", "true for s3://", "whether it is refreshed when something arrives in its Location"),
        new("Datasets:<name>:Engine", Analyzer.Engine, "what computes its reports: in-process, or spark (for more than one machine holds)"),
        .. DatasetJobSettings.All,
        new("Datasets:<name>:Keep", "50", "how many reports are kept; the newest always is"),
        new("Datasets:<name>:KeepFor", "365d", "how long reports are kept"),
    ];

    /// <summary>Reads all datasets; what is wrong with one does not hide what is wrong with another.</summary>
    internal static IReadOnlyList<Dataset> Read(SettingsNode section, StoreUri state, StorageOptions storage, List<string> mistakes)
    {
        var datasets = new List<Dataset>();
        if (!new SettingsReader("Datasets", section, mistakes).IsSection("{\"Datasets\": {\"KubeMetrics\": {\"Location\": \"/data/dumps\"}}}")) return datasets;
        foreach (var one in section.Children)
            if (ReadOne(one, state, storage, mistakes) is { } dataset)
                datasets.Add(dataset);
        Places.Check(datasets, state, mistakes);
        return datasets;
    }

    private static Dataset? ReadOne(SettingsNode section, StoreUri state, StorageOptions storage, List<string> mistakes)
    {
        var before = mistakes.Count;
        var name = section.Name;
        var reader = new SettingsReader($"Datasets:{name}", section, mistakes);
        if (!reader.IsSection($"\"{name}\": {{\"Location\": \"{(section.HasText ? section.Text : "/data/dumps")}\"}}")) return null;
        if (!IsName(name)) mistakes.Add($"Datasets:{name} ({section.Origin}) is no name for a dataset; it takes 1 to {LongestName} letters, digits, '-' and '_', a letter or digit first.");
        var location = reader.Parsed("Location", StoreUri.Parse);
        if (location is null && mistakes.Count == before) reader.Mistake("Location", "is not set; name the folder, or s3://bucket/prefix, that the dataset's dumps are in.");
        var dataset = new Dataset
        {
            Name = name,
            Source = reader.Parsed("Source", StoreUri.Parse),
            Location = location ?? state,
            Where = Matchers(reader),
            GroupBy = reader.Text("GroupBy") ?? AnalysisOptions.DefaultGroupBy,
            Window = reader.Parsed("Window", Window),
            Unit = reader.Parsed("Unit", text => { Units.Parse(text); return text; }),
            Raw = reader.Flag("Raw"),
            Reports = reader.Parsed("Reports", StoreUri.Parse) ?? state.Below($"reports/{name}"),
            Schedule = reader.Parsed("Schedule", Schedule.Parse),
            Watch = reader.Flag("Watch", location?.Kind == StoreKind.S3),
            Engine = reader.Parsed("Engine", Engine) ?? Analyzer.Engine,
            Job = DatasetJobSettings.Read(reader, section["Job"], name, location ?? state, mistakes),
            Keep = reader.Number("Keep", 50, 1, 100_000),
            KeepFor = reader.Length("KeepFor", TimeSpan.FromDays(365), TimeSpan.FromHours(1), TimeSpan.FromDays(36500)),
        };
        foreach (var (setting, place) in ((string, StoreUri?)[])[("Source", dataset.Source), ("Location", dataset.Location), ("Reports", dataset.Reports), ("Job", dataset.Dumps)])
            if (place is { Kind: StoreKind.S3 } && storage.Find(place.Bucket) is null)
                reader.Mistake(setting, $"is {place}. {StorageOptions.WhyNot(place.Bucket)}");
        reader.Done();
        return mistakes.Count > before ? null : dataset;
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

    private static TimeSpan? Window(string text) => text.Equals("all", StringComparison.OrdinalIgnoreCase) ? null : TimeArguments.Length(text);

    private static string Engine(string text) => text.ToLowerInvariant() switch
    {
        Analyzer.Engine => Analyzer.Engine,
        Analyzer.Cluster => Analyzer.Cluster,
        _ => throw new FormatException($"'{text}' is no engine; use {Analyzer.Engine} or {Analyzer.Cluster}, or leave it out."),
    };
}
