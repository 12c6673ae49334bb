namespace KubeMetrics.ObjectStorage.Folder;

/// <summary>Whether a disk has no room left, which the machine tells in several ways.</summary>
public static class DiskSpace
{
    // ENOSPC and EDQUOT; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private static readonly int[] Full = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    // Space that can't be set aside before a write fails with no more than this.
    private const int Unspecific = unchecked((int)0x80131620);

    /// <summary>Whether it is room that is wanting.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="folder">Where was written.</param>
    /// <param name="piece">The most that was written at once.</param>
    public static bool IsWanting(Exception? e, string folder, long piece)
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
