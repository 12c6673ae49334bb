using System.Text.Json;
using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>
/// What is known of the objects that were copied between two places: JSON lines in order of their keys, in segments, a folder
/// of them for each ingest. The newest that tells of a key counts; read side by side with the listings, in memory of a
/// segment each. Nothing in it has to be there: what is missing is copied again.
/// </summary>
internal sealed class Manifest(IObjectStore state, string folder)
{
    private const string Extension = ".jsonl";
    private const int Largest = 64 << 20, Generations = 4;

    private readonly string _objects = $"{folder}/objects/", _doomed = $"{folder}/doomed/";
    private List<Generation>? _generations;

    /// <summary>What is known of a key, and by which ingest; keys are asked for in order.</summary>
    internal async Task<(Copied Line, string Work)?> FindAsync(string key, CancellationToken cancellationToken)
    {
        foreach (var generation in _generations ??= await OpenAsync(cancellationToken))
            if (await generation.FindAsync(key, cancellationToken) is { ETag: not null } line)
                return (line, generation.Work);
        return null;
    }

    internal Task PutAsync(string work, int segment, IEnumerable<Copied> lines, CancellationToken cancellationToken) =>
        state.PutBytesAsync($"{_objects}{work}/{segment:D8}{Extension}", JsonLines.Of(lines.Select(line => new ManifestLine(Copied: line))), JsonLines.Kind, cancellationToken);

    /// <summary>Deletes what earlier ingests told: this one told of everything.</summary>
    internal Task ForgetOthersAsync(string work, CancellationToken cancellationToken) =>
        state.DeleteAllAsync(_objects, entry => !entry.Key.StartsWith($"{_objects}{work}/", StringComparison.Ordinal), cancellationToken);

    /// <summary>Keeps keys that are to be deleted.</summary>
    internal Task PutDoomedAsync(string work, int segment, IEnumerable<ObjectEntry> entries, CancellationToken cancellationToken) =>
        state.PutBytesAsync($"{_doomed}{work}/{segment:D8}{Extension}",
            JsonLines.Of(entries.Select(entry => new ManifestLine(Copied: new Copied(entry.Key, entry.Size, "", entry.ETag, Fate.Gone)))), JsonLines.Kind, cancellationToken);

    internal async Task<IReadOnlyList<Copied>> DoomedAsync(string work, int segment, CancellationToken cancellationToken) =>
        await ReadAsync($"{_doomed}{work}/{segment:D8}{Extension}", cancellationToken);

    internal Task ForgetDoomedAsync(CancellationToken cancellationToken) => state.DeleteAllAsync(_doomed, _ => true, cancellationToken);

    private async Task<IReadOnlyList<Copied>> ReadAsync(string key, CancellationToken cancellationToken) =>
        await state.GetBytesAsync(key, Largest, cancellationToken) is { } found ? [.. JsonLines.Read(found.Content).Select(line => line.Copied).OfType<Copied>()] : [];

    private async Task<List<Generation>> OpenAsync(CancellationToken cancellationToken)
    {
        var segments = new List<string>();
        await foreach (var entry in state.ListAsync(_objects, cancellationToken)) segments.Add(entry.Key);
        return [.. segments.GroupBy(key => key[_objects.Length..].Split('/')[0]).OrderByDescending(group => group.Key, StringComparer.Ordinal).Take(Generations)
            .Select(group => new Generation(group.Key, new Queue<string>(group.Order(StringComparer.Ordinal)), ReadAsync))];
    }

    private sealed class Generation(string work, Queue<string> segments, Func<string, CancellationToken, Task<IReadOnlyList<Copied>>> read)
    {
        private IReadOnlyList<Copied> _lines = [];
        private int _at;

        internal string Work => work;

        internal async Task<Copied?> FindAsync(string key, CancellationToken cancellationToken)
        {
            while (true)
            {
                for (; _at < _lines.Count; _at++)
                    if (ObjectKey.Compare(_lines[_at].Key, key) is var order and >= 0)
                        return order == 0 ? _lines[_at] : null;
                if (!segments.TryDequeue(out var segment)) return null;
                (_lines, _at) = (await read(segment, cancellationToken), 0);
            }
        }
    }
}

/// <summary>JSON lines, where a damaged one takes none of its neighbours with it.</summary>
internal static class JsonLines
{
    internal static PutOptions Kind { get; } = new() { ContentType = "application/x-ndjson" };

    internal static byte[] Of(IEnumerable<ManifestLine> lines)
    {
        using var text = new MemoryStream();
        using var writer = new Utf8JsonWriter(text);
        foreach (var line in lines)
        {
            JsonSerializer.Serialize(writer, line, ManifestJson.Default.ManifestLine);
            writer.Flush();
            writer.Reset();
            text.WriteByte((byte)'\n');
        }

        return text.ToArray();
    }

    internal static IEnumerable<ManifestLine> Read(ReadOnlyMemory<byte> text)
    {
        while (!text.IsEmpty)
        {
            var end = text.Span.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (Parse(line.Span) is { } one) yield return one;
        }
    }

    private static ManifestLine? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return line.IsEmpty ? null : JsonSerializer.Deserialize(line, ManifestJson.Default.ManifestLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
