using System.Collections;
using System.Runtime.CompilerServices;
using DuckDB.NET.Data;
using KubeMetrics.Queries;

namespace KubeMetrics.Sql;

/// <summary>The rows of a query, one after another as they are made; to be disposed of.</summary>
internal sealed class QueryResult : IQueryResult
{
    private readonly DuckDBCommand _command;
    private readonly DuckDBDataReader _reader;
    private readonly IReadOnlyList<SparkType> _types;

    internal QueryResult(DuckDBCommand command, DuckDBDataReader reader, IReadOnlyList<Expr> columns)
    {
        (_command, _reader) = (command, reader);
        _types = [.. columns.Select(c => c.Type)];
        Columns = [.. columns.Select(c => new QueryColumn(c.Name, c.Type.ToString()))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<QueryColumn> Columns { get; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<IReadOnlyList<object?>> RowsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var interruption = cancellationToken.Register(_command.Cancel);
        while (true)
        {
            object?[] row;
            try
            {
                if (!_reader.Read()) yield break;
                row = new object?[Columns.Count];
                for (var i = 0; i < row.Length; i++) row[i] = _reader.IsDBNull(i) ? null : Plain(_reader.GetValue(i), _types[i]);
            }
            catch (DuckDBException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw EngineFailure.Of(e);
            }

            cancellationToken.ThrowIfCancellationRequested();
            yield return row;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _command.Dispose();
    }

    private static object? Plain(object? value, SparkType type) => (value, type) switch
    {
        (null or DBNull, _) => null,
        (IDictionary labels, SparkType.Labels { Names: var names }) =>
            names.Where(n => labels[n] is string).Select(n => KeyValuePair.Create(n, (string)labels[n]!)).ToList(),
        (IEnumerable list, SparkType.Array { Element: var element }) => list.Cast<object?>().Select(e => Plain(e, element)).ToList(),
        (DateTime time, _) => DateTime.SpecifyKind(time, DateTimeKind.Utc),
        _ => value,
    };
}
