using System.IO.Compression;
using KubeMetrics.Spark.Jobs;
using Parquet;
using Parquet.Schema;

namespace KubeMetrics.Pipeline.Orchestration.InProcess;

/// <summary>
/// Parquet with the schema that Spark gives the same records: texts, labels as a struct, samples as lists of lists of texts. As many records
/// are in memory as make a row group.
/// </summary>
internal sealed class ParquetRecords : RecordWriter
{
    // Of texts, in characters: what a row group takes of memory.
    private const int RowGroup = 16 << 20;

    private readonly Stream _output;
    private readonly List<Leaf> _leaves = [];
    private readonly ParquetSchema _schema;
    private readonly ParquetOptions _options;
    private readonly CancellationToken _cancellation;
    private ParquetWriter? _writer;
    private long _size;

    /// <param name="columns">The records' columns.</param>
    /// <param name="labels">The names of all labels that any record has: they make the struct.</param>
    /// <param name="compression">How pages are compressed; null: snappy, as Spark does it.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal ParquetRecords(IReadOnlyList<RecordColumn> columns, IReadOnlyCollection<string> labels, JobCompression? compression, Stream output, CancellationToken cancellationToken)
    {
        (_output, _cancellation) = (output, cancellationToken);
        _options = new ParquetOptions
        {
            CompressionMethod = compression switch
            {
                JobCompression.None => CompressionMethod.None,
                JobCompression.Gzip => CompressionMethod.Gzip,
                JobCompression.Zstd => CompressionMethod.Zstd,
                _ => CompressionMethod.Snappy,
            },
            CompressionLevel = CompressionLevel.Fastest,
        };
        var fields = new List<Field>();
        for (var i = 0; i < columns.Count; i++)
        {
            var column = i;
            switch (columns[i].Kind)
            {
                case ColumnKind.Labels:
                    var ofLabels = labels.Order(StringComparer.Ordinal).Select(label => new DataField<string>(label, nullable: true)).ToArray();
                    fields.Add(new StructField(columns[i].Name, ofLabels));
                    foreach (var field in ofLabels)
                    {
                        var name = field.Name;
                        _leaves.Add(new Leaf(field, (leaf, record) => leaf.Label((IReadOnlyList<KeyValuePair<string, string>>?)record[column], name)));
                    }

                    break;
                case ColumnKind.Samples:
                    var text = new DataField<string>("element", nullable: true);
                    fields.Add(new ListField(columns[i].Name, new ListField("element", text)));
                    _leaves.Add(new Leaf(text, (leaf, record) => leaf.Samples((List<List<string?>?>?)record[column])));
                    break;
                default:
                    var plain = new DataField<string>(columns[i].Name, nullable: true);
                    fields.Add(plain);
                    _leaves.Add(new Leaf(plain, (leaf, record) => leaf.Text(Text(record[column]))));
                    break;
            }
        }

        _schema = new ParquetSchema(fields);
    }

    internal override void Write(object?[] record)
    {
        foreach (var leaf in _leaves) _size += leaf.Add(leaf, record);
        // The records come from a thread that reads them; nothing else waits for it.
        if (_size >= RowGroup) FlushAsync().GetAwaiter().GetResult();
    }

    internal override async Task EndAsync()
    {
        await FlushAsync();
        await _writer!.DisposeAsync();
    }

    private async Task FlushAsync()
    {
        _writer ??= await ParquetWriter.CreateAsync(_schema, _output, _options, cancellationToken: _cancellation);
        if (_leaves[0].Definitions.Count == 0) return;
        using var group = _writer.CreateRowGroup();
        foreach (var leaf in _leaves)
        {
            await group.WriteAllPartsAsync<ReadOnlyMemory<char>>(leaf.Field, leaf.Values.ToArray(), leaf.Definitions.ToArray(), leaf.Field.MaxRepetitionLevel > 0 ? leaf.Repetitions.ToArray() : null, _cancellation);
            leaf.Clear();
        }

        group.CompleteValidate();
        _size = 0;
    }

    /// <summary>One column of texts, with the levels that Dremel's encoding has (Melnik et al. 2010): how deep a value is defined, and which list it goes on.</summary>
    private sealed class Leaf(DataField of, Func<Leaf, object?[], int> add)
    {
        internal DataField Field => of;

        internal Func<Leaf, object?[], int> Add => add;

        internal List<ReadOnlyMemory<char>> Values { get; } = [];

        internal List<int> Definitions { get; } = [];

        internal List<int> Repetitions { get; } = [];

        internal void Clear()
        {
            Values.Clear();
            Definitions.Clear();
            Repetitions.Clear();
        }

        internal int Text(string? value) => Put(value, 0, defined: 1, repeats: 0);

        internal int Label(IReadOnlyList<KeyValuePair<string, string>>? labels, string name)
        {
            if (labels is null) return Put(null, 0, 2, 0);
            foreach (var (label, value) in labels)
                if (label == name)
                    return Put(value, 1, 2, 0);
            return Put(null, 1, 2, 0);
        }

        /// <summary>Levels: 1 the list is there, 2 it has an element, 3 that is a list, 4 that has an element, 5 that is a text.</summary>
        internal int Samples(List<List<string?>?>? samples)
        {
            if (samples is null or []) return Put(null, samples is null ? 0 : 1, 5, 0);
            var size = 0;
            for (var i = 0; i < samples.Count; i++)
            {
                var repeats = i == 0 ? 0 : 1;
                if (samples[i] is not { Count: > 0 } sample) size += Put(null, samples[i] is null ? 2 : 3, 5, repeats);
                else for (var j = 0; j < sample.Count; j++) size += Put(sample[j], 4, 5, j == 0 ? repeats : 2);
            }

            return size;
        }

        private int Put(string? value, int undefined, int defined, int repeats)
        {
            if (value is not null) Values.Add(value.AsMemory());
            Definitions.Add(value is null ? undefined : defined);
            Repetitions.Add(repeats);
            return (value?.Length ?? 0) + 16;
        }
    }
}
