using KubeMetrics.Prometheus;
using KubeMetrics.Prometheus.Writing;

namespace KubeMetrics.Cli.Commands;

/// <summary>Writes samples to a file for other programs; the file appears whole or not at all.</summary>
internal static class SampleExport
{
    private const string Parquet = ".parquet", Csv = ".csv";

    public static bool Knows(string file) => Ends(file, Parquet) || Ends(file, Csv);

    public static Task WriteAsync(string file, IReadOnlyList<Series> series, CancellationToken cancellationToken) => WholeFile.WriteAsync(file, async stream =>
    {
        if (Ends(file, Parquet)) await ParquetSeriesWriter.WriteAsync(stream, series, cancellationToken);
        else CsvWriter.Write(stream, series, cancellationToken);
        return true;
    });

    private static bool Ends(string file, string extension) => file.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
