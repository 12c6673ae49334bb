using System.ComponentModel;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>What is asked for when a dataset is to be analysed: each field in place of the dataset's own.</summary>
public sealed record AnalysisRequest
{
    private const string All = "all", Auto = "auto";

    /// <summary>The dataset.</summary>
    [Description("The dataset's name.")]
    public required string Dataset { get; init; }

    /// <summary>Label matchers, all of which must hold.</summary>
    [Description("Label matchers (label=value, !=, =~, !~), all of which must hold; in place of the dataset's own.")]
    public IReadOnlyList<string>? Where { get; init; }

    /// <summary>The label whose values make the groups.</summary>
    [Description("The label whose values make the groups.")]
    public string? GroupBy { get; init; }

    /// <summary>Only samples from here on.</summary>
    [Description("Only samples from this time on: ISO 8601 (UTC where no offset is given) or Unix seconds.")]
    public string? From { get; init; }

    /// <summary>Only samples before this.</summary>
    [Description("Only samples before this time.")]
    public string? To { get; init; }

    // Window and Unit are settable, since the reader sets what is only initialised where it is left out, too.

    /// <summary>Only the last so much time; <c>all</c>, or null where it is said, for everything.</summary>
    [Description("Only the last so much time before the newest sample (30d); null or \"all\" for everything. Left out: the dataset's own.")]
    public string? Window { get; set => field = value ?? All; }

    /// <summary>The values' unit; <c>auto</c>, or null where it is said, for what the metric's name tells.</summary>
    [Description("The values' unit (us, ms, s, bytes, ratio, none); null or \"auto\" for what the metric's name tells. Left out: the dataset's own.")]
    public string? Unit { get; set => field = value ?? Auto; }

    /// <summary>Counters as they stand.</summary>
    [Description("Counters as they stand instead of per-second rates.")]
    public bool? Raw { get; init; }

    /// <summary>Do again what was done.</summary>
    [Description("Analyse again even where the same inputs were analysed with the same options.")]
    public bool Force { get; init; }

    /// <summary>The options that this makes of a dataset's own.</summary>
    /// <exception cref="RefusedException">A field can't be understood; the message names it.</exception>
    internal RunOptions Over(Dataset dataset)
    {
        var own = RunOptions.Of(dataset);
        var options = own with
        {
            Where = Where is null ? own.Where : [.. Where.Select(text => Parsed("where", text, LabelMatcher.Parse).ToString())],
            GroupBy = GroupBy is null ? own.GroupBy : GroupBy.Trim() is { Length: > 0 } label ? label : throw Invalid("groupBy", "It is empty; name a label."),
            From = From is null ? null : Instant("from", From),
            To = To is null ? null : Instant("to", To),
            Window = Window is null ? own.Window : Window == All ? null : TimeWindow.Format(Parsed("window", Window, TimeArguments.Length)),
            Unit = Unit is null ? own.Unit : Unit == Auto ? null : Parsed("unit", Unit, text => { Units.Parse(text); return text.Trim(); }),
            Raw = Raw ?? own.Raw,
        };
        if (options is { From: { } from, To: { } to } && from >= to) throw Invalid("from", "It is not before 'to', so no sample can lie between them; swap the two.");
        return options;
    }

    private static DateTimeOffset Instant(string field, string text) => DateTimeOffset.FromUnixTimeMilliseconds(Parsed(field, text, TimeArguments.PointInTime));

    private static T Parsed<T>(string field, string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (FormatException e)
        {
            throw Invalid(field, e.Message);
        }
    }

    private static RefusedException Invalid(string field, string why) => new(Refusal.Invalid, $"The field '{field}': {why}", "Correct the field and ask again.");
}

/// <summary>The options of a run, in the notation people write them.</summary>
public sealed record RunOptions
{
    /// <summary>Label matchers, all of which must hold.</summary>
    public required IReadOnlyList<string> Where { get; init; }

    /// <summary>The label whose values make the groups.</summary>
    public required string GroupBy { get; init; }

    /// <summary>Only samples from here on; null: from the first.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only samples before this; null: to the last.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only the last so much time (<c>30d</c>); null: all.</summary>
    public string? Window { get; init; }

    /// <summary>The values' unit; null: what the metric's name tells.</summary>
    public string? Unit { get; init; }

    /// <summary>Counters as they stand.</summary>
    public bool Raw { get; init; }

    /// <summary>A dataset's own.</summary>
    public static RunOptions Of(Dataset dataset) => new()
    {
        Where = [.. dataset.Where.Select(matcher => matcher.ToString())],
        GroupBy = dataset.GroupBy,
        Window = dataset.Window is { } window ? TimeWindow.Format(window) : null,
        Unit = dataset.Unit,
        Raw = dataset.Raw,
    };

    /// <summary>Whether a run with these options is one with those.</summary>
    public bool IsSameAs(RunOptions other) => this with { Where = other.Where } == other && Where.Order(StringComparer.Ordinal).SequenceEqual(other.Where.Order(StringComparer.Ordinal));

    /// <summary>As the analysis takes them.</summary>
    /// <param name="dataset">Whose report it is, and what computes it.</param>
    public AnalysisOptions ToAnalysis(Dataset dataset) => new()
    {
        Name = dataset.Name,
        Engine = dataset.Engine,
        Where = [.. Where.Select(LabelMatcher.Parse)],
        GroupBy = GroupBy,
        From = From?.ToUnixTimeMilliseconds(),
        To = To?.ToUnixTimeMilliseconds(),
        Window = Window is null ? null : TimeArguments.Length(Window),
        Unit = Unit is null ? null : Units.Parse(Unit),
        Raw = Raw,
    };
}
