using CsCheck;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis.Columns;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Tests.Analysis.Columns;

/// <summary>Packs give back what went in, or nothing; CsCheck prints the seed of what fails.</summary>
public sealed class PackTests
{
    private static readonly Gen<string> Text = Gen.OneOf(Gen.String[Gen.Char['a', 'e'], 1, 3], OneOf("ü", "日本", "😀", "\"", "\\", "\n", "\u2028", "\0"));

    private static readonly Gen<Series> AnySeries = Gen.Select(
        Gen.Select(Text, Text, (name, value) => KeyValuePair.Create(name, value)).Array[0, 4],
        Gen.Select(Gen.Long[0, 1L << 41], Gen.Double[-1e6, 1e6]).Array[0, 20],
        Gen.Long[0, 1L << 40].Array[6]).Select((labels, samples, dropped) =>
        {
            var columns = new SampleColumns();
            foreach (var (time, value) in samples) columns.Add(time, value);
            return new Series(Labels.Create(labels), columns, new DropCounts
            {
                NaN = dropped[0],
                Infinite = dropped[1],
                Malformed = dropped[2],
                Duplicate = dropped[3],
                Conflicting = dropped[4],
                OutsideWindow = dropped[5],
            });
        });

    private static readonly Gen<(string Name, FileReport Report, Series[] Series)> AnyInput = Gen.Select(Text, Gen.Long[0, 1L << 40].Array[6], Gen.Int[0, 12], AnySeries.Array[0, 5], (name, numbers, problems, series) =>
        (name, new FileReport
        {
            Name = name,
            Bytes = numbers[0],
            SeriesKept = numbers[1],
            SeriesLeftOut = numbers[2],
            Samples = numbers[3],
            Dropped = new DropCounts { NaN = numbers[4], Malformed = 1 },
            FirstMalformed = problems % 2 == 0 ? null : numbers[5],
            Problems = [.. Enumerable.Range(0, Math.Min(10, problems)).Select(i => new ReadProblem((ProblemKind)i, name, i % 3 == 0 ? null : i, $"{name} is “odd”, {i}."))],
            ProblemCount = problems,
        }, series));

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_pack_gives_back_every_input_with_its_report_and_its_series() => AnyInput.Array[1, 5].Sample(inputs =>
    {
        var content = Write(inputs);
        var index = Pack.ReadIndex(content)!;
        var labels = Pack.LabelsOf(index);

        Assert.Equal(inputs.Length, index.Inputs.Count);
        foreach (var (input, read) in inputs.Zip(index.Inputs))
        {
            Assert.Equal((input.Name, "etag of " + input.Name), (read.Name, read.ETag));
            Assert.Equivalent(input.Report, read.Report, strict: true);
            AssertSame(input.Series, [.. Pack.HeadsOf(read, labels, content.Length).Select(head => Pack.Read(head, content.AsSpan((int)head.Offset, head.Length)))]);
        }
    });

    [Fact]
    public void The_same_content_has_the_same_name_and_another_has_another()
    {
        var inputs = AnyInput.Array[2].Single();
        Assert.Equal(Name(inputs), Name(inputs));
        Assert.NotEqual(Name(inputs), Name(inputs[..1]));

        static string Name((string, FileReport, Series[])[] inputs)
        {
            using var writer = Writer(inputs);
            return writer.Finish().Name;
        }
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x80)]
    [InlineData(0xFF)]
    public async Task A_byte_that_changed_anywhere_makes_a_miss_and_never_another_result(byte change)
    {
        var (inputs, content) = Small();
        var missed = 0;
        for (var at = 0; at < content.Length; at++)
        {
            var damaged = content.ToArray();
            damaged[at] ^= change;

            var read = await ReadAsync(damaged);

            foreach (var (name, series) in read) AssertSame(inputs[name], series);
            Assert.True(read.Count < inputs.Count, $"Nobody noticed a change at byte {at} of {content.Length}.");
            if (read.Count == 1) missed++;
        }

        Assert.True(missed > 20, "What is damaged of one input is no reason to read the other anew.");
    }

    [Fact]
    public async Task A_pack_that_is_cut_off_anywhere_is_as_if_there_were_none()
    {
        var (_, content) = Small();
        for (var length = 0; length < content.Length; length++) Assert.Empty(await ReadAsync(content[..length]));
    }

    [Fact]
    public async Task An_index_that_is_longer_than_what_is_read_at_first_is_read_whole()
    {
        // 4,000 inputs of nothing: some 150 bytes of index each, and 256 KiB are fetched first.
        var inputs = Enumerable.Range(0, 4000).Select(i => (Name: $"dump-{i:0000}.json", new FileReport { Name = $"dump-{i:0000}.json", Bytes = i, Samples = 1 }, Array.Empty<Series>())).ToArray();

        Assert.Equal(inputs.Select(input => input.Name), (await ReadAsync(Write(inputs))).Keys.Order(StringComparer.Ordinal));
    }

    private static (Dictionary<string, Series[]> Inputs, byte[] Content) Small()
    {
        Series Of(string host, int start) => new(Labels.Create(("__name__", "up"), ("host", host)), Samples(start), new DropCounts { NaN = 2 });
        (string Name, FileReport, Series[] Series)[] inputs =
        [
            ("a.json", new FileReport { Name = "a.json", Samples = 30 }, [Of("x", 1), Of("y", 5)]),
            ("b.json", new FileReport { Name = "b.json", Samples = 15 }, [Of("x", 9)]),
        ];
        return (inputs.ToDictionary(input => input.Name, input => input.Series), Write(inputs));

        static SampleColumns Samples(int start)
        {
            var samples = new SampleColumns();
            for (var i = start; i < start + 15; i++) samples.Add(60_000 * i, i % 4 / 10.0);
            return samples;
        }
    }

    /// <summary>What a store's reader finds of a pack, by the inputs' names.</summary>
    private static async Task<Dictionary<string, Series[]>> ReadAsync(byte[] content)
    {
        using var bucket = new TemporaryBucket();
        await bucket.Store.PutBytesAsync("a.pack", content, cancellationToken: Cancellation);
        var read = new Dictionary<string, Series[]>(StringComparer.Ordinal);
        var file = await PackFile.OpenAsync(bucket.Store, (await bucket.Store.HeadAsync("a.pack", Cancellation))!, Cancellation);
        if (file!.Index is { Inputs.Count: > 0 } index) await file.ReadAsync(bucket.Store, index.Inputs, null, (input, series) => read.Add(input.Name, series), Cancellation);
        else Assert.True(file.IsDamaged);
        return read;
    }

    private static byte[] Write((string Name, FileReport Report, Series[] Series)[] inputs)
    {
        using var writer = Writer(inputs);
        return writer.Finish().Content.ToArray();
    }

    private static PackWriter Writer((string Name, FileReport Report, Series[] Series)[] inputs)
    {
        var writer = new PackWriter();
        foreach (var (name, report, series) in inputs)
        {
            using var packed = new PackedSeries(series);
            writer.Add(name, "etag of " + name, report, packed);
        }

        return writer;
    }

    private static void AssertSame(Series[] expected, Series[] actual)
    {
        Assert.Equal(expected.Select(series => (series.Labels, series.Dropped)), actual.Select(series => (series.Labels, series.Dropped)));
        foreach (var (one, other) in expected.Zip(actual))
        {
            Assert.Equal(one.Samples.Times, other.Samples.Times);
            Assert.Equal(one.Samples.Values, other.Samples.Values);
        }
    }
}
