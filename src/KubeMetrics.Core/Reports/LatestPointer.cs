namespace KubeMetrics.Reports;

/// <summary>
/// <c>latest.json</c>: which of a dataset's reports shows its newest state. Whoever writes it does so last, and only over a
/// pointer that <see cref="IsOlderThan"/> the new one.
/// </summary>
/// <param name="SchemaVersion">The version of this form.</param>
/// <param name="RunId">The run.</param>
/// <param name="Name">What the report is about.</param>
/// <param name="Generated">When it was made (UTC).</param>
/// <param name="Period">What it covers; null where it holds no sample.</param>
/// <param name="Partial">True where it is not of everything that was asked for.</param>
/// <param name="Document">Where <c>report.json</c> lies, relative to this file.</param>
/// <param name="Page">Where <c>index.html</c> lies, relative to this file.</param>
/// <param name="AsOf">
/// When the inputs were listed that it shows (UTC); null in a pointer of an earlier version. What the inputs say of their own
/// times does not order reports: one sample dated into the future would keep every later state from being shown.
/// </param>
public sealed record LatestPointer(
    int SchemaVersion, string RunId, string Name, DateTimeOffset Generated, Period? Period, bool Partial, string Document, string Page, DateTimeOffset? AsOf = null)
{
    /// <summary>The pointer to a report of the inputs as they were listed at some time.</summary>
    public static LatestPointer To(Report report, DateTimeOffset asOf) => new(
        Report.CurrentSchema,
        report.Run.RunId,
        report.Run.Name,
        report.Run.Generated,
        report.Period,
        report.Partial,
        $"{report.Run.RunId}/{ReportFiles.Document}",
        $"{report.Run.RunId}/{ReportFiles.Page}",
        asOf);

    /// <summary>True where the other one shows a later state: its inputs were listed later, or at the same time and it was made later.</summary>
    public bool IsOlderThan(LatestPointer other) => (AsOf ?? Generated, Generated).CompareTo((other.AsOf ?? other.Generated, other.Generated)) < 0;
}
