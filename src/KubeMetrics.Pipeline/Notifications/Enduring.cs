using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Notifications;

/// <summary>Writes that a sender waits for: a store that fails is tried again for a while, then the sender has to.</summary>
internal static class Enduring
{
    /// <summary>How long it is tried. Ceph holds a connection, and sends nothing else on it, until it is answered.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The wait between two tries.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Puts an object of a name that is used once.</summary>
    /// <param name="store">Where.</param>
    /// <param name="key">The name.</param>
    /// <param name="content">The object.</param>
    /// <param name="mayBeLostWithPower">See <see cref="PutOptions.MayBeLostWithPower"/>.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The store did not take it in time.</exception>
    internal static async Task PutAsync(IObjectStore store, string key, byte[] content, bool mayBeLostWithPower, TimeProvider time)
    {
        var options = new PutOptions { ContentType = "application/json", MayBeLostWithPower = mayBeLostWithPower };
        using var enough = new CancellationTokenSource(Patience, time);
        IOException? last = null;
        while (!enough.IsCancellationRequested)
        {
            try
            {
                await store.PutBytesAsync(key, content, options, enough.Token).WaitAsync(enough.Token);
                return;
            }
            catch (OperationCanceledException)
            {
                // enough
            }
            catch (IOException e)
            {
                last = e;
                await Task.Delay(Pause, time, CancellationToken.None);
            }
        }

        throw new ObjectStoreException(ObjectStoreError.Unavailable,
            $"{store.Name} did not take what has to be kept within {Patience.TotalSeconds:0} s{(last is null ? "; see whether it runs." : $": {last.Message}")}", last);
    }
}
