namespace KubeMetrics.Pipeline.Orchestration.InProcess;

/// <summary>What a column of records holds.</summary>
internal enum ColumnKind
{
    /// <summary>A text, a line's bytes as they are, or null.</summary>
    Text,

    /// <summary>A series' labels: pairs of name and value, in order of their names.</summary>
    Labels,

    /// <summary>A series' samples: lists of texts, usually time and value.</summary>
    Samples,
}

/// <summary>A column of records. A record is an array with a value for each.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it holds.</param>
internal sealed record RecordColumn(string Name, ColumnKind Kind);
