using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Stores;

/// <summary>A place in a store that is ready to be used.</summary>
/// <param name="Store">The bucket or folder.</param>
/// <param name="Prefix">The prefix in it; empty for all of it.</param>
public sealed record StorePlace(IObjectStore Store, string Prefix);

/// <summary>What a place is used for, which decides how it is opened.</summary>
public enum PlaceUse
{
    /// <summary>It is only read: a folder that is not there is an error.</summary>
    Read,

    /// <summary>What is written there can be made again: a folder is made, and writes do not wait for the disk.</summary>
    Reports,

    /// <summary>Objects are copied there, which are still where they came from: a folder is made, and writes do not wait for the disk.</summary>
    Copies,

    /// <summary>What is written there is a promise: a folder is made, and writes reach the disk before they count.</summary>
    State,
}
