using KubeMetrics.Charts;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis.Groups;
using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>
/// Where a dataset's reports lie: <c>&lt;prefix&gt;/&lt;run id&gt;/…</c>, and beside them <c>latest.json</c>, which is
/// written last, so that whoever follows it never sees half a report.
/// </summary>
/// <param name="store">The bucket or folder.</param>
/// <param name="prefix">The reports' prefix in it; empty for the store's top.</param>
public sealed class ReportFolder(IObjectStore store, string prefix = "")
{
    private const string Probe = "_writable";
    private const int PointerAttempts = 10;
    private readonly string _prefix = ObjectKey.AsPrefix(prefix);

    /// <summary>The key of one of a run's files.</summary>
    public string KeyOf(string runId, string file) => $"{_prefix}{runId}/{file}";

    /// <summary>Whether a run's report is there whole: its page is written after all else.</summary>
    public async Task<bool> IsThereAsync(string runId, CancellationToken cancellationToken) => await store.HeadAsync(KeyOf(runId, ReportFiles.Page), cancellationToken) is not null;

    /// <summary>A run's report where it is there whole; else null.</summary>
    public async Task<Report?> FindAsync(string runId, CancellationToken cancellationToken)
    {
        if (!await IsThereAsync(runId, cancellationToken)) return null;
        if (await store.GetBytesAsync(KeyOf(runId, ReportFiles.Document), int.MaxValue, cancellationToken) is not { } document) return null;
        try
        {
            return ReportJson.Read(document.Content);
        }
        catch (FormatException)
        {
            return null; // of another version, or damaged: it is made anew
        }
    }

    /// <summary>
    /// Writes a report with its charts, the page last, and then points <c>latest.json</c> at it. Where that fails or is
    /// cancelled, nothing of a report that was not there before stays.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="asOf">When its inputs were listed.</param>
    /// <param name="png">Draws the pictures; null for none.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>The report as it was written, with what went otherwise than expected (pictures that could not be drawn).</returns>
    public async Task<Report> PublishAsync(Report report, DateTimeOffset asOf, IPngRenderer? png, CancellationToken cancellationToken)
    {
        var runId = report.Run.RunId;
        var wasThere = await IsThereAsync(runId, cancellationToken);
        try
        {
            var written = await WriteAsync(report, png, onFile: null, cancellationToken);
            await PointAsync(written, asOf, cancellationToken);
            return written;
        }
        catch when (!wasThere)
        {
            await DeleteAsync(runId, CancellationToken.None);
            throw;
        }
    }

    /// <summary>
    /// Writes a report with its charts, the page last, and leaves what there is where that fails: another process may be
    /// writing the same report.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="png">Draws the pictures; null for none.</param>
    /// <param name="onFile">Told how many files are written, and of how many, from any thread; null where nobody asks.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>The report as it was written.</returns>
    public Task<Report> WriteAsync(Report report, IPngRenderer? png, Action<int, int>? onFile, CancellationToken cancellationToken) =>
        WriteAsync(report, null, png, null, onFile, cancellationToken);

    /// <summary>The same, with its JSON where there is that already, and the charts of an earlier report where they are the same; null for none.</summary>
    internal async Task<Report> WriteAsync(Report report, ReadOnlyMemory<byte>? document, IPngRenderer? png, KeptCharts? charts, Action<int, int>? onFile, CancellationToken cancellationToken)
    {
        var (files, total, runId) = (0, 0, report.Run.RunId);
        void OnFile() => onFile?.Invoke(Interlocked.Increment(ref files), total);
        var before = charts is null ? null : new KeptCharts.For(charts, store, KeyOf, runId, OnFile);
        var written = await ReportWriter.WriteAsync(report, async (name, type, content, token) =>
        {
            var etag = await PutAsync(runId, name, type, content, token);
            before?.Written(name, etag);
            OnFile();
        }, png, planned => total = planned, document, before, cancellationToken);
        if (before is not null) await before.EndAsync(cancellationToken);
        return written;
    }

