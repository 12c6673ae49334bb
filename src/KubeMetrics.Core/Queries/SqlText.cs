namespace KubeMetrics.Queries;
/// <summary>x</summary>
public static class SqlText
{
    /// <summary>x</summary>
    public static string String(string text) => "'" + text.Replace("\\", "\\\\").Replace("'", "\\'") + "'";
    /// <summary>x</summary>
    public static string Name(string name) => "`" + name.Replace("`", "``") + "`";
}
