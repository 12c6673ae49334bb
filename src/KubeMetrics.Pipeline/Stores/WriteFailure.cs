using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;

namespace KubeMetrics.Pipeline.Stores;

/// <summary>Why writing to a folder failed, and what helps: room, or the right to.</summary>
public static class WriteFailure
{
    private const long Room = 1 << 20;

    /// <summary>What to do, as the beginning of a sentence that goes on with another place.</summary>
    public static string Remedy(Exception e, string folder) => IsFull(e, folder) ? "Free space there" : "Make it writable for this user";

    /// <summary>The reason as the machine gives it, without the remedies of those who passed it on; of a full disk in words, since the machine's own name what it tried.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="folder">Where was written.</param>
    public static string Reason(Exception e, string folder) =>
        IsFull(e, folder) ? "there is no room left" : (e is ObjectStoreException { InnerException.Message: { Length: > 0 } inner } ? inner : e.Message).TrimEnd('.');

    /// <summary>Whether it is room that is wanting.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="folder">Where was written.</param>
    /// <param name="piece">The most that was written at once.</param>
    public static bool IsFull(Exception? e, string folder, long piece = Room) => DiskSpace.IsWanting(e, folder, piece);
}
