using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>Which places ingests read and write, and where they keep what they know.</summary>
/// <param name="stores">Opens places.</param>
/// <param name="storage">How buckets are reached.</param>
/// <param name="datasets">Whose places are known.</param>
/// <param name="state">Where the state is.</param>
/// <param name="store">The state.</param>
public sealed class IngestPlaces(StoreAccess stores, StorageOptions storage, DatasetCatalog datasets, StoreUri state, StorePlace store)
{
    private readonly string _prefix = ObjectKey.AsPrefix(store.Prefix);

    internal IObjectStore State => store.Store;

    internal Claims<KeyUse> Keys { get; } = Claims.Keys(store);

    /// <summary>Which work copies between two places.</summary>
    internal Claims<RunOwner> Owners { get; } = Claims.Owners(store, "ingest-owners");

    internal string All => $"{_prefix}ingest";

    internal string FolderOf(string pair) => $"{All}/{pair}";

    internal Manifest Manifest(string pair) => new(State, FolderOf(pair));

    /// <summary>Opens both places. Buckets that nothing is said of are refused, before anybody is spoken to.</summary>
    /// <exception cref="ObjectStoreException">A place can't be opened.</exception>
    internal CopyRoute Open(IngestInput input)
    {
        var (from, to) = (StoreUri.Parse(input.Source), StoreUri.Parse(input.Destination));
        var (source, destination) = (stores.At(from, PlaceUse.Read), input.DryRun && to.Kind == StoreKind.Folder ? Unmade(to) : stores.At(to, PlaceUse.Copies));
        return new CopyRoute(source, destination, to.Kind == StoreKind.Folder ? to.Bucket : null, destination.Store is ICopyingStore copying && copying.CanCopyFrom(source.Store));
    }

    /// <summary>A folder that may not be there yet, as a prefix of one that is: to look is no reason to make it.</summary>
    private StorePlace Unmade(StoreUri folder)
    {
        var there = folder.Bucket;
        while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { } parent) there = parent;
        return stores.At(folder with { Bucket = there }, PlaceUse.Read) with { Prefix = Path.GetRelativePath(there, folder.Bucket) is "." ? "" : Path.GetRelativePath(there, folder.Bucket).Replace(Path.DirectorySeparatorChar, '/') };
    }

    /// <summary>
    /// What lies in the source or where copies would lie, and is the program's own: its state and all reports. Who wants reports copied
    /// names their place, or one in it, as the source; the state is no source at all.
    /// </summary>
    internal Func<string, bool> Own(IngestInput input)
    {
        var (from, to) = (StoreUri.Parse(input.Source), StoreUri.Parse(input.Destination));
        var own = datasets.All.Select(dataset => dataset.Reports).Append(state).ToList();
        var prefixes = own.SelectMany(place => (string?[])[to.PathTo(place), from.PathTo(place)]).OfType<string>().Where(path => path.Length > 0).Select(path => path + "/").ToArray();
        return key => prefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <summary>The two places of a request.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="asker">Who asks.</param>
    /// <exception cref="RefusedException">They can't be used.</exception>
    internal (StoreUri Source, StoreUri Destination, string Dataset) Of(IngestRequest request, IngestAsker asker)
    {
        StoreUri from, to;
        Dataset? dataset = null;
        if (request.Dataset is { } name)
        {
            if (request.Source is not null || request.Destination is not null) throw asker.Invalid("dataset", "It is given together with 'source' or 'destination'; give the dataset alone, or both places.");
            dataset = datasets.Get(name);
            from = dataset.Source ?? throw new RefusedException(Refusal.Invalid, $"The dataset {dataset.Name} has no source.", $"Set Datasets:{dataset.Name}:Source to where its objects are copied from, and start the host again; or give source and destination.");
            to = dataset.Location;
        }
        else
        {
            if (request.Source is null || request.Destination is null) throw asker.Invalid(request.Source is null ? "source" : "destination", "It is missing; give source and destination, or a dataset.");
            (from, to) = (Parsed("source", request.Source, asker), Parsed("destination", request.Destination, asker));
            if (!asker.MayNameAnyFolder)
            {
                Known(asker, "source", from, datasets.All.SelectMany(one => (StoreUri?[])[one.Source, one.Location]).OfType<StoreUri>());
                Known(asker, "destination", to, datasets.All.Select(one => one.Location));
            }
        }

        foreach (var (field, place) in ((string, StoreUri)[])[("source", from), ("destination", to)])
        {
            if (place.Kind != StoreKind.S3) continue;
            if (storage.Find(place.Bucket) is null) throw new RefusedException(Refusal.Invalid, $"{asker.Named(field)}: {place} is in a bucket that no setting names, and nobody else is spoken to.", StorageOptions.WhyNot(place.Bucket));
        }

        if (from.Contains(to) && to.Contains(from)) throw asker.Invalid("destination", $"It is the source ({from}); name another place.");
        if (from.Contains(to)) throw asker.Invalid("destination", $"{to} lies in the source ({from}), so every copy would be copied again; name a place outside of it.");
        if (to.Contains(from)) throw asker.Invalid("destination", $"The source ({from}) lies in it ({to}), so copies could fall upon what is still to be copied; name a place beside it.");
        if (state.Contains(from)) throw asker.Invalid("source", $"{from} lies in the state ({state}), which changes while it is read and means nothing elsewhere; name another place.");
        foreach (var (what, place) in datasets.All.Select(one => ($"the reports of {one.Name}", one.Reports)).Append(("the state", state)))
            if (place.Contains(to)) throw asker.Invalid("destination", $"{to} lies in {what} ({place}); name a place outside of it.");
        return (from, to, dataset?.Name ?? datasets.All.FirstOrDefault(one => one.Location == to)?.Name ?? "");
    }

    /// <summary>Reads an amount of bytes.</summary>
    internal static long? BytesOf(string field, string? text, IngestAsker asker)
    {
        try
        {
            return text is null ? null : HostSettings.Bytes(text);
        }
        catch (FormatException e)
        {
            throw asker.Invalid(field, e.Message);
        }
    }

    private static void Known(IngestAsker asker, string field, StoreUri place, IEnumerable<StoreUri> known)
    {
        if (place.Kind == StoreKind.Folder && !known.Any(one => one.Contains(place)))
            throw asker.Invalid(field, $"{place} is a folder that no dataset names, and others of this machine's are not opened for who asks over HTTP; name a dataset's, or a bucket.");
    }

    private static StoreUri Parsed(string field, string text, IngestAsker asker)
    {
        try
        {
            return StoreUri.Parse(text);
        }
        catch (FormatException e)
        {
            throw asker.Invalid(field, e.Message);
        }
    }
}
