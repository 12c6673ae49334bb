namespace KubeMetrics.Queries;

/// <summary>A place among a query's pieces, as whoever reads them clause by clause goes on from it.</summary>
/// <param name="tokens">The pieces; the last one is the end.</param>
public abstract class SqlTokenReader(IReadOnlyList<SqlToken> tokens)
{
    /// <summary>The pieces; a reader may put others in their places.</summary>
    protected SqlToken[] Tokens { get; } = [.. tokens];

    /// <summary>Which piece is next.</summary>
    protected int At { get; set; }

    /// <summary>The next piece.</summary>
    protected SqlToken Current => Tokens[At];

    /// <summary>One behind it; the end where there are not so many.</summary>
    protected SqlToken Ahead(int count = 1) => Tokens[Math.Min(At + count, Tokens.Length - 1)];

    /// <summary>Goes past a word, if it is next.</summary>
    protected bool Take(string word)
    {
        if (!Current.Is(word)) return false;
        At++;
        return true;
    }

    /// <summary>Goes past two words, if they are next.</summary>
    protected bool TakePair(string first, string second)
    {
        if (!Current.Is(first) || !Ahead().Is(second)) return false;
        At += 2;
        return true;
    }

    /// <summary>Goes past a symbol, if it is next.</summary>
    protected bool TakeSymbol(string symbol)
    {
        if (!Current.IsSymbol(symbol)) return false;
        At++;
        return true;
    }
}
