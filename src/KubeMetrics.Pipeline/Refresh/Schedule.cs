using NCrontab;

namespace KubeMetrics.Pipeline.Refresh;

/// <summary>Times by the clock, in UTC, as NCRONTAB has them: six fields as on Azure Functions, or five without the seconds.</summary>
public sealed class Schedule
{
    private readonly CrontabSchedule _times;

    private Schedule(string text, CrontabSchedule times) => (Text, _times) = (text, times);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static Schedule Parse(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        if (fields is not (5 or 6))
            throw new FormatException($"'{text}' is no schedule: it has {fields} {(fields == 1 ? "field" : "fields")} and takes six (second minute hour day month weekday), as in 0 0 6 * * *, or five without the seconds.");
        try
        {
            var schedule = new Schedule(text, CrontabSchedule.Parse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = fields == 6 }));
            return schedule.After(DateTimeOffset.UnixEpoch) is null ? throw new FormatException($"'{text}' is no schedule: no such day ever comes. Correct its day or month.") : schedule;
        }
        catch (CrontabException e)
        {
            throw new FormatException($"'{text}' is no schedule: {e.Message.TrimEnd('.')}. Its fields are {(fields == 6 ? "second " : "")}minute hour day month weekday.", e);
        }
    }

    /// <summary>The first time after another; null where none comes any more.</summary>
    public DateTimeOffset? After(DateTimeOffset time)
    {
        var end = DateTime.MaxValue;
        var next = _times.GetNextOccurrence(time.UtcDateTime, end);
        return next == end ? null : new DateTimeOffset(next, TimeSpan.Zero);
    }
}
