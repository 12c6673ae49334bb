using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Prometheus;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Orchestration.InProcess;

/// <summary>What was read of one file.</summary>
/// <param name="Corrupt">Records that could not be read, and were left out.</param>
/// <param name="Problems">The first of them, in words.</param>
internal sealed record RecordsRead(long Corrupt, IReadOnlyList<string> Problems)
{
    /// <summary>The first thing in it that is whole, but no record of this form; null where there is none.</summary>
    internal string? Other { get; init; }

    internal static RecordsRead Whole { get; } = new(0, []);
}

/// <summary>Reads files of one form into records, one file after another or several at once.</summary>
internal abstract class RecordSource(IReadOnlyList<RecordColumn> columns)
{
    /// <summary>What each record has.</summary>
    internal IReadOnlyList<RecordColumn> Columns { get; } = columns;

    /// <summary>Columns that were asked for and that no record had so far, by their numbers.</summary>
    internal virtual IReadOnlyList<int> Unseen => [];

    /// <summary>Reads a file to its end.</summary>
    /// <param name="text">Its text, decompressed.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="record">Takes the records. The array is the next one's too.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal abstract RecordsRead Read(Stream text, string name, Action<object?[]> record, CancellationToken cancellationToken);

    /// <summary>What reads a job's input.</summary>
    /// <param name="job">The job.</param>
    /// <param name="inputs">Its files: the columns of CSV are those of the first that has any.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static async Task<RecordSource> OfAsync(Job job, IReadOnlyList<InputObject> inputs, CancellationToken cancellationToken)
    {
        var input = job.Inputs[0];
        return job.Kind == JobKind.Copy || input.Form == JobForm.Text ? new LineSource(wholeFile: input.MultiLine)
            : input.Form == JobForm.Json ? SeriesSource.Of(job.Columns)
            : await DelimitedSource.OfAsync(input, job.Columns, inputs, cancellationToken);
    }
}

/// <summary>Series, in all the forms that dumps have.</summary>
internal sealed class SeriesSource : RecordSource
{
    private const string Metric = "metric", Values = "values";
    private readonly IReadOnlyList<string?> _labels;
    private readonly bool _partial;
    private readonly bool[] _seen;

    private SeriesSource(IReadOnlyList<RecordColumn> columns, IReadOnlyList<string?> labels, bool partial)
        : base(columns) => (_labels, _partial, _seen) = (labels, partial, new bool[columns.Count]);

    internal override IReadOnlyList<int> Unseen => [.. Enumerable.Range(0, _seen.Length).Where(i => _labels[i] is not null && !Volatile.Read(ref _seen[i]))];

    /// <summary>Series as Spark has them: all their labels and all their samples, or some columns of that.</summary>
    /// <param name="columns"><c>metric</c>, <c>metric.name</c>, <c>values</c>; null for all.</param>
    /// <param name="partial">Whether of a series that breaks off what there is of it counts.</param>
    internal static SeriesSource Of(IReadOnlyList<string>? columns, bool partial = false)
    {
        var of = (columns ?? [Metric, Values]).Select(column => column switch
        {
            Metric => (new RecordColumn(Metric, ColumnKind.Labels), null),
            Values => (new RecordColumn(Values, ColumnKind.Samples), null),
            _ => (new RecordColumn(LabelOf(column)!, ColumnKind.Text), LabelOf(column)),
        }).ToList();
        return new SeriesSource([.. of.Select(one => one.Item1)], [.. of.Select(one => one.Item2)], partial);
    }

    /// <summary>The label that a column names; null where it names none.</summary>
    internal static string? LabelOf(string column) => column.StartsWith(Metric + ".", StringComparison.Ordinal) ? column[(Metric.Length + 1)..] : null;

    /// <summary>Whether a series has such a column.</summary>
    internal static bool Has(string column) => column is Metric or Values || LabelOf(column) is { Length: > 0 };

    internal override RecordsRead Read(Stream text, string name, Action<object?[]> record, CancellationToken cancellationToken)
    {
        var one = new object?[Columns.Count];
        var report = SeriesRowFile.Read(text, name, Take, cancellationToken, _partial);
        return new RecordsRead(report.ProblemCount, [.. report.Problems.Select(problem => problem.Message)])
        {
            Other = report.Problems.FirstOrDefault(problem => problem.Kind == ProblemKind.NotSeries)?.Message,
        };

        void Take(SeriesRow row)
        {
            for (var i = 0; i < one.Length; i++)
            {
                one[i] = Columns[i].Kind switch
                {
                    ColumnKind.Labels => Ordered(row.Labels),
                    ColumnKind.Samples => row.Values,
                    _ => row.Labels.LastOrDefault(label => label.Key == _labels[i]).Value,
                };
                if (one[i] is not null && !_seen[i]) Volatile.Write(ref _seen[i], true);
            }

            record(one);
        }
    }

    // As Spark has them. Where a name comes twice the last one stays, as in JSON.
    private static IReadOnlyList<KeyValuePair<string, string>> Ordered(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        for (var i = 1; i < labels.Count; i++)
            if (string.CompareOrdinal(labels[i - 1].Key, labels[i].Key) >= 0)
                return [.. labels.GroupBy(label => label.Key, StringComparer.Ordinal).Select(same => same.Last()).OrderBy(label => label.Key, StringComparer.Ordinal)];
        return labels;
    }
}
