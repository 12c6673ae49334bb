using System.Globalization;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Scripts;

namespace KubeMetrics.Spark.Summaries;

/// <summary>
/// A summary as two scripts of Spark SQL. The first reads the dumps, once: series are merged and grouped, counters become rates, and of each group
/// and series order statistics are told. From these the program makes a plan (<see cref="SummaryPlan"/>): medians, edges of grids, widths of buckets.
/// By it the second script counts and sums what the first has left, and the program makes summaries of that (<see cref="SummaryReader"/>).
/// </summary>
/// <remarks>
/// Nothing here needs memory that grows with the data: values are counted where they are equal, and ranked by sorting, which spills to disk. Spark's
/// own <c>percentile</c> holds all different values of a group in memory, and is off in the last digit.
/// </remarks>
public static partial class SummaryScript
{
    // Scripts of several jobs may be one session's, and a view with a space in its name is no input's.
    private static string View(string name, string select) => $"CREATE OR REPLACE TEMPORARY VIEW {SqlText.Name(name)} AS\n{select}";

    private static string Read(string name, StoreUri place, string format, string columns, params IReadOnlyList<(string Name, string Value)> options) =>
        $"CREATE OR REPLACE TEMPORARY VIEW {SqlText.Name(name)}\n  ({columns})\n  USING {format} OPTIONS ({string.Join(", ", options.Prepend(("path", S3A.Uri(place))).Select(option => $"{option.Item1} {SqlText.String(option.Item2)}"))})";

    private static string Parquet(StoreUri place, string select) => $"INSERT OVERWRITE DIRECTORY {SqlText.String(S3A.Uri(place))} USING parquet\n{select}";

    private static string Json(StoreUri place, string select) => $"INSERT OVERWRITE DIRECTORY {SqlText.String(S3A.Uri(place))} USING json\n{select}";

    // The log of some clusters slides: by this line its end is known.
    private static string End(ScriptText sql) => sql.Say("That was all.").Statement($"SELECT '{JobScript.Marker}', 'end'").ToString();

    private static string Number(double value) => $"{value.ToString("R", CultureInfo.InvariantCulture)}D";

    private static string Number(long value) => $"{value.ToString(CultureInfo.InvariantCulture)}L";
}
