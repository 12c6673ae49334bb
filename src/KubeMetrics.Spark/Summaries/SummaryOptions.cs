using KubeMetrics.Prometheus;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Statistics;

namespace KubeMetrics.Spark.Summaries;

/// <summary>What of its inputs a summary is of, and how.</summary>
public sealed record SummaryOptions
{
    /// <summary>Only series that all of these match.</summary>
    public IReadOnlyList<LabelMatcher> Where { get; init; } = [];

    /// <summary>How series are put into groups.</summary>
    public GroupingOptions Grouping { get; init; } = new();

    /// <summary>Only samples from here on (UTC milliseconds); null: from the first.</summary>
    public long? From { get; init; }

    /// <summary>Only samples before this (UTC milliseconds); null: to the last.</summary>
    public long? To { get; init; }

    /// <summary>Only the last so much time before the newest sample; null: all.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>Reads what a job says.</summary>
    /// <exception cref="JobInvalidException">A field can't be understood, or can't be asked of Spark.</exception>
    public static SummaryOptions Of(JobSummary? job)
    {
        job ??= new JobSummary();
        var options = new SummaryOptions
        {
            Where = [.. job.Where.Select((text, i) => Parsed($"where[{i}]", text, Matcher)!)],
            Grouping = new GroupingOptions
            {
                GroupBy = IsText(job.GroupBy.Trim()) ? job.GroupBy.Trim() : throw Invalid("groupBy", "It is empty, or no text; name a label."),
                Unit = job.Unit is null ? null : Parsed("unit", job.Unit, text => Units.Parse(text)),
                Raw = job.Raw,
            },
            From = job.From is null ? null : Parsed("from", job.From, TimeArguments.PointInTime),
            To = job.To is null ? null : Parsed("to", job.To, TimeArguments.PointInTime),
            Window = job.Window is null ? null : Parsed("window", job.Window, TimeArguments.Length),
        };
        return options is { From: { } from, To: { } to } && from >= to
            ? throw Invalid("from", "It is not before 'to', so no sample can lie between them; swap the two.")
            : options;
    }

    private static LabelMatcher Matcher(string? text)
    {
        if (text is null || !IsText(text)) throw new FormatException("It is empty, or no text; write label=value, label!=value, label=~regex or label!~regex.");
        var matcher = LabelMatcher.Parse(text);
        MatcherSql.Condition(matcher, "labels");
        return matcher;
    }

    /// <summary>Whether it can stand in a script.</summary>
    private static bool IsText(string text)
    {
        if (text.Length == 0) return false;
        try
        {
            SqlText.String(text);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

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

    private static JobInvalidException Invalid(string field, string why) => new($"summary.{field}", why);
}
