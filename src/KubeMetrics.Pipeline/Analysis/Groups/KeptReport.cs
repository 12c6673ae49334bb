using KubeMetrics.Pipeline.Analysis.Columns;
using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Analysis.Groups;

/// <summary>A group's charts, by what they are drawn of.</summary>
/// <param name="Key">Names that.</param>
/// <param name="Charts">What the page holds of them.</param>
internal sealed record KeptGroupCharts(string Key, GroupCharts Charts);

/// <summary>
/// The charts of a report, as they are kept: texts and drawings one behind the other. The drawings are megabytes, and are read as views of the
/// memory that they came in.
/// </summary>
/// <param name="RunId">Which report.</param>
/// <param name="Files">Its files' versions, by their names.</param>
/// <param name="Groups">The groups' charts.</param>
internal sealed record KeptReport(string RunId, IReadOnlyDictionary<string, string> Files, IReadOnlyList<KeptGroupCharts> Groups)
{
    /// <summary>No report.</summary>
    internal static readonly KeptReport None = new("", new Dictionary<string, string>(), []);

    private static ReadOnlySpan<byte> Form => "KMCHRT02"u8;

    /// <summary>About how many bytes there will be, rather more.</summary>
    internal int Length
    {
        get
        {
            const int Text = 256;
            return Text * (1 + Files.Count) + Groups.Sum(group => Text + group.Charts.All.Sum(chart => chart is null ? 1 : Text + 2 * chart.Title.Length + chart.Svg.Length + chart.Hover.Length));
        }
    }

    /// <summary>Writes it, and a <see cref="Foot"/>.</summary>
    internal void Write(ByteWriter to)
    {
        to.Text(RunId);
        to.Unsigned((ulong)Files.Count);
        foreach (var (name, etag) in Files)
        {
            to.Text(name);
            to.Text(etag);
        }

        to.Unsigned((ulong)Groups.Count);
        foreach (var group in Groups)
        {
            to.Text(group.Key);
            foreach (var chart in group.Charts.All) Write(to, chart);
        }

        Foot.Write(to, to.Length, Form);
    }

    /// <summary>Reads it; null where it is damaged or of another form.</summary>
    internal static KeptReport? Read(ReadOnlyMemory<byte> content)
    {
        var text = Foot.Find(content.Span, Form);
        if (text.IsEmpty) return null;
        try
        {
            var from = new ByteReader(text);
            var runId = from.Text() ?? throw ByteReader.Damaged();
            var files = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var left = from.Count(); left > 0; left--) files[Required(from.Text())] = Required(from.Text());
            var groups = new List<KeptGroupCharts>();
            for (var left = from.Count(); left > 0; left--)
            {
                var key = Required(from.Text());
                var charts = new DrawnChart?[GroupCharts.Most];
                foreach (ref var chart in charts.AsSpan()) chart = Chart(ref from, content[..text.Length]);
                groups.Add(new KeptGroupCharts(key, GroupCharts.Of(charts) ?? throw ByteReader.Damaged()));
            }

            return new KeptReport(runId, files, groups);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static void Write(ByteWriter to, DrawnChart? chart)
    {
        to.Text(chart?.Id);
        if (chart is null) return;
        to.Text(chart.Title);
        to.Byte(chart.Wide ? (byte)1 : (byte)0);
        foreach (var bytes in (ReadOnlySpan<ReadOnlyMemory<byte>>)[chart.Svg, chart.Hover])
        {
            to.Unsigned((ulong)bytes.Length);
            to.Bytes(bytes.Span);
        }
    }

    private static DrawnChart? Chart(ref ByteReader from, ReadOnlyMemory<byte> content)
    {
        if (from.Text() is not { } id) return null;
        var (title, wide) = (Required(from.Text()), from.Byte() != 0);
        return new DrawnChart(id, title, wide, Taken(ref from), Taken(ref from));

        ReadOnlyMemory<byte> Taken(ref ByteReader from)
        {
            var length = from.Count();
            var start = content.Length - from.Left;
            from.Take(length);
            return content.Slice(start, length);
        }
    }

    private static string Required(string? text) => text ?? throw ByteReader.Damaged();
}
