using System.Globalization;
using System.Text;
using System.Text.Json;
using KubeMetrics.Queries;

namespace KubeMetrics.Sql;

/// <summary>Where <c>SPARK_HOME</c> is set: each portable query gives in process the rows that Spark gives, of the same dump.</summary>
public sealed class RealSparkTests
{
    [Fact]
    public async Task Every_portable_query_gives_the_same_rows_as_Spark()
    {
        Assert.SkipWhen(SparkSqlDriver.Home is null, "SPARK_HOME is not set: no Spark is here to ask.");
        var cancellation = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("kubemetrics-dump-");
        try
        {
            var dump = Path.Combine(folder.FullName, "dump.json");
            await File.WriteAllTextAsync(dump, PortableQueries.Dump, cancellation);
            var rules = new QueryRules(["series"]);
            var script = new StringBuilder("SET spark.sql.session.timeZone=UTC;\nSET spark.sql.crossJoin.enabled=true;\n")
                .Append($"CREATE TEMPORARY VIEW series USING json OPTIONS (path {SqlText.String(dump)});\n");
            for (var i = 0; i < PortableQueries.All.Count; i++)
            {
                // As a job embeds it.
                script.Append($"CREATE TEMPORARY VIEW q{i} AS {CallerQuery.Check(PortableQueries.All[i], rules).Sql};\n");
                script.Append($"SELECT '== {i}';\nSELECT to_json(struct(*), map('ignoreNullFields', 'false')) FROM q{i};\n");
            }

            var (output, error) = await SparkSqlDriver.RunAsync(script + "SELECT '== end';\n", cancellation);
            var answers = output.Split("== ")[1..].ToDictionary(part => part.Split('\n')[0], part => part.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..]);
            Assert.True(answers.ContainsKey("end"), error);

            using var database = Asking.Database(PortableQueries.Dump);
            var differences = new List<string>();
            for (var i = 0; i < PortableQueries.All.Count; i++)
            {
                var sql = PortableQueries.All[i];
                string[] ours;
                try
                {
                    ours = await database.RowsAsync(sql, cancellation);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    differences.Add($"{sql}\n  {e.Message}");
                    continue;
                }

                var (expected, actual) = (answers[$"{i}"].Select(Normal), ours.Select(Normal));
                if (!sql.Contains("ORDER BY", StringComparison.Ordinal) || sql.Contains("OVER", StringComparison.Ordinal)) (expected, actual) = (expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
                if (!expected.SequenceEqual(actual)) differences.Add($"{sql}\n  Spark: {string.Join("\n         ", expected)}\n  ours:  {string.Join("\n         ", actual)}");
            }

            Assert.True(differences.Count == 0, string.Join("\n", differences));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A row without the forms of numbers and the names that Spark makes up: its values, doubles to 12 digits, labels in order.</summary>
    private static string Normal(string row)
    {
        using var json = JsonDocument.Parse(row);
        return string.Join(" | ", json.RootElement.EnumerateObject().Select(p => Value(p.Value)));
    }

    private static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble().ToString("G12", CultureInfo.InvariantCulture),
        JsonValueKind.Array => $"[{string.Join(",", value.EnumerateArray().Select(Value))}]",
        JsonValueKind.Object => $"{{{string.Join(",", value.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null).OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => p.Name + "=" + Value(p.Value)))}}}",
        _ => value.ToString() is { Length: > 0 } text ? text : value.ValueKind.ToString(),
    };
}
