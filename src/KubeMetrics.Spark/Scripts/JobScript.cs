using System.Globalization;
using System.Text;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Spark.Scripts;

/// <summary>
/// A job as a script of Spark SQL, which Spark's own SQL driver runs: readable, and kept beside the job. Whatever a caller writes stands quoted as
/// a string or a name (<see cref="SqlText"/>), or, of a query, as the one SELECT of a view; nothing of it can leave its place.
/// </summary>
/// <remarks>
/// Corrupt records are counted and never written on. JSON: the records are read a second time under a schema of no column but the one that Spark
/// puts what it can't read into, which costs their scan and not their columns; what is written is read with <c>DROPMALFORMED</c>. CSV: a record of
/// more or fewer values than the first one of its file's is left out and counted (<c>PERMISSIVE</c> would cut it, or fill it up).
/// </remarks>
public static class JobScript
{
    /// <summary>Rows of a query's preview.</summary>
    public const int PreviewRows = 100;

    /// <summary>The first column of what a script prints for the program, not for a person.</summary>
    public const string Marker = "kubemetrics";

    // With spaces: no input can be called so.
    private const string Result = "the result", Corrupt = "_corrupt_record";

    /// <summary>Writes the script.</summary>
    /// <param name="job">The job; it keeps to <see cref="JobRules"/>.</param>
    /// <param name="query">Of a query: as <see cref="CallerQuery"/> has checked it and written it anew; null else.</param>
    /// <param name="id">The job's id, for people.</param>
    /// <param name="places">Where the program finds what is told of it.</param>
    public static string Write(Job job, string? query, string id, ScriptPlaces places)
    {
        var sql = new ScriptText($"KubeMetrics job {id}: {JobRules.Name(job.Kind)}");
        switch (job.Kind)
        {
            case JobKind.Copy:
                Copy(sql, job, places);
                break;
            case JobKind.Etl:
                Etl(sql, job, places);
                break;
            case JobKind.Query:
                Query(sql, job, query ?? throw new ArgumentNullException(nameof(query)), places);
                break;
            case JobKind.Summary:
                throw new ArgumentException("A summary has two scripts of its own, with a plan between them.", nameof(job));
            default:
                Probe(sql, places);
                break;
        }

        // The log of some clusters slides: by this line its end is known.
        sql.Say("That was all.").Statement($"SELECT '{Marker}', 'end'");
        return sql.ToString();
    }

    private static void Copy(ScriptText sql, Job job, ScriptPlaces places)
    {
        var input = job.Inputs[0];
        sql.Say("What is copied: lines as they are, or Parquet.").Statement(input.Form == JobForm.Parquet
            ? View(input.Name, input, "parquet")
            // A record that goes over several lines must not be cut in two where a large file is read in pieces.
            : View(input.Name, input, "text", input.MultiLine ? [("wholetext", "true")] : []));
        sql.Say("Where to.").Statement(Insert(job.Output!, input.Form == JobForm.Parquet ? JobForm.Parquet : JobForm.Text, $"SELECT {Hint(job.Output!)}* FROM {SqlText.Name(input.Name)}"));
        Facts(sql, places, $"SELECT 'records' AS name, count(*) AS value FROM {SqlText.Name(input.Name)}");
    }

    private static void Etl(ScriptText sql, Job job, ScriptPlaces places)
    {
        var input = job.Inputs[0];
        if (input.Form == JobForm.Json) sql.Say("Labels that differ in upper and lower case only are two.").Statement("SET spark.sql.caseSensitive=true");
        sql.Say("What is read.").Statement(Read(input.Name, input, "DROPMALFORMED"));
        var columns = job.Columns is null ? "*" : string.Join(", ", job.Columns.Select(Column));
        sql.Say("Where to.").Statement(Insert(job.Output!, JobRules.FormOf(job), $"SELECT {Hint(job.Output!)}{columns} FROM {SqlText.Name(input.Name)}"));
        Counts(sql, job, input, places);
    }

    private static void Query(ScriptText sql, Job job, string query, ScriptPlaces places)
    {
        foreach (var input in job.Inputs) sql.Say("What is read.").Statement(Read(input.Name, input, "PERMISSIVE"));
        // On lines of its own: a comment at its end must not take the rest of the statement with it.
        sql.Say("What is asked.").Statement($"CREATE TEMPORARY VIEW {SqlText.Name(Result)} AS\n{query}\n");
        sql.Say("Its columns.").Statement($"SELECT '{Marker}', 'columns'").Statement($"DESCRIBE QUERY SELECT * FROM {SqlText.Name(Result)}").Statement($"SELECT '{Marker}', 'rows'");
        if (job.Output is { } output)
        {
            var form = JobRules.FormOf(job);
            sql.Say("Where to.").Statement(Insert(output, form, $"SELECT {Hint(output)}* FROM {SqlText.Name(Result)}"));
            var written = new JobInput { Name = "written", Location = output.Location, Form = form, Header = output.Header };
            sql.Say("The first rows of what was written.").Statement(Read("what was written", written, "PERMISSIVE"))
                .Statement(InsertJson(places.Preview, $"SELECT * FROM {SqlText.Name("what was written")} LIMIT {Number(PreviewRows)}"));
            Facts(sql, places, $"SELECT 'records' AS name, count(*) AS value FROM {SqlText.Name("what was written")}");
        }
        else
        {
            sql.Say("The first rows.").Statement(InsertJson(places.Preview, $"SELECT * FROM {SqlText.Name(Result)} LIMIT {Number(PreviewRows)}"));
        }
    }

