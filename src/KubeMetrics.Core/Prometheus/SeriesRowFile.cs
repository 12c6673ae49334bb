using KubeMetrics.Prometheus.Reading;

namespace KubeMetrics.Prometheus;

/// <summary>
/// Reads files of series row by row, in all the forms that <see cref="SeriesFile"/> reads, without dropping or parsing a
/// sample: for SQL, which asks what stands in the file.
/// </summary>
public static class SeriesRowFile
{
    /// <summary>Reads a file to its end.</summary>
    /// <param name="stream">Its text, decompressed; what its reads throw becomes a problem as in <see cref="SeriesFile.Read"/>.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="sink">Takes the rows. One row is in memory whole; one of more than 4 million samples is a problem.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <param name="partial">
    /// Whether what there is of a series that breaks off is handed over too, and of a sample that is no flat pair something that is none either, as
    /// <see cref="SeriesFile"/> has them: for rows that are to hold what it reads. Else there is no row of such a series, as Spark has it.
    /// </param>
    /// <returns>How many rows and samples, and what is wrong with the file; nothing is thrown for bad input.</returns>
    public static FileReport Read(Stream stream, string name, SeriesRowSink sink, CancellationToken cancellation = default, bool partial = false)
    {
        using var input = new JsonInput(stream, cancellation);
        return new SeriesRowReader(input, name, sink, partial).Read();
    }
}
