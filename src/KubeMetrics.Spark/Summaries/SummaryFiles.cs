using KubeMetrics.Prometheus;

namespace KubeMetrics.Spark.Summaries;

/// <summary>What a script has found in a file, as the program tells it of its own reading.</summary>
internal static class SummaryFiles
{
    /// <summary>The report of a file. Where something stands in it Spark does not say, only how often.</summary>
    public static FileReport Report(FileLine line)
    {
        var name = Place(line.File);
        ReadProblem[] problems =
        [
            .. Problem(ProblemKind.Malformed, line.Unreadable, "broken JSON, or cut off", "repair the file or fetch it again, or analyse it in process, which reads what comes before the break"),
            .. Problem(ProblemKind.NotSeries, line.NoSeries, "no Prometheus series", "give objects like {\"metric\":{…},\"values\":[[time,\"value\"],…]}"),
            .. Problem(ProblemKind.CorruptRecord, line.CorruptRecords, "what Spark could not read when it was written", "repair that where it came from"),
            .. Problem(ProblemKind.ServerError, line.FailedQueries, "Prometheus' answer that a query failed", "correct the query and fetch it again"),
        ];
        return new FileReport
        {
            Name = name,
            SeriesKept = line.Kept,
            SeriesLeftOut = line.LeftOut,
            Samples = line.Samples,
            Dropped = new DropCounts { NaN = line.Nan, Infinite = line.Infinite, Malformed = line.Malformed, OutsideWindow = line.Outside },
            Problems = problems,
            ProblemCount = problems.Length,
        };

        IEnumerable<ReadProblem> Problem(ProblemKind kind, long count, string what, string remedy) =>
            count == 0 ? [] : [new ReadProblem(kind, name, null, $"{name}: {count} of its records {(count == 1 ? "is" : "are")} {what}; {remedy}.")];
    }

    /// <summary>A file as the program names it: Hadoop's scheme is another, and it writes what is no ASCII as URIs have it.</summary>
    private static string Place(string uri) => Uri.UnescapeDataString(uri.StartsWith("s3a://", StringComparison.Ordinal) ? $"s3{uri[3..]}" : uri);
}
