using System.Reflection;
using DuckDB.NET.Data;
using KubeMetrics.Queries;

namespace KubeMetrics.Sql;

/// <summary>The engine reaches nothing outside of itself, even where a query gets past the guard and the translator: asked here directly.</summary>
public sealed class ConfinementTests
{
    [Theory]
    [InlineData("SELECT * FROM read_csv('/etc/passwd')")]
    [InlineData("SELECT * FROM read_text('/etc/hostname')")]
    [InlineData("SELECT * FROM read_json('http://127.0.0.1:1/x')")]
    [InlineData("SELECT * FROM '/etc/hostname'")]
    [InlineData("SELECT * FROM glob('/etc/*')")]
    [InlineData("COPY (SELECT 1) TO '/tmp/kubemetrics-must-not-be-there.csv'")]
    [InlineData("EXPORT DATABASE '/tmp/kubemetrics-must-not-be-there'")]
    [InlineData("ATTACH '/tmp/kubemetrics-must-not-be-there.db' AS other")]
    [InlineData("INSTALL httpfs")]
    [InlineData("LOAD httpfs")]
    [InlineData("LOAD '/tmp/x.duckdb_extension'")]
    [InlineData("SET enable_external_access = true")]
    [InlineData("SET memory_limit = '100GB'")]
    [InlineData("SET temp_directory = '/tmp'")]
    [InlineData("RESET lock_configuration")]
    [InlineData("CREATE SECRET (TYPE s3, KEY_ID 'a', SECRET 'b')")]
    [InlineData("SELECT getenv('HOME')")]
    public void Nothing_outside_is_reached(string sql)
    {
        using var database = new SeriesDatabase(new QueryLimits());
        var connection = (DuckDBConnection)typeof(SeriesDatabase).GetField("_connection", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(database)!;
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.ThrowsAny<DuckDBException>(() => command.ExecuteNonQuery());
        Assert.False(Path.Exists("/tmp/kubemetrics-must-not-be-there.csv"));
        Assert.False(Path.Exists("/tmp/kubemetrics-must-not-be-there.db"));
    }

    // DuckDB's own functions are not those of Spark: whatever is called goes through the guard's list and the translator's.
    [Theory]
    [InlineData("SELECT * FROM read_csv('/etc/passwd')")]
    [InlineData("SELECT * FROM duckdb_settings()")]
    [InlineData("SELECT getenv('HOME')")]
    [InlineData("SELECT spark_double('1')")]
    [InlineData("SELECT * FROM rows0")]
    [InlineData("SELECT * FROM labels0")]
    [InlineData("SELECT * FROM information_schema.tables")]
    [InlineData("SELECT query('x')")]
    public void Names_of_the_engine_are_no_names(string sql) =>
        Assert.Throws<QueryRefusedException>(() => CallerQuery.Check(sql, new QueryRules(["series"])));

    [Fact]
    public async Task Quotes_in_texts_and_names_stay_where_they_are()
    {
        const string dump = """{"metric":{"a":"it's; DROP TABLE rows0; --","b\"c":"'"},"values":[]}""";
        Assert.Equal(
            ["""{"x":"it's; DROP TABLE rows0; --"}""", """{"x":"none"}"""],
            (await Asking.RowsAsync("SELECT metric.a AS x FROM series WHERE metric.a = 'it\\'s; DROP TABLE rows0; --'", dump))
                .Concat(await Asking.RowsAsync("SELECT 'none' AS x FROM series WHERE metric.a <> 'a\\' OR 1=1 --'", dump)));
    }
}
