using CsCheck;

namespace KubeMetrics.Queries;

public sealed class SqlTextTests
{
    private static readonly QueryRules None = new([]);

    // Everything that has a meaning somewhere, and ordinary letters of several alphabets.
    private static readonly string[] Pieces =
    [
        "'", "\"", "\\", "`", ";", "--", "/*", "*/", "${", "$", "{", "}", "\n", "\r", "\t", "!", "source ", "u0041", "101", "%", "_", " ", "😀", "ß", "\u2028", "\u202e", "\u0001",
    ];

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]),
        Gen.Char['a', 'z'].Select(c => c.ToString())).Array[0, 20].Select(string.Concat);

    [Fact]
    public void A_text_is_read_back_as_it_was() => Texts.Sample(text =>
    {
        var token = Assert.Single(SqlLexer.Read(SqlText.String(text)), t => t.Kind != SqlTokenKind.End);
        return token.Kind == SqlTokenKind.String && token.Text == text;
    });

    [Fact]
    public void A_text_stays_in_its_place_within_a_query() => Texts.Sample(text =>
    {
        var literal = SqlText.String(text);
        return CallerQuery.Check($"SELECT {literal} AS x", None).Sql == $"SELECT {literal} AS `x`";
    });

    // What the SQL driver's own cutting of scripts looks for, and what substitution does.
    [Fact]
    public void A_text_is_one_line_of_ASCII_without_variables() => Texts.Sample(text =>
    {
        var literal = SqlText.String(text);
        return literal.All(c => c is >= ' ' and <= '~') && !literal.Contains("${", StringComparison.Ordinal);
    });

    [Fact]
    public void A_name_is_read_back_as_it_was_or_refused() => Texts.Sample(text =>
    {
        string name;
        try
        {
            name = SqlText.Name(text);
        }
        catch (ArgumentException)
        {
            return true;
        }

        var token = Assert.Single(SqlLexer.Read(name), t => t.Kind != SqlTokenKind.End);
        return token.Kind == SqlTokenKind.Name && token.Text == text;
    });

    [Theory]
    [InlineData("it's", @"'it\'s'")]
    [InlineData("a\nb", @"'a\nb'")]
    [InlineData(@"back\slash", @"'back\\slash'")]
    [InlineData("${env:X}", @"'$\{env:X}'")]
    [InlineData("é", @"'\u00e9'")]
    [InlineData("😀", @"'\ud83d\ude00'")]
    [InlineData("", "''")]
    public void Texts_are_quoted_as_Spark_reads_them(string text, string literal) => Assert.Equal(literal, SqlText.String(text));

    [Theory]
    [InlineData("quantile", "`quantile`")]
    [InlineData("a`b", "`a``b`")]
    [InlineData("a b.c", "`a b.c`")]
    [InlineData("größe", "`größe`")]
    public void Names_are_put_in_backticks(string name, string quoted) => Assert.Equal(quoted, SqlText.Name(name));

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a;b")]
    [InlineData("a'b")]
    [InlineData("${env:X}")]
    public void Names_that_would_mislead_the_driver_are_refused(string name) => Assert.Throws<ArgumentException>(() => SqlText.Name(name));

    [Fact]
    public void Texts_that_are_no_text_are_refused()
    {
        foreach (var text in new[] { "a\0b", "\ud83d", "\ude00x" }) Assert.Throws<ArgumentException>(() => SqlText.String(text));
    }
}
