using System.Globalization;
using System.Net;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Refresh;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Settings;

/// <summary>Every setting there is, and how they become options.</summary>
public static class HostSettings
{
    // Its name starts with an underscore, so that it is never taken for dumps where it lies among them.
    private const string DefaultState = "_kubemetrics";
    internal const int ShortestKey = 16;

    // Azure's front end ends what takes longer than 230 s, and a host what takes longer than its functionTimeout, with all that runs beside it.
    private static readonly TimeSpan LongestStream = TimeSpan.FromMinutes(3);

    /// <summary>The setting that stands in no section.</summary>
    internal const string State = "State";

    private const string Datasets = "Datasets";

    /// <summary>The names that stand at the top of settings.</summary>
    internal static readonly string[] Sections = [Datasets, State, StorageSettings.Name, "Api", "Work", "Analysis", "Ingest", "Notifications", EventSettings.Name, "Refresh", SparkSettings.Name, "Log"];

    /// <summary>All settings, as help lists them. As environment variables they have two underscores for each colon.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        .. DatasetSettings.All,
        new(State, DefaultState, "where work, runs and keys are kept: a folder, or s3://bucket/prefix"),
        .. StorageSettings.All,
        new("Api:Listen", ApiOptions.DefaultListen, "where the local host listens; several parted by semicolons"),
        new("Api:Key", null, $"what callers have to show, at least {ShortestKey} characters; must be set unless bound to loopback"),
        new("Work:LeaseTerm", "15s", "how long work waits after its process was killed, from when another first looks; a poll more at most"),
        new("Work:Poll", "2s", "how often the store is looked at for work that other processes added"),
        new("Work:Budget", "5m", "how long one call of a function works before it gives work back; the local host works on"),
        new("Work:Attempts", "3", "how often one step may take its process with it, or fail for a reason that may pass"),
        new("Work:RetryAfter", "2s", "the wait after the first such failure; it doubles each time"),
        new("Analysis:Concurrency", "1", "how many analyses at once; each uses all cores"),
        new("Analysis:Queue", "100", "how many may wait; more are refused"),
        new("Analysis:Memory", "3/4 of this process's", "what one may need (4GiB); one that needs more is refused before it starts"),
        new("Analysis:Columns", "2GiB", "what may be kept of each dataset's dumps once read, so that only new ones are read; 0 for nothing"),
        new("Analysis:Keep", "200", "how many ended runs' records are kept for each dataset"),
        new("Analysis:KeepFor", "30d", "how long they are kept, and the keys of repeated requests"),
        new("Ingest:Concurrency", "8", "how many objects and parts are copied at once"),
        new("Ingest:Memory", "64MiB", "what may be in memory at once of what is copied, at least 16MiB"),
        new("Ingest:Bandwidth", null, "at most so much a second (20MiB)"),
        new("Ingest:Queue", "100", "how many ingests may wait; more are refused"),
        new("Ingest:Keep", "200", "how many ended ingests' records are kept"),
        new("Ingest:KeepFor", "30d", "how long they are kept"),
        new("Notifications:Key", "Api:Key", $"what buckets that notify have to show, at least {ShortestKey} characters: as ?code= of the push endpoint, as its password, or as the topic's opaque data"),
        new("Notifications:Open", "false", "whoever reaches the host may notify; on a loopback address alone"),
        .. EventSettings.All,
        new("Refresh:Quiet", "10s", "how long nothing more may have arrived in a dataset before it is analysed anew"),
        new("Refresh:MaxWait", "5m", "how long at most that is waited for"),
        new("Refresh:Reconcile", "15m", "how often each watched dataset is listed and compared with what was last analysed: notifications can be lost"),
        .. SparkSettings.All,
        new("Log:Level", "information", "trace, debug, information, warning or error"),
    ];

    /// <summary>The names of a section's settings; none of datasets, which are named by people.</summary>
    internal static IReadOnlyList<string> NamesIn(string section) =>
        section == Datasets ? [] : [.. All.Select(setting => setting.Key.Split(':')).Where(key => key.Length > 1 && key[0] == section).Select(key => key[1]).Distinct()];

    /// <summary>Reads and validates.</summary>
    /// <param name="sources">Where settings come from, later ones over earlier ones; see <see cref="SettingsFiles"/> and <see cref="SettingsEnvironment"/>.</param>
    /// <param name="more">Datasets that settings do not have: folders named on the command line.</param>
    /// <param name="host">The host that they are for.</param>
    /// <exception cref="SettingsException">With a sentence for each mistake.</exception>
    public static KubeMetricsOptions Read(IReadOnlyList<SettingsSource> sources, Func<StoreUri, IReadOnlyList<Dataset>>? more = null, HostKind host = HostKind.Local)
    {
        var root = sources.Select(source => source.Root).Aggregate(new SettingsNode(""), (earlier, later) => later.Over(earlier));
        List<string> found = [.. sources.SelectMany(source => source.Mistakes)];
        List<string> warnings = [.. sources.SelectMany(source => source.Warnings)];
        var state = ReadState(new SettingsReader("", root, found), host);
        var storage = StorageSettings.Read(root[StorageSettings.Name], found);
        if (state.Kind == StoreKind.S3 && storage.Find(state.Bucket) is null) found.Add($"{State} is {state}. {StorageOptions.WhyNot(state.Bucket)}");
        var datasets = DatasetSettings.Read(root[Datasets], state, storage, found);
        if (more?.Invoke(state) is { Count: > 0 } added)
        {
            found.AddRange(NamedTwice(datasets, added, root[Datasets]));
            datasets = [.. datasets, .. added];
            Places.Check(datasets, state, found);
            foreach (var place in added.Select(dataset => dataset.Location).Where(place => place.Kind == StoreKind.S3 && storage.Find(place.Bucket) is null))
                found.Add(StorageOptions.WhyNot(place.Bucket));
        }

        var apiSettings = Section(root, "Api", "Listen", ApiOptions.DefaultListen, found);
        var (api, everybody) = host == HostKind.FunctionApp ? FunctionsApi(apiSettings, warnings) : Api(apiSettings);
        var work = Work(Section(root, "Work", "Poll", "2s", found));
        var analysis = Analysis(Section(root, "Analysis", "Memory", "4GiB", found));
        var ingest = Ingest(Section(root, "Ingest", "Bandwidth", "20MiB", found));
        var notifications = Notifications(Section(root, "Notifications", "Key", "…", found), everybody);
        var events = EventSettings.Read(Section(root, EventSettings.Name, "Topic", "https://…/api/events", found), api);
        var refresh = Refresh(Section(root, "Refresh", "Quiet", "10s", found));
        var spark = SparkSettings.Read(Section(root, SparkSettings.Name, "Cluster", "standalone", found));
        found.AddRange(spark.RunnerFiles.Where(file => storage.Find(file.Bucket) is null).Select(file => $"{SparkSettings.Name}:Runner is dotnet, and {file} is a file of it. {StorageOptions.WhyNot(file.Bucket)}"));
        foreach (var dataset in datasets)
        {
            var setting = $"Datasets:{dataset.Name}:Engine";
            if (dataset.Engine != Analyzer.Cluster) continue;
            if (spark.Cluster == ClusterKind.None) found.Add($"{setting} is {Analyzer.Cluster}, and no cluster is set; set Spark:Cluster, or leave it out.");
            else if (dataset.Dumps.Kind != StoreKind.S3) found.Add($"{setting} is {Analyzer.Cluster}, and what is analysed lies in a folder ({dataset.Dumps.Bucket}), which a cluster can't read; put it into a bucket, or leave the setting out.");
        }

        var log = Section(root, "Log", "Level", "information", found);
        var level = log.Word("Level", "information", "trace", "debug", "information", "warning", "error");
        log.Done();
        if (found.Count > 0) throw new SettingsException([.. found.Distinct()]);
        return new KubeMetricsOptions
        {
            State = state,
            Storage = storage,
            Datasets = [.. datasets.OrderBy(dataset => dataset.Name, StringComparer.OrdinalIgnoreCase)],
            Api = api,
            Work = work,
            Analysis = analysis,
            Ingest = ingest,
            Notifications = notifications,
            Events = events,
            Refresh = refresh,
            Spark = spark,
            LogLevel = level,
            Warnings = warnings,
        };
    }

    private static SettingsReader Section(SettingsNode root, string name, string setting, string value, List<string> mistakes)
    {
        var reader = new SettingsReader(name, root[name], mistakes);
        return reader.IsSection($"{{\"{name}\": {{\"{setting}\": \"{value}\"}}}}") ? reader : new SettingsReader(name, new SettingsNode(name), mistakes);
    }

    private static StoreUri ReadState(SettingsReader reader, HostKind host)
    {
        var text = reader.Text(State);
        // What lies beside a function app is one instance's own disk: others do not see it, and it is gone with the instance.
        if (host == HostKind.FunctionApp && (text is null || (!text.Contains("://", StringComparison.Ordinal) && !Path.IsPathRooted(text))))
            reader.Mistake(State, $"is {(text is null ? "not set" : $"'{text}', a folder beside the program")}, and what a function app writes there is lost with its instance; set it to s3://bucket/prefix, or to a folder that is mounted into every instance (/mnt/kubemetrics).");
        return reader.Parsed(State, StoreUri.Parse) ?? StoreUri.Parse(DefaultState);
    }

    private static IEnumerable<string> NamedTwice(IReadOnlyList<Dataset> datasets, IReadOnlyList<Dataset> added, SettingsNode settings)
    {
        var all = datasets.Select(dataset => (dataset.Name, Place: $"Datasets:{dataset.Name} ({settings[dataset.Name].Origin})"))
            .Concat(added.Select(dataset => (dataset.Name, Place: dataset.Location.ToString())));
        return all.GroupBy(one => one.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group =>
            $"Several datasets are called '{group.First().Name}' (in whatever case): {string.Join(", ", group.Select(one => one.Place))}. Leave all but one out, or name a folder's dataset otherwise in settings: Datasets__other-name__Location={added.Last(one => one.Name.Equals(group.Key, StringComparison.OrdinalIgnoreCase)).Location.Bucket}");
    }

    private static (ApiOptions Api, bool Everybody) Api(SettingsReader reader)
    {
        var listen = reader.Texts("Listen");
        if (listen.Count == 0) listen = [ApiOptions.DefaultListen];
        var key = Key(reader);
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
        return (new ApiOptions { Listen = listen, Key = key }, everybody);
    }

    /// <summary>Azure listens, and its function keys guard: whoever sets these thinks of the local host.</summary>
    private static (ApiOptions Api, bool Everybody) FunctionsApi(SettingsReader reader, List<string> warnings)
    {
        if (reader.Texts("Listen").Count > 0) warnings.Add($"{reader.Place("Listen")} means nothing to a function app, whose host listens; leave it out.");
        if (reader.Text("Key") is not null) warnings.Add($"{reader.Place("Key")} means nothing to a function app, which function keys guard; leave it out, and give buckets that notify a key of their own: Notifications:Key.");
        reader.Done();
        return (new ApiOptions { LongestStream = LongestStream }, true);
    }

    internal static string? Key(SettingsReader reader)
    {
        var key = reader.Text("Key");
        if (key is { Length: < ShortestKey }) reader.Mistake("Key", $"has {key.Length} characters; {ShortestKey} are the fewest. A good one: openssl rand -hex 24");
        return key;
    }

    internal static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static WorkOptions Work(SettingsReader reader)
    {
        var standard = new WorkOptions();
        var work = new WorkOptions
        {
            LeaseTerm = reader.Length("LeaseTerm", standard.LeaseTerm, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            Poll = reader.Length("Poll", standard.Poll, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(10)),
            Budget = reader.Length("Budget", standard.Budget, TimeSpan.FromSeconds(0.1), TimeSpan.FromDays(1)),
            Attempts = reader.Number("Attempts", standard.Attempts, 1, 100),
            RetryAfter = reader.Length("RetryAfter", standard.RetryAfter, TimeSpan.FromSeconds(0.1), TimeSpan.FromHours(1)),
        };
        reader.Done();
        return work;
    }

    private static AnalysisLimits Analysis(SettingsReader reader)
    {
        var standard = new AnalysisLimits();
        var concurrency = reader.Number("Concurrency", standard.Concurrency, 1, 64);
        var limits = new AnalysisLimits
        {
            Concurrency = concurrency,
            Queue = reader.Number("Queue", standard.Queue, 1, 10_000),
            Memory = reader.Parsed<long?>("Memory", Bytes) ?? AnalysisLimits.DefaultMemory(concurrency),
            Columns = reader.Parsed<long?>("Columns", text => text.Trim() == "0" ? 0 : Bytes(text)) ?? standard.Columns,
            Keep = reader.Number("Keep", standard.Keep, 1, 100_000),
            KeepFor = reader.Length("KeepFor", standard.KeepFor, TimeSpan.FromHours(1), TimeSpan.FromDays(36500)),
        };
        reader.Done();
        return limits;
    }

    private static IngestLimits Ingest(SettingsReader reader)
    {
        var standard = new IngestLimits();
        var limits = new IngestLimits
        {
            Concurrency = reader.Number("Concurrency", standard.Concurrency, 1, 256),
            Memory = reader.Parsed<long?>("Memory", IngestMemory) ?? standard.Memory,
            Bandwidth = reader.Parsed<long?>("Bandwidth", Bytes),
            Queue = reader.Number("Queue", standard.Queue, 1, 10_000),
            Keep = reader.Number("Keep", standard.Keep, 1, 100_000),
            KeepFor = reader.Length("KeepFor", standard.KeepFor, TimeSpan.FromHours(1), TimeSpan.FromDays(36500)),
        };
        reader.Done();
        return limits;
    }

    private static NotificationOptions Notifications(SettingsReader reader, bool everybody)
    {
        var notifications = new NotificationOptions { Key = Key(reader), Open = reader.Flag("Open") };
        if (notifications is { Open: true, Key: not null }) reader.Mistake("Open", "is set, and Notifications:Key too; leave one of the two out.");
        else if (notifications.Open && everybody) reader.Mistake("Open", "is set, and other machines can reach this host; set Notifications:Key instead (openssl rand -hex 24).");
        reader.Done();
        return notifications;
    }

    private static RefreshOptions Refresh(SettingsReader reader)
    {
        var standard = new RefreshOptions();
        var refresh = new RefreshOptions
        {
            Quiet = reader.Length("Quiet", standard.Quiet, TimeSpan.FromSeconds(0.1), TimeSpan.FromHours(1)),
            MaxWait = reader.Length("MaxWait", standard.MaxWait, TimeSpan.FromSeconds(0.1), TimeSpan.FromDays(1)),
            Reconcile = reader.Length("Reconcile", standard.Reconcile, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
        };
        if (refresh.MaxWait < refresh.Quiet) reader.Mistake("MaxWait", $"is shorter than Refresh:Quiet ({TimeWindow.Format(refresh.Quiet)}); make it longer.");
        reader.Done();
        return refresh;
    }

    /// <exception cref="FormatException">It is no amount of bytes, or too small: an object that is put at once has to have room.</exception>
    private static long? IngestMemory(string text)
    {
        var bytes = Bytes(text);
        return bytes < IngestLimits.LeastMemory ? throw new FormatException($"'{text}' is too little; it takes at least 16MiB.") : bytes;
    }

    /// <summary>An amount of bytes as people write it: <c>512MiB</c>, <c>4GiB</c>.</summary>
    /// <exception cref="FormatException">It is no amount of bytes.</exception>
    public static long? Bytes(string text)
    {
        (string Unit, int Shift)[] units = [("GiB", 30), ("MiB", 20), ("KiB", 10), ("GB", 30), ("MB", 20), ("G", 30), ("M", 20)];
        var (unit, shift) = units.FirstOrDefault(one => text.EndsWith(one.Unit, StringComparison.OrdinalIgnoreCase), (Unit: "", Shift: 0));
        if (decimal.TryParse(text.AsSpan(0, text.Length - unit.Length).Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0 && number < long.MaxValue >> shift)
            return (long)(number * (1L << shift));
        throw new FormatException($"'{text}' is no amount of bytes; write 512MiB or 4GiB.");
    }
}
