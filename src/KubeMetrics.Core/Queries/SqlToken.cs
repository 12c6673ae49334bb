namespace KubeMetrics.Queries;

/// <summary>What a piece of Spark SQL is.</summary>
public enum SqlTokenKind
{
    /// <summary>An unquoted word: a keyword, a function or a name.</summary>
    Word,

    /// <summary>A name in backticks.</summary>
    Name,

    /// <summary>A text in quotes.</summary>
    String,

    /// <summary>A number, with its suffix.</summary>
    Number,

    /// <summary>An operator or a bracket; <c>/*+</c> and <c>*/</c> around hints.</summary>
    Symbol,

    /// <summary>The end of the text.</summary>
    End,
}

/// <summary>One piece of Spark SQL.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A word, number or symbol as it is written; a string or a name in backticks as what it means.</param>
/// <param name="Line">Its line, from 1 on.</param>
/// <param name="Column">Its column, from 1 on, in UTF-16 units.</param>
public sealed record SqlToken(SqlTokenKind Kind, string Text, int Line, int Column)
{
    /// <summary>Whether it is this keyword, in upper or lower case.</summary>
    /// <param name="word">The keyword.</param>
    public bool Is(string word) => Kind == SqlTokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is one of these keywords.</summary>
    /// <param name="words">The keywords.</param>
    public bool IsAny(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
            if (Is(word))
                return true;
        return false;
    }

    /// <summary>Whether it is this operator or bracket.</summary>
    /// <param name="symbol">The symbol.</param>
    public bool IsSymbol(string symbol) => Kind == SqlTokenKind.Symbol && Text == symbol;

    /// <summary>Whether it can be a name: a word or what stands in backticks.</summary>
    public bool IsName => Kind is SqlTokenKind.Word or SqlTokenKind.Name;

    /// <summary>As a person would point at it.</summary>
    public override string ToString() => Kind switch
    {
        SqlTokenKind.End => "the end",
        SqlTokenKind.String => $"the text '{Short(Text)}'",
        _ => $"'{Short(Text)}'",
    };

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
