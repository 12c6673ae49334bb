using KubeMetrics.Prometheus;

namespace KubeMetrics.Queries;

/// <summary>Answers SELECTs over series in this process. A port, since the engine behind it weighs more than all the rest: a host plugs one in.</summary>
public interface ISeriesEngine
{
    /// <summary>Tables for one query, none yet.</summary>
    /// <param name="limits">What they and the query may take of the machine.</param>
    ISeriesTables Open(QueryLimits limits);
}

/// <summary>Tables of series, each with the two columns that Spark infers from a dump: <c>metric</c> and <c>values</c>. Not for several threads at once.</summary>
public interface ISeriesTables : IDisposable
{
    /// <summary>Makes an empty table.</summary>
    /// <param name="name">Its name; one that differs in more than upper and lower case from all others.</param>
    /// <exception cref="ArgumentException">There is one of that name, or it is no name.</exception>
    void Create(string name);

    /// <summary>Adds a file of series, in any form that is read.</summary>
    /// <param name="table">The table.</param>
    /// <param name="stream">The file's text, decompressed.</param>
    /// <param name="file">What it is called in messages.</param>
    /// <param name="cancellationToken">Stops it; the table holds part of the file then.</param>
    /// <returns>What was found, and what is wrong with the file.</returns>
    /// <exception cref="QueryFailedException">The series don't fit into the memory allowed.</exception>
    FileReport Add(string table, Stream stream, string file, CancellationToken cancellationToken);

    /// <summary>Answers a query.</summary>
    /// <param name="query">The query, checked.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="QueryRefusedException">It uses what is not answered in process.</exception>
    /// <exception cref="QueryFailedException">It failed.</exception>
    Task<IQueryResult> RunAsync(CheckedQuery query, CancellationToken cancellationToken);
}

/// <summary>The rows of a query, one after another as they are made; to be disposed of.</summary>
public interface IQueryResult : IDisposable
{
    /// <summary>The columns.</summary>
    IReadOnlyList<QueryColumn> Columns { get; }

    /// <summary>
    /// The rows, once. A value is null, a string, bool, int, long, double or DateTime (UTC); an array a list of them; a
    /// metric a list of pairs of label and value, in order of the labels, those that are null left out.
    /// </summary>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="QueryFailedException">The query failed over its rows: too little memory, a number too large.</exception>
    IAsyncEnumerable<IReadOnlyList<object?>> RowsAsync(CancellationToken cancellationToken = default);
}

/// <summary>A column of a result.</summary>
/// <param name="Name">Its name, as Spark gives it where it has no alias (nearly: of expressions).</param>
/// <param name="Type">Its type in Spark's words: <c>string</c>, <c>double</c>, <c>array&lt;array&lt;string&gt;&gt;</c> ….</param>
public sealed record QueryColumn(string Name, string Type);

/// <summary>A query that was understood and failed: why, and what to do, in a sentence.</summary>
public sealed class QueryFailedException(string message, Exception? inner = null) : Exception(message, inner);
