using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Stores;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>From where to where.</summary>
/// <param name="Source">What is read.</param>
/// <param name="Destination">What is written.</param>
/// <param name="Folder">The destination where it is a folder of this machine; null otherwise.</param>
/// <param name="IsOneStore">One endpoint has both, and copies by itself.</param>
internal sealed record CopyRoute(StorePlace Source, StorePlace Destination, string? Folder, bool IsOneStore)
{
    private readonly string _from = ObjectKey.AsPrefix(Source.Prefix), _to = ObjectKey.AsPrefix(Destination.Prefix);

    internal string SourceKey(string key) => _from + key;

    internal string DestinationKey(string key) => _to + key;
}

/// <summary>An object that is to be copied.</summary>
/// <param name="key">The key below source and destination.</param>
/// <param name="source">What the source listed, or told since.</param>
internal sealed class CopyItem(string key, ObjectEntry source)
{
    internal string Key => key;

    internal ObjectEntry Source { get; set; } = source;

    /// <summary>How often it was begun anew.</summary>
    internal int Rounds { get; set; }

    /// <summary>It could not be passed on: it is read into memory, from where it can be sent again.</summary>
    internal bool IsNotPassed { get; set; }

    /// <summary>What was read had this checksum, and the source's ETag is another: read twice alike, the ETag is no checksum.</summary>
    internal string? Doubted { get; set; }
}

/// <summary>How a try at an object ended without a copy.</summary>
internal enum Setback
{
    /// <summary>It is another by now: begun anew with what it is.</summary>
    Changed,

    /// <summary>It is gone.</summary>
    Gone,

    /// <summary>It can't be copied.</summary>
    Impossible,

    /// <summary>Time is up: it is gone on with later.</summary>
    Paused,
}

internal sealed class SetbackException(Setback kind, string message, Exception? inner = null) : Exception(message, inner)
{
    internal Setback Kind => kind;
}
