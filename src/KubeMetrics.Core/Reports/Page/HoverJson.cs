using System.Text.Json;
using KubeMetrics.Charts;

namespace KubeMetrics.Reports.Page;

/// <summary>What the script shows on hovering over a figure: its areas as [left, top, width, height, by row, positions, texts].</summary>
internal static class HoverJson
{
    /// <summary>The default encoder escapes &lt;, so that a block of these can't be left from within. Empty where there is nothing to show.</summary>
    public static ReadOnlyMemory<byte> Of(Figure figure)
    {
        if (figure.Hover.Count == 0) return default;
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (var area in figure.Hover) Write(json, area);
            json.WriteEndArray();
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, HoverArea area)
    {
        json.WriteStartArray();
        foreach (var side in (ReadOnlySpan<double>)[area.Area.Left, area.Area.Top, area.Area.Width, area.Area.Height]) json.WriteNumberValue(Math.Round(side, 1));
        json.WriteBooleanValue(area.ByRow);
        json.WriteStartArray();
        foreach (var point in area.Points) json.WriteNumberValue(Math.Round(point.At, 1));
        json.WriteEndArray();
        json.WriteStartArray();
        foreach (var point in area.Points) json.WriteStringValue(SafeText.Line(point.Text));
        json.WriteEndArray();
        json.WriteEndArray();
    }
}
