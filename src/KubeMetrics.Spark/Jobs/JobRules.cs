using System.Text.RegularExpressions;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Summaries;

namespace KubeMetrics.Spark.Jobs;

/// <summary>What a job has to keep to, whatever runs it.</summary>
public static partial class JobRules
{
    /// <summary>Files that a job may write at most.</summary>
    public const int MostFiles = 10_000;

    private const int MostInputs = 100, MostColumns = 1000, MostMatchers = 100, LongestSql = 64 << 10, MostMinutes = 7 * 24 * 60, MostCores = 10_000;

    /// <summary>Checks a job, as far as it can be told from the job alone.</summary>
    /// <exception cref="JobInvalidException">It says something it can't mean.</exception>
    public static void Check(Job job)
    {
        if (job.Version is { } version && version != Job.CurrentVersion) throw new JobInvalidException("version", $"The job has version {job.Version}, and this program knows version {Job.CurrentVersion}; write that, or use the program it was written for.");
        CheckInputs(job);
        CheckOutput(job);
        if (job.Columns is not null)
        {
            if (job.Kind != JobKind.Etl) throw new JobInvalidException("columns", $"Columns are chosen by an etl, not by a {Name(job.Kind)}; leave them out, or make it an etl.");
            if (job.Columns.Count is 0 or > MostColumns) throw new JobInvalidException("columns", $"Name 1 to {MostColumns} columns, or leave them out for all.");
            for (var i = 0; i < job.Columns.Count; i++)
                if (job.Columns[i] is not { Length: > 0 } column || column.Split('.').Any(part => part.Length > 255 || SqlText.WhyNotName(part) is not null))
                    throw new JobInvalidException($"columns[{i}]", $"'{job.Columns[i]}' names no column; write its name, with a dot before what lies in another (metric.operation_type).");
        }

        if (job.Kind == JobKind.Query)
        {
            if (string.IsNullOrWhiteSpace(job.Sql)) throw new JobInvalidException("sql", "A query needs its sql: one SELECT over the inputs by their names.");
            if (job.Sql.Length > LongestSql) throw new JobInvalidException("sql", $"The query has {job.Sql.Length} characters, and {LongestSql} are the most.");
        }
        else if (job.Sql is not null) throw new JobInvalidException("sql", $"A {Name(job.Kind)} has no sql; leave it out, or make it a query.");

        CheckSummary(job);
        if (job.TimeLimit is < 1 or > MostMinutes) throw new JobInvalidException("timeLimit", $"{job.TimeLimit} is no limit; write 1 to {MostMinutes} minutes.");
        if (job.Resources is { } resources)
        {
            if (resources.Cores is < 1 or > MostCores) throw new JobInvalidException("resources.cores", $"{resources.Cores} is no number of cores; write 1 to {MostCores}.");
            if (resources.DriverCores is < 1 or > MostCores) throw new JobInvalidException("resources.driverCores", $"{resources.DriverCores} is no number of cores; write 1 to {MostCores}.");
            if (!Memory().IsMatch(resources.DriverMemory)) throw new JobInvalidException("resources.driverMemory", $"'{resources.DriverMemory}' is no memory as Spark has it; write 1g or 512m.");
            if (!Memory().IsMatch(resources.ExecutorMemory)) throw new JobInvalidException("resources.executorMemory", $"'{resources.ExecutorMemory}' is no memory as Spark has it; write 1g or 512m.");
        }
    }