    /// <summary>Deletes a report, its page first: what is left if this is interrupted is no report any more.</summary>
    public async Task DeleteAsync(string runId, CancellationToken cancellationToken)
    {
        await store.DeleteAsync(KeyOf(runId, ReportFiles.Page), cancellationToken);
        var files = new List<string>();
        await foreach (var entry in store.ListAsync(_prefix + runId, cancellationToken)) files.Add(entry.Key);
        foreach (var key in files) await store.DeleteAsync(key, cancellationToken);
    }

    /// <summary>The ids of the runs that have a folder here, whole or not.</summary>
    public async Task<IReadOnlyList<string>> RunsAsync(CancellationToken cancellationToken)
    {
        var runs = new List<string>();
        var request = new ListRequest { Prefix = _prefix, ByFolder = true };
        while (true)
        {
            var page = await store.ListPageAsync(request, cancellationToken);
            runs.AddRange(page.Folders.Select(folder => folder[_prefix.Length..^1]).Where(RunId.IsOne));
            if (page.Next is null) return runs;
            request = request with { ContinuationToken = page.Next };
        }
    }

    /// <summary>What <c>latest.json</c> points at; null where there is none that can be read.</summary>
    public async Task<LatestPointer?> LatestAsync(CancellationToken cancellationToken) =>
        await store.GetBytesAsync(_prefix + ReportFiles.Latest, cancellationToken: cancellationToken) is { } found ? Read(found.Content) : null;

    private Task<string> PutAsync(string runId, string name, string contentType, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        store.PutBytesAsync(KeyOf(runId, name), content, new PutOptions { ContentType = contentType }, cancellationToken);

    /// <summary>Makes sure that reports can be written here, by writing something.</summary>
    /// <exception cref="ObjectStoreException">They can't.</exception>
    public Task EnsureWritableAsync(CancellationToken cancellationToken) => store.TryWritingAsync(_prefix + Probe, cancellationToken);

    /// <summary>Points <c>latest.json</c> at a report that is there, unless it points at a later state already.</summary>
    /// <param name="report">The report.</param>
    /// <param name="asOf">When its inputs were listed.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public Task PointAsync(Report report, DateTimeOffset asOf, CancellationToken cancellationToken) => PointAsync(LatestPointer.To(report, asOf), cancellationToken);

    /// <summary>Points <c>latest.json</c> at a report that shows the inputs as they were listed once more, unless it points at a later state already.</summary>
    /// <returns>False where there is no such report that can be read.</returns>
    public async Task<bool> PointAgainAsync(string runId, DateTimeOffset asOf, CancellationToken cancellationToken)
    {
        var pointer = await LatestAsync(cancellationToken) is { } latest && latest.RunId == runId ? latest with { AsOf = asOf }
            : await FindAsync(runId, cancellationToken) is { } report ? LatestPointer.To(report, asOf) : null;
        if (pointer is null) return false;
        await PointAsync(pointer, cancellationToken);
        return true;
    }

    private async Task PointAsync(LatestPointer pointer, CancellationToken cancellationToken)
    {
        var key = _prefix + ReportFiles.Latest;
        for (var attempt = 1; ; attempt++)
        {
            var before = await store.GetBytesAsync(key, cancellationToken: cancellationToken);
            if (before is { } old && Read(old.Content) is { } current && pointer.IsOlderThan(current)) return;
            var condition = before is { } o ? new PutOptions { IfMatch = o.Info.ETag } : new PutOptions { IfAbsent = true };
            try
            {
                await store.PutBytesAsync(key, ReportJson.Write(pointer), condition with { ContentType = ReportJson.ContentType }, cancellationToken);
                return;
            }
            // Another run pointed at the same time: the condition makes one of us look again, and the newer state stays.
            catch (ObjectStoreException e) when (e.Error == ObjectStoreError.PreconditionFailed && attempt < PointerAttempts)
            {
            }
        }
    }

    private static LatestPointer? Read(byte[] content)
    {
        try
        {
            return ReportJson.ReadLatest(content);
        }
        catch (FormatException)
        {
            return null; // damaged, or of a version that is no longer read: replaced
        }
    }
}