    private static void Probe(ScriptText sql, ScriptPlaces places)
    {
        sql.Say("Which hosts run executors: each of a hundred tasks tells where it is.");
        Facts(sql, places, "SELECT concat('host ', java_method('java.net.InetAddress', 'getLocalHost')) AS name, count(*) AS value FROM range(0, 100, 1, 100) GROUP BY 1",
            "SELECT concat('Spark ', version()), CAST(0 AS BIGINT)");
    }

    private static void Counts(ScriptText sql, Job job, JobInput input, ScriptPlaces places)
    {
        sql.Say("How many records there were, and how many of them could not be read.");
        var (all, good) = ("all records", SqlText.Name(input.Name));
        if (input.Form == JobForm.Json)
        {
            sql.Statement(View(all, input, "json", [("multiLine", Flag(input.MultiLine)), ("mode", "PERMISSIVE"), ("columnNameOfCorruptRecord", Corrupt)], $"`no column` STRING, {Corrupt} STRING"));
            Facts(sql, places,
                $"SELECT 'records' AS name, count(*) - count({Corrupt}) + 0 * count(`no column`) AS value FROM {SqlText.Name(all)}",
                $"SELECT 'corrupt', count({Corrupt}) + 0 * count(`no column`) FROM {SqlText.Name(all)}");
        }
        else if (input.Form is JobForm.Csv or JobForm.Tsv)
        {
            // Of all columns together, so that none is left out of the reading, and with it the look whether the record is whole.
            sql.Statement(Read(all, input, "PERMISSIVE"));
            Facts(sql, places,
                $"SELECT 'records' AS name, count(to_json(struct(*))) AS value FROM {good}",
                $"SELECT 'corrupt', (SELECT count(to_json(struct(*))) FROM {SqlText.Name(all)}) - (SELECT count(to_json(struct(*))) FROM {good})");
        }
        else
        {
            Facts(sql, places, $"SELECT 'records' AS name, count(*) AS value FROM {good}");
        }
    }

    private static void Facts(ScriptText sql, ScriptPlaces places, params string[] selects) =>
        sql.Statement(InsertJson(places.Facts, string.Join(" UNION ALL ", selects)));

    private static string Read(string view, JobInput input, string mode) => input.Form switch
    {
        JobForm.Json => View(view, input, "json", [("multiLine", Flag(input.MultiLine)), ("mode", mode), ("columnNameOfCorruptRecord", Corrupt)]),
        JobForm.Csv => View(view, input, "csv", [("header", Flag(input.Header)), ("multiLine", Flag(input.MultiLine)), ("mode", mode), ("escape", "\"")]),
        JobForm.Tsv => View(view, input, "csv", [("sep", "\t"), ("header", Flag(input.Header)), ("mode", mode), ("escape", "\"")]),
        JobForm.Text => View(view, input, "text"),
        _ => View(view, input, "parquet"),
    };

    // All that lies below the prefix, as the program itself reads it; and no columns out of folders' names.
    private static string View(string name, JobInput input, string format, IReadOnlyList<(string Name, string Value)>? options = null, string? columns = null) =>
        $"CREATE TEMPORARY VIEW {SqlText.Name(name)}{(columns is null ? "" : $" ({columns})")} USING {format}\n  OPTIONS ({Options([("path", S3A.Uri(input.Location)), ("recursiveFileLookup", "true"), .. options ?? []])})";

    private static string Insert(JobOutput output, JobForm form, string select)
    {
        var options = new List<(string, string)>();
        if (output.Compression is { } compression) options.Add(("compression", form == JobForm.Parquet && compression == JobCompression.None ? "uncompressed" : JobRules.Name(compression)));
        if (form == JobForm.Tsv) options.Add(("sep", "\t"));
        if (form is JobForm.Csv or JobForm.Tsv) options.AddRange([("header", Flag(output.Header)), ("escape", "\"")]);
        var format = form == JobForm.Tsv ? "csv" : JobRules.Name(form);
        return $"INSERT OVERWRITE DIRECTORY {SqlText.String(S3A.Uri(output.Location))} USING {format}{(options.Count == 0 ? "" : $" OPTIONS ({Options(options)})")}\n  {select}";
    }

    private static string InsertJson(StoreUri place, string select) =>
        $"INSERT OVERWRITE DIRECTORY {SqlText.String(S3A.Uri(place))} USING json OPTIONS ({Options([("ignoreNullFields", "false")])})\n  SELECT /*+ COALESCE(1) */ * FROM ({select})";

    private static string Hint(JobOutput output) => output.Files is { } files ? $"/*+ REPARTITION({Number(files)}) */ " : "";

    private static string Column(string path) => string.Join('.', path.Split('.').Select(SqlText.Name));

    private static string Options(IEnumerable<(string Name, string Value)> options) => string.Join(", ", options.Select(option => $"{option.Name} {SqlText.String(option.Value)}"));

    private static string Flag(bool value) => value ? "true" : "false";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Where a script leaves what the program reads: small JSON, a folder each.</summary>
/// <param name="Facts">Names and numbers: how many records, which hosts.</param>
/// <param name="Preview">The first rows of a query.</param>
public sealed record ScriptPlaces(StoreUri Facts, StoreUri Preview);

/// <summary>Statements, each under a line that says what it is for.</summary>
internal sealed class ScriptText
{
    private readonly StringBuilder _text = new();

    internal ScriptText(string title) => Say(title);

    internal ScriptText Say(string comment)
    {
        _text.Append("-- ").Append(comment).Append('\n');
        return this;
    }

    internal ScriptText Statement(string sql)
    {
        _text.Append(sql).Append(";\n\n");
        return this;
    }

    public override string ToString() => _text.ToString();
}
