using System.Text;
using KubeMetrics.Queries;

namespace KubeMetrics.Sql;

/// <summary>Asks a query of a dump, as a user does: checked, answered, written as JSON Lines.</summary>
internal static class Asking
{
    public static SeriesDatabase Database(string dump, QueryLimits? limits = null)
    {
        var database = new SeriesDatabase(limits ?? new QueryLimits { Threads = 2 });
        database.Create("series");
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(dump));
        Assert.Empty(database.Add("series", text, "dump.json", CancellationToken.None).Problems);
        return database;
    }

    public static async Task<string[]> RowsAsync(this SeriesDatabase database, string sql, CancellationToken cancellationToken)
    {
        using var result = await database.RunAsync(CallerQuery.Check(sql, new QueryRules(database.Tables)), cancellationToken);
        using var json = new MemoryStream();
        await ResultWriter.WriteJsonLinesAsync(json, result, cancellationToken);
        return Encoding.UTF8.GetString(json.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public static async Task<string[]> RowsAsync(string sql, string dump = PortableQueries.Dump)
    {
        using var database = Database(dump);
        return await database.RowsAsync(sql, TestContext.Current.CancellationToken);
    }
}
