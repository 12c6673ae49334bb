using System.Text;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Notifications;

/// <summary>
/// Which reading of a dataset's data was announced last, <c>readings/&lt;dataset&gt;</c> of the state prefix: a name that is used
/// once. Who is going to delete markers lists them, then announces, then reads the data. So whoever finds the name that it was before a
/// marker was written knows: who deletes that marker has not begun to read.
/// </summary>
internal sealed class Readings(StorePlace state, TimeProvider time)
{
    /// <summary>What is found where nobody has announced anything yet.</summary>
    internal const string None = "";

    private const int LongestName = 64;

    // Hosts may write a dataset's name in different cases.
    private string KeyOf(string dataset) => $"{ObjectKey.AsPrefix(state.Prefix)}readings/{dataset.ToLowerInvariant()}";

    /// <summary>Announces a reading of a dataset's data. When this returns, all can see it.</summary>
    /// <exception cref="IOException">The store did not take it.</exception>
    internal Task AnnounceAsync(string dataset, CancellationToken cancellationToken) =>
        state.Store.PutBytesAsync(KeyOf(dataset), Encoding.ASCII.GetBytes(WorkId.New(time.GetUtcNow())), new PutOptions { ContentType = "text/plain" }, cancellationToken);

    /// <summary>The name of the reading that was announced last.</summary>
    /// <exception cref="IOException">The store can't be read.</exception>
    internal async Task<string> LatestAsync(string dataset, CancellationToken cancellationToken) =>
        await state.Store.GetBytesAsync(KeyOf(dataset), LongestName, cancellationToken) is { } read ? $"{Encoding.ASCII.GetString(read.Content)} {read.Info.LastModified:O}" : None; // a request that was given up for lost, and sent again, may come to the store late: the same name, at another time
}
