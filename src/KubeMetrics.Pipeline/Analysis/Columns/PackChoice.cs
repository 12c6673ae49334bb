using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>One pack, as it is decided about.</summary>
/// <param name="Entry">The object.</param>
/// <param name="Own">Whether it is of the reading that is under way; of others nothing more is known.</param>
/// <param name="Live">Bytes of inputs that are there as they were read.</param>
/// <param name="Stale">Bytes of inputs that are gone, changed, or kept in another pack too.</param>
/// <param name="Damaged">Whether something of it could not be read.</param>
internal readonly record struct PackState(ObjectEntry Entry, bool Own, long Live = 0, long Stale = 0, bool Damaged = false);

/// <summary>
/// Which packs are made anew, without what is of no use in them, and which are deleted:
/// <code>
/// own, nothing live          damaged, old, or over the limit   deleted
/// own, something live        damaged; old and half stale; stale at all and over the limit   made anew
///                            one of more than MostSmall small ones                          made anew (several into one)
/// of another reading, oldest first   still over the limit      deleted
/// own, oldest first                  still over the limit      deleted
/// </code>
/// Old, because another process may know of newer inputs than this one does: what it wrote just now is not stale.
/// </summary>
internal static class PackChoice
{
    /// <summary>So many packs of less than half the usual size are left alone: each arrival makes one.</summary>
    internal const int MostSmall = 16;

    internal static (HashSet<string> Anew, HashSet<string> Deleted) Of(IReadOnlyList<PackState> packs, long limit, DateTimeOffset now)
    {
        var over = packs.Sum(pack => pack.Entry.Size) > limit;
        var small = packs.Where(pack => pack is { Own: true, Live: > 0 } && pack.Entry.Size < PackKeeper.Full / 2).Select(pack => pack.Entry.Key).ToHashSet(StringComparer.Ordinal);
        if (small.Count <= MostSmall) small.Clear();
        var (anew, deleted) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var pack in packs.Where(pack => pack.Own))
        {
            var old = pack.Entry.LastModified < now - Claims.LeftBehind;
            if (pack.Live == 0)
            {
                if (pack.Damaged || old || over) deleted.Add(pack.Entry.Key);
            }
            else if (pack.Damaged || (old && pack.Stale > pack.Entry.Size / 2) || (over && pack.Stale > 0) || small.Contains(pack.Entry.Key))
            {
                anew.Add(pack.Entry.Key);
            }
        }

        var total = packs.Where(pack => !deleted.Contains(pack.Entry.Key)).Sum(pack => pack.Entry.Size - (anew.Contains(pack.Entry.Key) ? pack.Stale : 0));
        foreach (var pack in packs.Where(pack => !deleted.Contains(pack.Entry.Key)).OrderBy(pack => pack.Own).ThenBy(pack => pack.Entry.LastModified))
        {
            if (total <= limit) break;
            total -= pack.Entry.Size - (anew.Remove(pack.Entry.Key) ? pack.Stale : 0);
            deleted.Add(pack.Entry.Key);
        }

        return (anew, deleted);
    }
}
