using System.Globalization;
using System.Net;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Work;
using Microsoft.Extensions.Configuration;

namespace KubeMetrics.Pipeline.Settings;

/// <summary>Every setting there is, and how they become options.</summary>
public static class HostSettings
{
    // Its name starts with an underscore, so that it is never taken for dumps where it lies among them.
    private const string DefaultState = "_kubemetrics";
    private const int ShortestKey = 16;

    /// <summary>The sections that settings files have.</summary>
    internal static readonly string[] Sections = ["Datasets", "State", "Api", "Work", "Analysis", "Log", "Storage"];

    /// <summary>All settings, as help lists them. As environment variables they have two underscores for each colon.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        .. DatasetSettings.All,
        new("State", DefaultState, "where work, runs and keys are kept: a folder, file:///folder or s3://bucket/prefix"),
        new("Api:Listen", ApiOptions.DefaultListen, "where the local host listens; several parted by semicolons"),
        new("Api:Key", null, $"what callers have to show, at least {ShortestKey} characters; must be set unless bound to loopback"),
        new("Work:LeaseTerm", "15s", "how long work waits after its process was killed"),
        new("Work:Poll", "2s", "how often the store is looked at for work that other processes added"),
        new("Work:Attempts", "3", "how often work may take its process with it, or a step fail for a reason that may pass"),
        new("Work:RetryAfter", "2s", "the wait after the first such failure; it doubles each time"),
        new("Analysis:Concurrency", "1", "how many analyses at once; each uses all cores"),
        new("Analysis:Queue", "100", "how many may wait; more are refused"),
        new("Analysis:Memory", "3/4 of this process's", "what one may need (4GiB); one that needs more is refused before it starts"),
        new("Analysis:Keep", "200", "how many ended runs' records are kept for each dataset"),
        new("Analysis:KeepFor", "30d", "how long they are kept, and the keys of repeated requests"),
        new("Log:Level", "information", "trace, debug, information, warning or error"),
    ];

    /// <summary>Reads and validates.</summary>
    /// <param name="configuration">Where settings come from; see <see cref="SettingsFiles"/>.</param>
    /// <param name="mistakes">Mistakes that were found before, in files.</param>
    /// <param name="more">Datasets that settings do not have: folders named on the command line.</param>
    /// <exception cref="SettingsException">With a sentence for each mistake.</exception>
    public static KubeMetricsOptions Read(IConfiguration configuration, IReadOnlyList<string>? mistakes = null, Func<StoreUri, IReadOnlyList<Dataset>>? more = null)
    {
        List<string> found = [.. mistakes ?? []];
        var warnings = new List<string>();
        var state = State(configuration, found);
        var datasets = DatasetSettings.Read(configuration.GetSection("Datasets"), state, found, warnings);
        if (more?.Invoke(state) is { Count: > 0 } added)
        {
            datasets = [.. datasets, .. added];
            foreach (var twice in datasets.GroupBy(dataset => dataset.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
                found.Add($"Two datasets are called '{twice.Key}'; name one of the folders otherwise, or leave it out.");
            Places.Check(datasets, state, found);
        }

        var api = Api(configuration.GetSection("Api"), found);
        var work = Work(configuration.GetSection("Work"), found);
        var analysis = Analysis(configuration.GetSection("Analysis"), found);
        var log = new SettingsReader(configuration.GetSection("Log"), found);
        var level = log.Word("Level", "information", "trace", "debug", "information", "warning", "error");
        log.Done();
        if (configuration.GetSection("Storage").GetChildren().Any()) warnings.Add("Storage is set, but this version works on folders only and does not act on it.");
        if (found.Count > 0) throw new SettingsException([.. found.Distinct()]);
        return new KubeMetricsOptions
        {
            State = state,
            Datasets = [.. datasets.OrderBy(dataset => dataset.Name, StringComparer.OrdinalIgnoreCase)],
            Api = api,
            Work = work,
            Analysis = analysis,
            LogLevel = level,
            Warnings = warnings,
        };
    }

    private static StoreUri State(IConfiguration configuration, List<string> mistakes)
    {
        try
        {
            return StoreUri.Parse(configuration["State"] is { Length: > 0 } text ? text : DefaultState);
        }
        catch (FormatException e)
        {
            mistakes.Add($"State: {e.Message}");
            return StoreUri.Parse(DefaultState);
        }
    }

    private static ApiOptions Api(IConfigurationSection section, List<string> mistakes)
    {
        var reader = new SettingsReader(section, mistakes);
        var listen = reader.Texts("Listen");
        if (listen.Count == 0) listen = [ApiOptions.DefaultListen];
        var key = reader.Text("Key");
        if (key is { Length: < ShortestKey }) reader.Mistake("Key", $"has {key.Length} characters; {ShortestKey} are the fewest. A good one: openssl rand -hex 24");
        var everybody = false;
        foreach (var address in listen)
        {
            // Kestrel takes * and + for every address, which no URI has.
            if (!Uri.TryCreate(address.Replace("//*", "//0.0.0.0").Replace("//+", "//0.0.0.0"), UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.PathAndQuery != "/" || uri.UserInfo.Length > 0)
                reader.Mistake("Listen", $"holds '{address}'; write it as http://127.0.0.1:7071 (for https put a proxy before it).");
            else everybody |= !IsLoopback(uri.Host);
        }

        if (everybody && key is null)
            reader.Mistake("Key", $"is not set, and {string.Join(", ", listen)} can be reached from other machines; set it (Api__Key=$(openssl rand -hex 24)) or listen on 127.0.0.1.");
        reader.Done();
        return new ApiOptions { Listen = listen, Key = key };
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static WorkOptions Work(IConfigurationSection section, List<string> mistakes)
    {
        var standard = new WorkOptions();
        var reader = new SettingsReader(section, mistakes);
        var work = new WorkOptions
        {
            LeaseTerm = reader.Length("LeaseTerm", standard.LeaseTerm, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            Poll = reader.Length("Poll", standard.Poll, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(10)),
            Attempts = reader.Number("Attempts", standard.Attempts, 1, 100),
            RetryAfter = reader.Length("RetryAfter", standard.RetryAfter, TimeSpan.FromSeconds(0.1), TimeSpan.FromHours(1)),
        };
        reader.Done();
        return work;
    }

    private static AnalysisLimits Analysis(IConfigurationSection section, List<string> mistakes)
    {
        var standard = new AnalysisLimits();
        var reader = new SettingsReader(section, mistakes);
        var concurrency = reader.Number("Concurrency", standard.Concurrency, 1, 64);
        var limits = new AnalysisLimits
        {
            Concurrency = concurrency,
            Queue = reader.Number("Queue", standard.Queue, 1, 10_000),
            Memory = reader.Parsed<long?>("Memory", Bytes) ?? AnalysisLimits.DefaultMemory(concurrency),
            Keep = reader.Number("Keep", standard.Keep, 1, 100_000),
            KeepFor = reader.Length("KeepFor", standard.KeepFor, TimeSpan.FromHours(1), TimeSpan.FromDays(36500)),
        };
        reader.Done();
        return limits;
    }

    private static long? Bytes(string text)
    {
        (string Unit, int Shift)[] units = [("GiB", 30), ("MiB", 20), ("KiB", 10), ("GB", 30), ("MB", 20), ("G", 30), ("M", 20)];
        var (unit, shift) = units.FirstOrDefault(one => text.EndsWith(one.Unit, StringComparison.OrdinalIgnoreCase), (Unit: "", Shift: 0));
        if (decimal.TryParse(text.AsSpan(0, text.Length - unit.Length).Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0 && number < long.MaxValue >> shift)
            return (long)(number * (1L << shift));
        throw new FormatException($"'{text}' is no amount of memory; write 512MiB or 4GiB.");
    }
}
