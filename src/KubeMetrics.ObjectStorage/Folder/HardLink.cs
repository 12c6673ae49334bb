using System.Runtime.InteropServices;

namespace KubeMetrics.ObjectStorage.Folder;

/// <summary>Another name for a file (link(2)), which .NET 10 has no call for.</summary>
internal static partial class HardLink
{
    /// <summary>Makes one; false where that can't be: another file system, one without links, too many links, no right to, or no such call.</summary>
    internal static bool TryMake(string existing, string path) => !OperatingSystem.IsWindows() && Link(existing, path) == 0;

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string path);
}
