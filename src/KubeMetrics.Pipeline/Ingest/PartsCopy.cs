using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>One object that is copied in parts: which are done, which are on their way, and what they add up to.</summary>
internal sealed class PartsCopy
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, TaskCompletionSource> _turns = [];
    private readonly List<ETagChain> _chains = [];
    private readonly HashSet<int> _underWay = [];
    private IReadOnlyList<string>? _chained;
    private int _chainedTo;
    private Task<string>? _upload;

    internal PartsCopy(CopyItem item, long partSize, IReadOnlyList<long> candidates)
    {
        Item = item;
        PartSize = partSize;
        Count = (int)Math.Max(1, (item.Source.Size + partSize - 1) / partSize);
        // The parts' own MD5s give the ETag of this part size; of others it is made on the way, of all bytes in order.
        if (Checksum.IsPlain(item.Source.ETag)) _chains.Add(new ETagChain(null));
        else _chains.AddRange(candidates.Where(size => size != partSize).Select(size => new ETagChain(size)));
        NeedsSha256 = item.Doubted is not null || !Checksum.IsOne(item.Source.ETag);
    }

    internal CopyItem Item { get; }

    internal long PartSize { get; }

    internal int Count { get; }

    /// <summary>Nothing of the source's vouches for it.</summary>
    internal bool NeedsSha256 { get; }

    /// <summary>The source's ETag is one of parts, which is made of the parts' checksums as the destination tells them.</summary>
    internal bool IsMadeOfParts => _chains.Count == 0 && Checksum.PartsOf(Item.Source.ETag) is not null;

    internal SortedDictionary<int, PartDone> Parts { get; } = [];

    /// <summary>All parts that were missing are on their way, or done.</summary>
    internal bool AllSent { get; set; }

    /// <summary>Why it has to be begun anew, or given up.</summary>
    internal SetbackException? Setback { get; private set; }

    internal Lock Lock => _lock;

    internal bool IsIdle => _underWay.Count == 0;

    internal string? UploadId => _upload is { IsCompletedSuccessfully: true } done ? done.Result : null;

    internal long OffsetOf(int number) => (number - 1) * PartSize;

    internal long LengthOf(int number) => Math.Min(PartSize, Item.Source.Size - OffsetOf(number));

    /// <summary>Takes up what an earlier process did.</summary>
    internal void Resume(OpenUpload open)
    {
        _upload = Task.FromResult(open.Begun.Upload);
        foreach (var (number, part) in open.Parts) Parts[number] = part;
        if (_chains.Count == 0) return;
        // Chains go over the bytes in order: those of the last part that has some hold all before it.
        foreach (var part in open.Parts.Values.Where(part => part.Chains?.Count == _chains.Count).Reverse())
        {
            try
            {
                var chains = part.Chains!.Select(ETagChain.Import).ToList();
                _chains.Clear();
                _chains.AddRange(chains);
                (_chainedTo, _chained) = (part.Number, part.Chains);
                break;
            }
            catch (FormatException)
            {
                // an earlier one will do
            }
        }

        foreach (var number in Parts.Keys.Where(number => number > _chainedTo).ToList()) Parts.Remove(number);
    }

    /// <summary>The next part to send; null where there is none, or no sense in it.</summary>
    internal int? Next()
    {
        lock (_lock)
        {
            if (Setback is not null) return null;
            for (var number = 1; number <= Count; number++)
                if (!Parts.ContainsKey(number) && !_underWay.Contains(number))
                {
                    _underWay.Add(number);
                    return number;
                }

            return null;
        }
    }

    /// <summary>A part's way has ended.</summary>
    /// <returns>Whether it was the last of all: what follows is to be done by whoever is told so.</returns>
    internal bool Ended(int number)
    {
        lock (_lock)
        {
            _underWay.Remove(number);
            return AllSent && _underWay.Count == 0;
        }
    }

    internal void Fail(SetbackException setback)
    {
        lock (_lock)
        {
            if (Setback is null || setback.Kind != Ingest.Setback.Paused) Setback = setback;
            foreach (var turn in _turns.Values) turn.TrySetException(setback);
            _turns.Clear();
        }
    }

    /// <summary>Time was up, and now there is time again.</summary>
    internal void GoOn()
    {
        lock (_lock)
        {
            Setback = null;
            AllSent = false;
        }
    }

    /// <summary>The upload, which the first part to know what the object is stored with begins.</summary>
    internal Task<string> UploadAsync(Func<Task<string>> begin)
    {
        lock (_lock)
        {
            if (_upload is null or { IsFaulted: true } or { IsCanceled: true }) _upload = begin();
            return _upload;
        }
    }

    /// <summary>Takes a part into the chains, after all before it.</summary>
    internal async Task<IReadOnlyList<string>?> ChainAsync(int number, Blocks blocks, CancellationToken cancellationToken)
    {
        if (_chains.Count == 0 || number <= _chainedTo) return null;
        Task? turn = null;
        lock (_lock)
        {
            if (Setback is { } setback) throw new SetbackException(setback.Kind, setback.Message);
            if (_chainedTo != number - 1)
                turn = (_turns[number] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        if (turn is not null) await turn.WaitAsync(cancellationToken);
        foreach (var block in blocks.Memory)
            foreach (var chain in _chains)
                chain.Append(block.Span);
        _chained = [.. _chains.Select(chain => chain.Export())];
        lock (_lock)
        {
            _chainedTo = number;
            if (_turns.Remove(number + 1, out var next)) next.TrySetResult();
        }

        return _chained;
    }

    /// <summary>The ETags that the whole may have at the source; from here on they can be made again only of what was written down.</summary>
    internal IEnumerable<string> Chained() => (_chained ?? []).Select(chain => ETagChain.Import(chain).Finish());
}
