using System.Globalization;
using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Stores;

/// <summary>
/// Tries whether places can be read and written: each on a thread of its own, since a file system that hangs holds whoever
/// asks it; once at a time, and what was found holds for a few seconds, however many ask.
/// </summary>
/// <param name="stores">Opens the places.</param>
/// <param name="time">The clock.</param>
public sealed class PlaceProbe(StoreAccess stores, TimeProvider time)
{
    private static readonly TimeSpan Holds = TimeSpan.FromSeconds(5);

    // One a process, so that processes that share a place neither wait for one another nor leave more and more behind.
    private static readonly string Key = string.Create(CultureInfo.InvariantCulture, $"kubemetrics-ready-{Environment.MachineName}-{Environment.ProcessId}");

    private static readonly byte[] Content = "written to see whether it can be, and deleted again"u8.ToArray();

    private readonly Dictionary<(StoreUri Place, PlaceUse Use, bool Write), Try> _tries = [];

    /// <summary>Why a place can't be listed; null where it can.</summary>
    /// <param name="place">The place.</param>
    /// <param name="use">How it is opened.</param>
    /// <param name="patience">How long its answer may take.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<string?> WhyUnreadableAsync(StoreUri place, PlaceUse use, TimeSpan patience, CancellationToken cancellationToken) =>
        WhyNotAsync((place, use, false), patience, cancellationToken);

    /// <summary>Why nothing can be written to a place and deleted again, which is done; null where it can.</summary>
    /// <param name="place">The place.</param>
    /// <param name="use">How it is opened.</param>
    /// <param name="patience">How long its answer may take.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<string?> WhyUnwritableAsync(StoreUri place, PlaceUse use, TimeSpan patience, CancellationToken cancellationToken) =>
        WhyNotAsync((place, use, true), patience, cancellationToken);

    private async Task<string?> WhyNotAsync((StoreUri Place, PlaceUse Use, bool Write) what, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (began, found) = Current(what);
        if (found.IsCompleted) return await found;
        var left = patience - time.GetElapsedTime(began);
        try
        {
            return await found.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return $"{what.Place} has not answered for {time.GetElapsedTime(began).TotalSeconds:0} s; see whether the disk or the network behind it hangs.";
        }
    }

    /// <summary>The try that is under way, or whose answer still holds; else a new one.</summary>
    private Try Current((StoreUri Place, PlaceUse Use, bool Write) what)
    {
        lock (_tries)
        {
            if (_tries.TryGetValue(what, out var one) && (!one.Found.IsCompleted || time.GetElapsedTime(one.Began) < Holds)) return one;
            var found = Task.Factory.StartNew(() => TryAsync(what.Place, what.Use, what.Write), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
            return _tries[what] = new Try(time.GetTimestamp(), found);
        }
    }

    private async Task<string?> TryAsync(StoreUri uri, PlaceUse use, bool write)
    {
        try
        {
            var (store, prefix) = stores.At(uri, use);
            prefix = ObjectKey.AsPrefix(prefix);
            if (write)
            {
                await store.PutBytesAsync(prefix + Key, Content, cancellationToken: CancellationToken.None);
                await store.DeleteAsync(prefix + Key, CancellationToken.None);
            }
            else
            {
                await store.ListPageAsync(new ListRequest { Prefix = prefix, PageSize = 1 }, CancellationToken.None);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private sealed record Try(long Began, Task<string?> Found);
}
