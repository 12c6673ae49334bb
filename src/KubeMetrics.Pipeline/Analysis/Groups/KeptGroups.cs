using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis.Columns;
using KubeMetrics.Reports;
using KubeMetrics.Statistics;

namespace KubeMetrics.Pipeline.Analysis.Groups;

/// <summary>
/// The summaries of the groups of the last analysis with the same options, by what each group was made of (<see cref="GroupPlan"/>): one object,
/// a line a group, and a <see cref="Foot"/>. What is damaged or gone is computed anew.
/// </summary>
internal sealed class KeptGroups
{
    /// <summary>Of what may be kept summaries take at most this part, and charts another: the rest is for columns.</summary>
    internal const int Share = 8;

    private readonly ColumnPlace _place;
    private readonly string _key;
    private readonly ConcurrentDictionary<string, ReadOnlyMemory<byte>> _lines = new(StringComparer.Ordinal);

    private KeptGroups(ColumnPlace place, string key, ReadOnlyMemory<byte> content)
    {
        (_place, _key) = (place, key);
        var left = content[..Math.Max(0, Foot.Find(content.Span, Form).Length)];
        while (left.Span.IndexOf((byte)'\n') is var end and >= 0)
        {
            if (left.Span[..end].IndexOf((byte)' ') is var space and > 0) _lines[Encoding.ASCII.GetString(left.Span[..space])] = left[(space + 1)..end];
            left = left[(end + 1)..];
        }
    }

    private static ReadOnlySpan<byte> Form => "KMGRPS01"u8;

    /// <summary>Looks what there is; where that can't be told, it is as if there were nothing.</summary>
    internal static async Task<KeptGroups> OpenAsync(ColumnPlace place, AnalysisOptions options, CancellationToken cancellationToken)
    {
        var key = KeyOf(place, options, ".groups");
        byte[] content = [];
        await place.TryAsync(async () => content = (await place.Store.GetBytesAsync(key, int.MaxValue, cancellationToken))?.Content ?? []);
        return new KeptGroups(place, key, content);
    }

    /// <summary>The summary of a group that is made of the same; null where there is none.</summary>
    internal GroupSummary? Find(string? digest)
    {
        if (digest is null || !_lines.TryGetValue(digest, out var line)) return null;
        try
        {
            return SummaryJson.Read(line.Span);
        }
        catch (JsonException)
        {
            _lines.TryRemove(digest, out _);
            return null;
        }
    }

    /// <summary>Keeps those whose digests are known, and no others any more; none where they are more than there is room for.</summary>
    internal async Task KeepAsync(IReadOnlyList<GroupSummary> groups, IReadOnlyDictionary<string, string> digests, CancellationToken cancellationToken)
    {
        if (digests.Count == _lines.Count && digests.Values.All(_lines.ContainsKey)) return;
        using var bytes = new ByteWriter(Math.Max(1 << 12, _lines.Values.Sum(line => line.Length) / 8 * 9));
        foreach (var summary in groups)
        {
            if (!digests.TryGetValue(summary.Name, out var digest)) continue;
            bytes.Bytes(Encoding.ASCII.GetBytes(digest + " "));
            // What was kept is the same but for what is adjusted over all groups, which is done anew each time.
            if (_lines.TryGetValue(digest, out var line)) bytes.Bytes(line.Span);
            else using (var json = new Utf8JsonWriter(bytes)) SummaryJson.Write(json, summary);
            bytes.Byte((byte)'\n');
            if (bytes.Length > _place.Limit / Share) return;
        }

        if (bytes.Length == 0) return;
        Foot.Write(bytes, bytes.Length, Form);
        await _place.TryAsync(() => _place.Store.PutBytesAsync(_key, bytes.Written, ColumnPlace.Kept, cancellationToken));
    }

    /// <summary>Where something is kept that was made with some options.</summary>
    internal static string KeyOf(ColumnPlace place, AnalysisOptions options, string extension) => place.KeyOf(ColumnPlace.ReadingOf(options.Where), NameOf(options), extension);

    /// <summary>Names all that decides which groups there are but the inputs and the conditions: those with other names are others' groups.</summary>
    private static string NameOf(AnalysisOptions options)
    {
        using var bytes = new ByteWriter();
        bytes.Text(options.GroupBy);
        bytes.Text(options.Window?.ToString());
        bytes.Text(options.Unit?.ToString());
        bytes.Text(options.Raw.ToString());
        return Convert.ToHexStringLower(SHA256.HashData(bytes.Written.Span)[..10]);
    }
}
