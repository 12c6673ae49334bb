namespace KubeMetrics.Queries;

/// <summary>A query that is not run: what is wrong with it, where, and what to write instead.</summary>
public sealed class QueryRefusedException : Exception
{
    /// <summary>Refuses a query.</summary>
    /// <param name="what">What is wrong, as a clause without a full stop.</param>
    /// <param name="line">In which line, from 1 on.</param>
    /// <param name="column">In which column, from 1 on.</param>
    /// <param name="remedy">What to do, as a clause without a full stop.</param>
    public QueryRefusedException(string what, int line, int column, string remedy)
        : base($"Line {line}, column {column}: {what}; {remedy}.")
    {
        Line = line;
        Column = column;
    }

    /// <summary>Refuses a query because of one of its pieces.</summary>
    /// <param name="what">What is wrong, as a clause without a full stop.</param>
    /// <param name="at">The piece.</param>
    /// <param name="remedy">What to do, as a clause without a full stop.</param>
    public QueryRefusedException(string what, SqlToken at, string remedy)
        : this(what, at.Line, at.Column, remedy)
    {
    }

    /// <summary>The line, from 1 on.</summary>
    public int Line { get; }

    /// <summary>The column, from 1 on.</summary>
    public int Column { get; }
}
