using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Stores;

/// <summary>Why writing to a folder failed, and what helps: room, or the right to.</summary>
public static class WriteFailure
{
    private const long Room = 1 << 20;

    // ENOSPC and EDQUOT; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private static readonly int[] Full = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    // Space that can't be set aside before a write fails with no more than this.
    private const int Unspecific = unchecked((int)0x80131620);

    /// <summary>What to do, as the beginning of a sentence that goes on with another place.</summary>
    public static string Remedy(Exception e, string folder) => IsFull(e, folder) ? "Free space there" : "Make it writable for this user";

    /// <summary>The reason as the machine gives it, without the remedies of those who passed it on.</summary>
    public static string Reason(Exception e) => (e is ObjectStoreException { InnerException: { } inner } ? inner : e).Message.TrimEnd('.');

    /// <summary>Whether it is room that is wanting.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="folder">Where was written.</param>
    /// <param name="piece">The most that was written at once.</param>
    public static bool IsFull(Exception? e, string folder, long piece = Room)
    {
        for (; e is not null; e = e.InnerException)
            if (e is IOException && (Full.Contains(e.HResult) || (e.HResult == Unspecific && e is not ObjectStoreException && Free(folder) < piece)))
                return true;
        return false;
    }

    private static long Free(string folder)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue;
        }
    }
}
