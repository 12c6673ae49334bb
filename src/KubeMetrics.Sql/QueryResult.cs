using System.Collections;
using System.Runtime.CompilerServices;
using DuckDB.NET.Data;

namespace KubeMetrics.Sql;

/// <summary>A column of a result.</summary>
/// <param name="Name">Its name, as Spark gives it where it has no alias (nearly: of expressions).</param>
/// <param name="Type">Its type in Spark's words: <c>string</c>, <c>double</c>, <c>array&lt;array&lt;string&gt;&gt;</c> ….</param>
public sealed record QueryColumn(string Name, string Type);

/// <summary>The rows of a query, one after another as they are made; to be disposed of.</summary>
public sealed class QueryResult : IDisposable
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

    /// <summary>The columns.</summary>
    public IReadOnlyList<QueryColumn> Columns { get; }

    /// <summary>
    /// The rows, once. A value is null, a string, bool, int, long, double or DateTime (UTC); an array a list of them; a
    /// metric a list of pairs of label and value, in order of the labels, those that are null left out.
    /// </summary>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="QueryFailedException">The query failed over its rows: too little memory, a number too large.</exception>
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
                throw QueryFailedException.Of(e);
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
