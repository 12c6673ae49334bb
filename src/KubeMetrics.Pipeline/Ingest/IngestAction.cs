using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>What becomes of one key.</summary>
internal enum IngestAction
{
    /// <summary>It is copied.</summary>
    Copy,

    /// <summary>The destination has it already.</summary>
    Same,

    /// <summary>The destination alone has it, and keeps it.</summary>
    Keep,

    /// <summary>The destination alone has it, and is to be a mirror.</summary>
    Delete,

    /// <summary>Nobody asked for it.</summary>
    LeftOut,
}

/// <summary>One key on both sides.</summary>
/// <param name="Key">The key below the source's and the destination's prefix.</param>
/// <param name="Source">What the source lists; null where it has none.</param>
/// <param name="Destination">What the destination lists; null where it has none.</param>
internal sealed record Pair(string Key, ObjectEntry? Source, ObjectEntry? Destination);

/// <summary>The decision for one key: a function of what is listed and what is known, and of nothing else.</summary>
internal static class Decision
{
    /// <summary>Decides.</summary>
    /// <remarks>
    /// <code>
    /// wanted  source  destination  the two                                      mirror   action
    /// no      any     any          any                                          any      LeftOut
    /// yes     yes     no           -                                            any      Copy
    /// yes     yes     yes          other sizes                                  any      Copy
    /// yes     yes     yes          equal sizes, equal ETags that are checksums  any      Same
    /// yes     yes     yes          equal sizes, was copied, both ETags as then  any      Same
    /// yes     yes     yes          equal sizes, anything else                   any      Copy
    /// yes     no      yes          -                                            no       Keep
    /// yes     no      yes          -                                            yes      Delete
    /// </code>
    /// Times are never looked at: a copy is younger than what it is a copy of, and clocks differ.
    /// </remarks>
    internal static IngestAction Of(Pair pair, Copied? before, bool wanted, bool mirror)
    {
        if (!wanted) return IngestAction.LeftOut;
        if (pair.Source is not { } source) return mirror ? IngestAction.Delete : IngestAction.Keep;
        if (pair.Destination is not { } destination || destination.Size != source.Size) return IngestAction.Copy;
        if (source.ETag == destination.ETag && Checksum.IsOne(source.ETag)) return IngestAction.Same;
        return before?.Of(source) == true && before.ETag == destination.ETag ? IngestAction.Same : IngestAction.Copy;
    }
}
