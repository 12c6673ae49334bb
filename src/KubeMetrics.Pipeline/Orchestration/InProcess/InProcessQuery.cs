using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Prometheus;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Spark.Scripts;

namespace KubeMetrics.Pipeline.Orchestration.InProcess;

/// <summary>A query without a cluster: the series are read into an engine of this process, and asked there.</summary>
internal sealed class InProcessQuery(JobPlaces places, ISeriesEngine engine, SparkOptions options, WorkContext context, Job job, CancellationToken cancellationToken)
{
    private const double Loaded = 0.8;
    private const int MostTold = 10;

    // One engine at a time: each takes what memory it may have.
    private static readonly SemaphoreSlim One = new(1);

    internal async Task<StepOutcome> AnswerAsync()
    {
        await One.WaitAsync(cancellationToken);
        try
        {
            var limits = new QueryLimits { MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2 };
            using var tables = engine.Open(limits);
            var (corrupt, problems) = await LoadAsync(tables);
            context.Report("asking", 0, 0, "rows", Loaded, 1);
            using var result = await tables.RunAsync(options.CheckedQuery(job), cancellationToken);
            using var shown = new ShownRows(result);
            var outcome = new JobOutcome { Corrupt = corrupt, Problems = problems is [] ? null : problems };
            if (job.Output is { } output) outcome = await WriteAsync(output, shown, outcome);
            else await shown.EndAsync(cancellationToken);
            return new StepOutcome.Done(JsonSerializer.SerializeToElement(
                outcome with { Columns = [.. result.Columns.Select(column => new JobColumn(column.Name, column.Type))], Rows = shown.Rows, MoreRows = shown.More }, JobJson.Default.JobOutcome));
        }
        catch (QueryRefusedException e)
        {
            throw new WorkFailedException(e.Message, "Correct the query, or run it on a cluster.", e);
        }
        catch (QueryFailedException e)
        {
            throw new WorkFailedException(e.Message, "Then submit the job again.", e);
        }
        finally
        {
            One.Release();
        }
    }

    private async Task<(long Corrupt, IReadOnlyList<string> Problems)> LoadAsync(ISeriesTables tables)
    {
        var inputs = new List<(string Table, InputObject Object)>();
        foreach (var input in job.Inputs)
        {
            tables.Create(input.Name);
            inputs.AddRange((await places.FilesAsync(input, cancellationToken)).Select(file => (input.Name, file)));
        }

        var (done, total) = (0L, inputs.Sum(input => input.Object.Length));
        var (corrupt, problems, series) = (0L, new List<string>(), new Dictionary<string, long>());
        foreach (var (table, input) in inputs)
        {
            var report = new FileReport { Name = input.Name };
            var read = await InputFile.ReadAsync(input, bytes => context.Report("reading", done += bytes, total, "bytes", 0.01, Loaded), text =>
            {
                report = tables.Add(table, text, input.Name, cancellationToken);
                return new RecordsRead(report.ProblemCount, [.. report.Problems.Select(problem => problem.Message)]);
            }, cancellationToken);
            corrupt += read.Corrupt;
            problems.AddRange(read.Problems.Take(MostTold - problems.Count));
            series[table] = series.GetValueOrDefault(table) + report.SeriesKept;
        }

        foreach (var input in job.Inputs)
            if (series.GetValueOrDefault(input.Name) == 0)
                throw new WorkFailedException($"There are no series in {input.Location}.{(problems is [var first, ..] ? $" {first}." : "")}", "Name a place with Prometheus' dumps.");
        return (corrupt, problems);
    }

    private async Task<JobOutcome> WriteAsync(JobOutput output, IQueryResult rows, JobOutcome outcome)
    {
        var (store, prefix) = places.Output(output);
        var form = new PartForm(JobRules.FormOf(job), output.Compression, output.Header, []);
        var key = Part.NameOf(prefix, 0, context.Record.Id, form.Extension);
        var (count, bytes) = await Part.StoreAsync(store, key, form, stream => form.Form == JobForm.Json
            ? ResultWriter.WriteJsonLinesAsync(stream, rows, cancellationToken)
            : ResultWriter.WriteCsvAsync(stream, rows, output.Header, form.Form == JobForm.Tsv ? '\t' : ',', cancellationToken), cancellationToken);
        await context.EnsureHeldAsync(cancellationToken);
        await places.CompleteAsync(output, cancellationToken);
        await places.PutInForceAsync(context.Record.JobInput(), context.Record.Id, context.Record.JobCheckpoint()!.Reads, cancellationToken);
        return outcome with { Records = count, Files = 1, Bytes = bytes };
    }

    /// <summary>Rows on their way, of which the first are kept to be shown.</summary>
    private sealed class ShownRows(IQueryResult rows) : IQueryResult
    {
        private readonly List<JsonElement> _rows = [];
        private long _size;

        public IReadOnlyList<QueryColumn> Columns => rows.Columns;

        internal IReadOnlyList<JsonElement> Rows => _rows;

        internal bool More { get; private set; }

        public async IAsyncEnumerable<IReadOnlyList<object?>> RowsAsync([EnumeratorCancellation] CancellationToken token = default)
        {
            await foreach (var row in rows.RowsAsync(token))
            {
                if (!More) Show(row);
                yield return row;
            }
        }

        /// <summary>Reads on as far as there is something to show.</summary>
        internal async Task EndAsync(CancellationToken token)
        {
            await foreach (var _ in RowsAsync(token))
                if (More)
                    return;
        }

        public void Dispose()
        {
        }

        private void Show(IReadOnlyList<object?> row)
        {
            var json = ResultWriter.Json(rows.Columns, row);
            if (More = _rows.Count == JobScript.PreviewRows || (_size += json.Length) > JobCollector.MostOfRows) return;
            using var parsed = JsonDocument.Parse(json);
            _rows.Add(parsed.RootElement.Clone());
        }
    }
}
