namespace KubeMetrics.Prometheus;

/// <summary>
/// One series of a file as Spark's reader of JSON has it: texts, nothing dropped, nothing merged.
/// </summary>
/// <param name="Labels">The labels as the file has them, an empty value too; one that is null is left out.</param>
/// <param name="Values">
/// The samples: usually <c>[time, value]</c>, both as text. A whole number is written as it stands, a fractional one as Java
/// writes doubles (<c>1.529193650183E9</c>). Null where the file has null.
/// </param>
public sealed record SeriesRow(IReadOnlyList<KeyValuePair<string, string>> Labels, List<List<string?>?> Values);

/// <summary>Takes rows in the order of the file.</summary>
public delegate void SeriesRowSink(SeriesRow row);
