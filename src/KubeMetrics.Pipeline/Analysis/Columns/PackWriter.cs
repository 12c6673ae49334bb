using System.Security.Cryptography;
using System.Text.Json;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>One input's columns, packed, on their way into a pack.</summary>
internal sealed class PackedSeries : IDisposable
{
    private readonly ByteWriter _columns = new();

    internal PackedSeries(IReadOnlyList<Series> series)
    {
        Series = [.. series.Select(one =>
        {
            var start = _columns.Length;
            PackedColumns.Write(one.Samples, _columns);
            return (one, start, _columns.Length - start);
        })];
    }

    internal (Series Series, int Start, int Length)[] Series { get; }

    internal ReadOnlySpan<byte> Columns => _columns.Written.Span;

    public void Dispose() => _columns.Dispose();
}

/// <summary>Makes one pack, in memory; see <see cref="Pack"/> for its form.</summary>
internal sealed class PackWriter : IDisposable
{
    // Of a character in JSON: \u2028.
    private const int LongestText = 6;

    private readonly ByteWriter _bytes = new();
    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<Labels, int> _labels = [];
    private readonly List<int[]> _sets = [];
    private readonly List<PackedInput> _inputs = [];
    private long _indexLength;

    /// <summary>At most so many bytes the pack has so far.</summary>
    internal long Length => _bytes.Length + _indexLength;

    internal bool IsEmpty => _inputs.Count == 0;

    internal void Add(string name, string etag, FileReport report, PackedSeries packed)
    {
        using var heads = new ByteWriter();
        foreach (var (series, start, length) in packed.Series) PackedHead.Write(SetOf(series.Labels), series.Dropped, series.Samples, packed.Columns.Slice(start, length), heads);
        _inputs.Add(new PackedInput(name, etag, _bytes.Length, packed.Columns.Length, heads.Written.ToArray(), report));
        _bytes.Bytes(packed.Columns);
        _indexLength += IndexLength(name, etag, report) + 2 * heads.Length;
    }

    /// <summary>More than an input can add to a pack.</summary>
    internal static long MostOf(string name, string etag, FileReport report, PackedSeries packed) =>
        IndexLength(name, etag, report) + packed.Columns.Length + packed.Series.Sum(one => 200L + one.Series.Labels.Sum(label => 30L + LongestText * (label.Key.Length + label.Value.Length)));

    /// <summary>What it holds.</summary>
    internal PackIndex Index => new([.. _texts.Keys], _sets, _inputs);

    /// <summary>The whole pack, and the name that its content gives it.</summary>
    internal (string Name, ReadOnlyMemory<byte> Content) Finish()
    {
        var start = _bytes.Length;
        using (var json = new Utf8JsonWriter(_bytes))
            JsonSerializer.Serialize(json, Index, PackJson.Default.PackIndex);
        // The index has the checksums of all else.
        var name = Convert.ToHexStringLower(SHA256.HashData(_bytes.Written.Span[start..])[..10]);
        Foot.Write(_bytes, _bytes.Length - start, Pack.Form);
        return (name, _bytes.Written);
    }

    public void Dispose() => _bytes.Dispose();

    private static long IndexLength(string name, string etag, FileReport report) =>
        500 + LongestText * (2L * name.Length + etag.Length + report.Problems.Sum(problem => 100L + problem.Input.Length + problem.Message.Length));

    private int SetOf(Labels labels)
    {
        if (_labels.TryGetValue(labels, out var known)) return known;
        var set = new int[2 * labels.Count];
        for (var i = 0; i < labels.Count; i++) (set[2 * i], set[2 * i + 1]) = (TextOf(labels[i].Key), TextOf(labels[i].Value));
        _sets.Add(set);
        _indexLength += 8 * set.Length;
        return _labels[labels] = _sets.Count - 1;
    }

    private int TextOf(string text)
    {
        if (_texts.TryGetValue(text, out var known)) return known;
        _indexLength += 3 + LongestText * text.Length;
        return _texts[text] = _texts.Count;
    }
}