    private static void CheckInputs(Job job)
    {
        var (least, most) = job.Kind switch
        {
            JobKind.Probe => (0, 0),
            JobKind.Query => (0, MostInputs),
            JobKind.Summary => (1, MostInputs),
            _ => (1, 1),
        };
        if (job.Inputs.Count < least || job.Inputs.Count > most)
            throw new JobInvalidException("inputs", most == 0 ? $"A {Name(job.Kind)} reads nothing; leave out the inputs." : most == 1 ? $"{(job.Kind == JobKind.Etl ? "An" : "A")} {Name(job.Kind)} reads one input; name exactly one." : job.Inputs.Count == 0 ? $"A {Name(job.Kind)} needs an input: where the dumps lie." : $"At most {most} inputs can be named.");
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < job.Inputs.Count; i++)
        {
            var (input, at) = (job.Inputs[i], $"inputs[{i}]");
            if (input is null) throw new JobInvalidException(at, "It is null; give an object with a location and a form.");
            if (!Identifier().IsMatch(input.Name)) throw new JobInvalidException($"{at}.name", $"'{input.Name}' is no name for an input; begin with a letter, then letters, digits and underscores, at most 64.");
            if (!names.Add(input.Name)) throw new JobInvalidException($"{at}.name", $"Two inputs are called '{input.Name}' (capitals make no difference); give each a name of its own.");
            Place(job, $"{at}.location", input.Location);
            if (job.Kind == JobKind.Summary && input.Form != JobForm.Json) throw new JobInvalidException($"{at}.form", $"A summary is made of Prometheus' series as JSON, not of {Name(input.Form)}; name dumps of them.");
            if (input.MultiLine && input.Form is not (JobForm.Json or JobForm.Csv)) throw new JobInvalidException($"{at}.multiLine", $"Records of {Name(input.Form)} do not go over several lines; leave it out.");
            if (input.Header && input.Form is not (JobForm.Csv or JobForm.Tsv)) throw new JobInvalidException($"{at}.header", $"{Name(input.Form)} has no line of columns' names; leave it out.");
        }
    }

    private static void CheckOutput(Job job)
    {
        if (job.Output is not { } output)
        {
            if (job.Kind is JobKind.Copy or JobKind.Etl) throw new JobInvalidException("output", $"{(job.Kind == JobKind.Etl ? "An" : "A")} {Name(job.Kind)} needs an output: a prefix that holds nothing yet.");
            return;
        }

        if (job.Kind == JobKind.Probe) throw new JobInvalidException("output", "A probe writes nothing; leave out the output.");
        if (job.Kind == JobKind.Summary) throw new JobInvalidException("output", "A summary becomes a report, and writes nothing else; leave out the output.");
        var place = Place(job, "output.location", output.Location);
        for (var i = 0; i < job.Inputs.Count; i++)
        {
            var input = StoreUri.Parse(job.Inputs[i].Location);
            if (place.Contains(input) || input.Contains(place))
                throw new JobInvalidException("output.location", $"{place} and the input {input} lie in each other, so that the result would be read as what it was made of; write to a place beside it.");
        }

        var form = FormOf(job);
        if (job.Kind == JobKind.Copy && output.Form is { } other && other != job.Inputs[0].Form)
            throw new JobInvalidException("output.form", $"A copy stays {Name(job.Inputs[0].Form)}; leave out the form, or make it an etl to get {Name(other)}.");
        if (output.Compression is { } compression)
        {
            var parquet = form == JobForm.Parquet;
            if (parquet ? compression is JobCompression.Bzip2 : compression is JobCompression.Snappy or JobCompression.Zstd)
                throw new JobInvalidException("output.compression", $"{Name(form)} can't be read by everybody with {Name(compression)}; write {(parquet ? "none, gzip, snappy or zstd" : "none, gzip or bzip2")}.");
        }

        if (output.Files is < 1 or > MostFiles) throw new JobInvalidException("output.files", $"{output.Files} is no number of files; write 1 to {MostFiles}.");
        if (output.Header && form is not (JobForm.Csv or JobForm.Tsv)) throw new JobInvalidException("output.header", $"{Name(form)} has no line of columns' names; leave it out.");
        if (output.Header && job.Kind == JobKind.Copy) throw new JobInvalidException("output.header", "A copy takes lines as they are, a first line with names too; leave it out.");
    }

    private static void CheckSummary(Job job)
    {
        if (job.Kind == JobKind.Summary) CheckApart(job.Inputs);
        if (job.Summary is not { } summary) return;
        if (job.Kind != JobKind.Summary) throw new JobInvalidException("summary", $"A {Name(job.Kind)} has no summary; leave it out, or make it a summary.");
        if (summary.Where.Count > MostMatchers) throw new JobInvalidException("summary.where", $"At most {MostMatchers} matchers can be named.");
        SummaryOptions.Of(summary);
    }

    /// <summary>What lies in two inputs would be read twice, and its samples would count twice.</summary>
    private static void CheckApart(IReadOnlyList<JobInput> inputs)
    {
        StoreUri[] places = [.. inputs.Select(input => StoreUri.Parse(input.Location))];
        for (var i = 0; i < places.Length; i++)
            for (var j = 0; j < i; j++)
                if (places[i].Contains(places[j]) || places[j].Contains(places[i]))
                    throw new JobInvalidException($"inputs[{i}].location", $"{places[i]} and {places[j]} lie in each other, so that dumps would be read twice; name places that lie apart.");
    }

    /// <summary>The form that a job writes.</summary>
    public static JobForm FormOf(Job job) => job.Output?.Form ?? (job.Kind == JobKind.Query ? JobForm.Json : job.Inputs[0].Form);

    /// <summary>How something of a job is called in one.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static StoreUri Place(Job job, string field, string location)
    {
        StoreUri place;
        try
        {
            place = StoreUri.Parse(location);
        }
        catch (FormatException e)
        {
            throw new JobInvalidException(field, e.Message);
        }

        if (place.Kind != StoreKind.S3 && job.Engine != JobEngine.InProcess) throw new JobInvalidException(field, $"'{location}' is a path on one machine, which a cluster's other machines have not; write s3://bucket/prefix.");
        if (place.Key.Contains("//", StringComparison.Ordinal) || place.Key.StartsWith('/')) throw new JobInvalidException(field, $"'{location}' holds an empty name between slashes, which Spark's file systems leave out; name another prefix.");
        // Hadoop takes these apart as patterns, whatever quotes are around them.
        if (place.Key.AsSpan().IndexOfAny("*?[]{}\\:") is var bad and >= 0)
            throw new JobInvalidException(field, $"'{location}' holds '{place.Key[bad]}', which Spark reads as a pattern or can't open; name a prefix without it.");
        if (place.Key.AsSpan().ContainsAnyInRange('\0', '\u001f')) throw new JobInvalidException(field, $"'{location}' holds a control character; name a prefix without it.");
        return place;
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]{0,63}\\z")]
    private static partial Regex Identifier();

    [GeneratedRegex("^[1-9][0-9]{0,5}[mg]\\z")]
    private static partial Regex Memory();
}
