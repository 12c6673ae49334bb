namespace KubeMetrics.Queries;

/// <summary>
/// Checks SQL from a caller. On a Spark cluster SQL is code: it can run programs, read files and the environment. Taken is
/// one SELECT over registered tables, of clauses and functions that are known to compute and nothing else; everything that
/// is not recognised is refused.
/// </summary>
public static class CallerQuery
{
    /// <summary>Checks a query.</summary>
    /// <param name="sql">One SELECT, or WITH … SELECT; a semicolon may end it.</param>
    /// <param name="rules">The tables and functions there are.</param>
    /// <exception cref="QueryRefusedException">It is something else: what, where, and what to write instead.</exception>
    public static CheckedQuery Check(string sql, QueryRules rules)
    {
        if (sql.Length > QueryRules.Longest)
            throw new QueryRefusedException($"the query has {sql.Length} characters, at most {QueryRules.Longest} are taken", 1, 1, "make it shorter");
        RefuseControls(sql);
        var guard = new QueryGuard(SqlLexer.Read(sql), rules);
        return guard.Check();
    }

    private static void RefuseControls(string sql)
    {
        var (line, start) = (1, 0);
        for (var i = 0; i < sql.Length; i++)
        {
            if (sql[i] == '\n') (line, start) = (line + 1, i + 1);
            else if (char.IsControl(sql[i]) && sql[i] is not ('\t' or '\r'))
                throw new QueryRefusedException($"the control character U+{(int)sql[i]:X4} stands here", line, i - start + 1, "remove it, or write it as an escape within a text");
            else if (sql[i] == '$' && i + 1 < sql.Length && sql[i + 1] == '{')
                throw new QueryRefusedException("'${' stands here, which Spark may replace by a variable of its machine", line, i - start + 1, @"write the value itself, or $\{ within a text");
        }
    }
}
