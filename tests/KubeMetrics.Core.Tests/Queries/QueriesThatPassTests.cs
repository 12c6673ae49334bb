namespace KubeMetrics.Queries;

/// <summary>Each of these also parses in Spark 3.5.3, in the form the guard writes it: SparkParsesTests holds them against it.</summary>
public sealed class QueriesThatPassTests
{
    private static readonly QueryRules Rules = new(["kubelet", "other"]);

    public static TheoryData<string> Legitimate => [.. LegitimateQueries.All];

    [Theory]
    [MemberData(nameof(Legitimate))]
    public void A_query_over_registered_tables_passes_and_passes_again_as_it_was_written(string sql)
    {
        var once = CallerQuery.Check(sql, Rules).Sql;
        Assert.Equal(once, CallerQuery.Check(once, Rules).Sql);
        Assert.All(once, c => Assert.True(c is '\n' or (>= ' ' and <= '~')));
    }

    [Fact]
    public void Names_are_written_in_backticks_and_texts_as_one_literal()
    {
        var query = CallerQuery.Check("select values, metric.operation_type -- the notebook's\nfrom kubelet /* one */ where metric.quantile=\"0.9\"", Rules);
        Assert.Equal("select `values`, `metric`.`operation_type`\nfrom `kubelet` where `metric`.`quantile` = '0.9'", query.Sql);
        Assert.Equal(["kubelet"], query.Tables);
    }

    [Fact]
    public void A_semicolon_at_the_end_is_dropped() =>
        Assert.Equal("SELECT 1", CallerQuery.Check("SELECT 1 ; -- done", Rules).Sql);

    [Fact]
    public void A_semicolon_within_a_text_is_a_character() =>
        Assert.Equal("SELECT ';', 'a--b', '/*'", CallerQuery.Check("SELECT ';', 'a--b', \"/*\"", Rules).Sql);

    [Fact]
    public void Texts_that_follow_one_another_are_one() =>
        Assert.Equal("SELECT 'ab'", CallerQuery.Check("SELECT 'a' 'b'", Rules).Sql);

    // The escapes of Spark's ParserUtils.unescapeSQLString: \u0041 A, \101 A, \' ', \% stays with its backslash, \q is q.
    [Fact]
    public void Escapes_mean_what_they_mean_in_Spark() =>
        Assert.Equal(@"SELECT 'AA\'\\%q\n'", CallerQuery.Check(@"SELECT '\u0041\101\'\%\q\n'", Rules).Sql);

    [Fact]
    public void A_raw_text_has_no_escapes() =>
        Assert.Equal(@"SELECT 'a\\d+'", CallerQuery.Check(@"SELECT r'a\d+'", Rules).Sql);

    [Fact]
    public void What_looks_like_a_variable_is_written_so_that_it_is_none() =>
        Assert.Equal(@"SELECT '$\{env:AWS_SECRET_ACCESS_KEY}'", CallerQuery.Check(@"SELECT '$\{env:AWS_SECRET_ACCESS_KEY}'", Rules).Sql);

    [Fact]
    public void A_comment_may_hold_another() =>
        Assert.Equal("SELECT 1", CallerQuery.Check("SELECT /* a /* b */ ; DROP */ 1", Rules).Sql);

    [Fact]
    public void An_operator_can_allow_more_functions()
    {
        Assert.Throws<QueryRefusedException>(() => CallerQuery.Check("SELECT uuid()", Rules));
        Assert.Equal("SELECT uuid()", CallerQuery.Check("SELECT uuid()", new QueryRules([], ["uuid"])).Sql);
    }

    [Fact]
    public void The_tables_that_a_query_reads_are_told_without_its_own_subqueries() =>
        Assert.Equal(["other"], CallerQuery.Check("WITH a AS (SELECT 1 AS x) SELECT * FROM a JOIN other o ON a.x = o.x", Rules).Tables);
}
