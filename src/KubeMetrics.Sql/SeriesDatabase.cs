using System.Globalization;
using DuckDB.NET.Data;
using KubeMetrics.Prometheus;
using KubeMetrics.Queries;

namespace KubeMetrics.Sql;

/// <summary>
/// Answers SELECTs over series without a cluster. Each table has the two columns that Spark infers from a dump:
/// <c>metric</c>, a struct of all labels that any of its series has, and <c>values</c>, arrays of texts. The engine reaches
/// no file and no network. Not for several threads at once.
/// </summary>
public sealed class SeriesDatabase : ISeriesTables
{
    /// <summary>So many samples are handed over at once: what one batch takes beside the engine's own memory.</summary>
    private const int Batch = 100_000;

    private readonly DuckDBConnection _connection = new("DataSource=:memory:");
    private readonly Dictionary<string, Loaded> _tables = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Starts an engine with nothing in it.</summary>
    /// <param name="limits">What it may take of the machine.</param>
    public SeriesDatabase(QueryLimits limits)
    {
        _connection.Open();
        Run($"SET threads = {Math.Max(1, limits.Threads).ToString(CultureInfo.InvariantCulture)}");
        Run($"SET memory_limit = '{Math.Max(64L << 20, limits.MemoryBytes).ToString(CultureInfo.InvariantCulture)}B'");
        Run($"SET temp_directory = {Translator.Text(limits.SpillFolder ?? "")}");
        Run("SET TimeZone = 'UTC'");
        Run("SET ieee_floating_point_ops = true");
        Run("SET autoinstall_known_extensions = false");
        Run("SET autoload_known_extensions = false");
        Run("SET allow_community_extensions = false");
        _connection.RegisterScalarFunction<string, double?>("spark_double", SparkValues.Double);
        _connection.RegisterScalarFunction<string, long?>("spark_bigint_of", SparkValues.BigInt);
        _connection.RegisterScalarFunction<double, long>("spark_bigint", SparkValues.BigInt);
        _connection.RegisterScalarFunction<double, int, double>("spark_round", SparkValues.Round);
        _connection.RegisterScalarFunction<string, string>("spark_upper", text => text.ToUpperInvariant().Replace("ß", "SS", StringComparison.Ordinal)); // as Java
        _connection.RegisterScalarFunction<string, string>("spark_lower", text => text.ToLowerInvariant());
        Run("SET enable_external_access = false");
        Run("SET lock_configuration = true");
    }

    /// <summary>The names of its tables.</summary>
    public IReadOnlyCollection<string> Tables => _tables.Keys;

    /// <inheritdoc/>
    public void Create(string name)
    {
        _ = SqlText.Name(name);
        if (_tables.ContainsKey(name)) throw new ArgumentException($"There are two tables called '{name}'.", nameof(name));
        var table = new Loaded($"rows{_tables.Count}", $"labels{_tables.Count}");
        Run($"CREATE TABLE {table.Rows} (id INTEGER, v VARCHAR[][])");
        _tables.Add(name, table);
    }

    /// <inheritdoc/>
    public FileReport Add(string table, Stream stream, string file, CancellationToken cancellationToken)
    {
        var into = _tables[table];
        into.LabelsWritten = false;
        var appender = _connection.CreateAppender(into.Rows);
        var samples = 0;
        try
        {
            return SeriesRowFile.Read(stream, file, Append, cancellationToken);
        }
        catch (DuckDBException e)
        {
            throw EngineFailure.Of(e);
        }
        finally
        {
            Close();
        }

        void Append(SeriesRow row)
        {
            appender.CreateRow().AppendValue(into.IdOf(row.Labels)).AppendValue((IEnumerable<List<string?>?>)row.Values).EndRow();
            if ((samples += row.Values.Count + 1) < Batch) return;
            Close();
            appender = _connection.CreateAppender(into.Rows);
            samples = 0;
        }

        void Close()
        {
            try
            {
                appender.Dispose();
            }
            catch (DuckDBException e)
            {
                throw EngineFailure.Of(e);
            }
        }
    }

    /// <inheritdoc/>
    public Task<IQueryResult> RunAsync(CheckedQuery query, CancellationToken cancellationToken)
    {
        var used = new Dictionary<string, TableInfo>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in query.Tables) used[name] = Info(_tables[name]);
        var translation = Translator.Translate(query, used);
        return Task.Run(() => Run(translation, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private IQueryResult Run(Translation translation, CancellationToken cancellationToken)
    {
        var command = _connection.CreateCommand();
        try
        {
            command.CommandText = translation.Sql;
            command.UseStreamingMode = true;
            using var interruption = cancellationToken.Register(command.Cancel);
            return new QueryResult(command, command.ExecuteReader(), translation.Columns);
        }
        catch (Exception e)
        {
            command.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            if (e is DuckDBException failure) throw EngineFailure.Of(failure);
            throw;
        }
    }

    private TableInfo Info(Loaded table)
    {
        var names = table.Names.ToList();
        if (!table.LabelsWritten)
        {
            Run($"CREATE OR REPLACE TABLE {table.Labels} (id INTEGER{string.Concat(names.Select((_, i) => $", l{i} VARCHAR"))})");
            using (var appender = _connection.CreateAppender(table.Labels))
            {
                foreach (var (labels, id) in table.Ids)
                {
                    var row = appender.CreateRow().AppendValue(id);
                    var values = labels.ToDictionary(StringComparer.Ordinal);
                    foreach (var name in names) row.AppendValue(values.GetValueOrDefault(name));
                    row.EndRow();
                }
            }

            table.LabelsWritten = true;
        }

        return new TableInfo(names, table.Rows, table.Labels);
    }

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>A table: its samples in the engine, its labels here until all of them are known.</summary>
    private sealed class Loaded(string rows, string labels)
    {
        public string Rows { get; } = rows;

        public string Labels { get; } = labels;

        public SortedSet<string> Names { get; } = new(StringComparer.Ordinal);

        public Dictionary<KeyValuePair<string, string>[], int> Ids { get; } = new(SameLabels.Instance);

        public bool LabelsWritten { get; set; }

        public int IdOf(IReadOnlyList<KeyValuePair<string, string>> pairs)
        {
            // Where a name comes twice the last one stays, as in JSON.
            var sorted = pairs.GroupBy(p => p.Key, StringComparer.Ordinal).Select(g => g.Last()).OrderBy(p => p.Key, StringComparer.Ordinal).ToArray();
            if (Ids.TryGetValue(sorted, out var id)) return id;
            foreach (var (name, _) in sorted) Names.Add(name);
            return Ids[sorted] = Ids.Count;
        }
    }

    private sealed class SameLabels : IEqualityComparer<KeyValuePair<string, string>[]>
    {
        public static readonly SameLabels Instance = new();

        public bool Equals(KeyValuePair<string, string>[]? x, KeyValuePair<string, string>[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(KeyValuePair<string, string>[] labels)
        {
            var hash = new HashCode();
            foreach (var (name, value) in labels)
            {
                hash.Add(name, StringComparer.Ordinal);
                hash.Add(value, StringComparer.Ordinal);
            }

            return hash.ToHashCode();
        }
    }
}
