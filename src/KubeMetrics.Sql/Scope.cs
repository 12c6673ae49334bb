using KubeMetrics.Queries;

namespace KubeMetrics.Sql;

/// <summary>One column that can be named.</summary>
internal sealed record Column(string Source, string Name, Expr Value);

/// <summary>The columns behind a FROM, and those of the query around it.</summary>
internal sealed class Scope(Scope? outer)
{
    public List<Column> Columns { get; } = [];

    /// <summary>The column a name means, with how many of the parts it takes; null where there is none.</summary>
    public (Expr Value, int Parts)? Find(IReadOnlyList<SqlToken> parts)
    {
        if (parts.Count > 1 && One(parts[1], c => Same(c.Source, parts[0].Text) && Same(c.Name, parts[1].Text)) is { } qualified) return (qualified, 2);
        if (One(parts[0], c => Same(c.Name, parts[0].Text)) is { } plain) return (plain, 1);
        return outer?.Find(parts);
    }

    private Expr? One(SqlToken at, Func<Column, bool> matches)
    {
        var found = Columns.Where(matches).Take(2).ToList();
        if (found.Count > 1) throw new QueryRefusedException($"the name {at} means several columns", at, "put the table's alias before it");
        return found.Count == 0 ? null : found[0].Value;
    }

    public static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
