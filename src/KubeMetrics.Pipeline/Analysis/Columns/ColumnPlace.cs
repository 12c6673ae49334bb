using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Prometheus;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>
/// Where the columns of a dataset's inputs are kept: <c>&lt;folder&gt;/&lt;reading&gt;/&lt;pack&gt;</c>. Nothing depends on what is there,
/// so no trouble with it ends an analysis: it is told, and the inputs are read anew.
/// </summary>
/// <param name="store">The store of the state.</param>
/// <param name="folder">The dataset's folder in it.</param>
/// <param name="dataset">Whose columns they are.</param>
/// <param name="limit">At most so many bytes.</param>
/// <param name="time">What time it is.</param>
/// <param name="log">Is told of trouble; null where nobody asks.</param>
internal sealed partial class ColumnPlace(IObjectStore store, string folder, string dataset, long limit, TimeProvider time, ILogger? log)
{
    private const string Extension = ".pack";

    // Another one where what is read of an input, or how it is packed, becomes another.
    private const string Version = "2";

    /// <summary>
    /// How all is written here: what a power failure takes, or leaves half of, is found out by its checksums and made anew, so nobody waits for
    /// the disk.
    /// </summary>
    internal static readonly PutOptions Kept = new() { ContentType = "application/octet-stream", MayBeLostWithPower = true };

    internal IObjectStore Store => store;

    internal long Limit => limit;

    internal TimeProvider Time => time;

    /// <summary>
    /// Names a way of reading: what is kept of one is no answer to another. Times from and to have no name: what was left out for
    /// lying outside of them can't be told of what is kept of all, and hardly anybody asks twice for the same.
    /// </summary>
    internal static string ReadingOf(IReadOnlyList<LabelMatcher> where)
    {
        var conditions = where.Select(matcher => matcher.ToString()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var text = string.Concat(((string[])[Version, Analyzer.Algorithms, .. conditions]).Select(one => $"{one.Length}:{one}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))[..10]);
    }

    internal string KeyOf(string reading, string pack) => $"{folder}/{reading}/{pack}{Extension}";

    /// <summary>Where something else is kept that was made of a reading.</summary>
    internal string KeyOf(string reading, string name, string extension) => $"{folder}/{reading}/{name}{extension}";

    /// <summary>Whether an object of this place is a pack of a reading.</summary>
    internal bool IsOf(string reading, string key) =>
        key.StartsWith($"{folder}/{reading}/", StringComparison.Ordinal) && key.EndsWith(Extension, StringComparison.Ordinal);

    /// <summary>Everything that lies here; nothing where that can't be listed.</summary>
    internal async Task<IReadOnlyList<ObjectEntry>> ListAsync(CancellationToken cancellationToken)
    {
        var all = new List<ObjectEntry>();
        await TryAsync(async () =>
        {
            await foreach (var entry in store.ListAsync(folder, cancellationToken)) all.Add(entry);
        });
        return all;
    }

    /// <summary>Does something with the store. False where the store does not; then that is told.</summary>
    internal async Task<bool> TryAsync(Func<Task> operation)
    {
        try
        {
            await operation();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Activity.Current?.AddException(e);
            if (log is not null) LogTrouble(log, dataset, e.Message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was read of {Dataset} can't be kept, or not be found again, and is read anew: {Reason}")]
    private static partial void LogTrouble(ILogger log, string dataset, string reason);
}
