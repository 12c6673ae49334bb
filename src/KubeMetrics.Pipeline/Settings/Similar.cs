namespace KubeMetrics.Pipeline.Settings;

/// <summary>What somebody probably meant.</summary>
public static class Similar
{
    /// <summary>A question with the known name that is nearest to a mistyped one; empty where none is near.</summary>
    public static string Hint(string typed, IReadOnlyCollection<string> known) => To(typed, known) is { } near ? $" Is '{near}' meant?" : "";

    /// <summary>The known name that is nearest to a mistyped one; null where none is near.</summary>
    public static string? To(string typed, IReadOnlyCollection<string> known)
    {
        if (known.Count == 0) return null;
        var near = known.Select(name => (Name: name, Distance: Distance(typed.ToLowerInvariant(), name.ToLowerInvariant()))).MinBy(one => one.Distance);
        return near.Name is not null && near.Distance <= Math.Max(1, Math.Min(typed.Length, near.Name.Length) / 3) ? near.Name : null;
    }

    // Levenshtein's distance, one row at a time.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
