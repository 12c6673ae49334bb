namespace KubeMetrics.Pipeline.Ingest;

/// <summary>
/// Whether what has arrived at the destination is what was sent there: its ETag tells, where that is an MD5. What was changed on its
/// way is sent again. Not everybody's ETags are MD5s, though they look like it: whoever never tells the right one tells none.
/// </summary>
/// <param name="destination">What the destination is called.</param>
internal sealed class Arrivals(string destination)
{
    private const int Tries = 3;

    private volatile bool _tells, _tellsNone;

    /// <summary>Whether what the destination tells can be gone by: until the contrary is seen.</summary>
    internal bool Tell => !_tellsNone;

    /// <summary>Sends something, until it has arrived as it was sent.</summary>
    /// <param name="send">Sends it.</param>
    /// <param name="etag">What the destination tells of it.</param>
    /// <param name="md5">The MD5 of what is sent.</param>
    /// <exception cref="SetbackException">It arrives as something else each time, which other contents did not.</exception>
    internal async Task<T> SendingAsync<T>(Func<Task<T>> send, Func<T, string> etag, string md5)
    {
        for (var attempt = 1; ; attempt++)
        {
            var arrived = await send();
            if (Is(etag(arrived), md5) || _tellsNone) return arrived;
            if (attempt < Tries) continue;
            if (_tells)
                throw new SetbackException(Setback.Impossible, $"It arrives changed at {destination}: what has the checksum {md5} was sent {Tries} times, and {etag(arrived)} was stored. See to what lies between here and there (a proxy), then start the ingest again.");
            _tellsNone = true;
            return arrived;
        }
    }

    /// <summary>Whether an ETag says that this has arrived, or says nothing.</summary>
    internal bool Is(string etag, string md5)
    {
        if (!Checksum.IsPlain(etag)) return true;
        if (etag != md5) return false;
        _tells = true;
        return true;
    }
}
