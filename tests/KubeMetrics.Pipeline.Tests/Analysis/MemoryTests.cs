using System.IO.Compression;
using System.Text;
using ICSharpCode.SharpZipLib.BZip2;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Demo;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Tests.Analysis;

/// <summary>An analysis that would need too much memory is refused before it starts, and no other.</summary>
public sealed class MemoryTests : IDisposable
{
    private readonly AnalysisFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task The_bound_from_sizes_alone_is_never_below_what_is_there(int compressedDays)
    {
        var options = new DemoOptions { Days = 2, CompressedDays = compressedDays };
        var store = FolderStore.Create(_folder.Below("demo").Bucket, flushToDisk: false);
        await DemoDataset.WriteAsync(store, options, cancellationToken: Cancellation);
        var inputs = await StoreInputs.ListAsync(store, "", Cancellation);

        var samples = await MemoryEstimate.CountAsync(inputs, new ReadOptions(), 2, null, Cancellation);

        // By the generator: a sample a minute for 2 days, 4 hosts × 11 operations × 3 quantiles, less the idle ones (NaN).
        Assert.InRange(samples, 2 * 1440 * 4 * 11 * 3 / 2, 2 * 1440 * 4 * 11 * 3);
        Assert.True(MemoryEstimate.Bound(inputs) >= MemoryEstimate.Of(samples), $"{MemoryEstimate.Bound(inputs)} for {samples} samples");
    }

    [Theory]
    [InlineData(".gz", 24)]
    [InlineData(".gz", 96)]
    [InlineData(".gz", 1440)]
    [InlineData(".bz2", 96)]
    public void Nor_where_many_series_are_constant_and_so_compress_best(string extension, int samplesPerSeries)
    {
        // A dump of `up`, as query_range gives it: the same times and values for each host.
        var values = string.Join(',', Enumerable.Range(0, samplesPerSeries).Select(i => $"[{1517443200 + 60 * i},\"1\"]"));
        var series = 900_000 / values.Length; // a block of bzip2
        var text = string.Join('\n', Enumerable.Range(0, series).Select(host => $$"""{"metric":{"host":"h{{host}}"},"values":[{{values}}]}"""));
        var stored = new MemoryStream();
        using (Stream packed = extension == ".gz" ? new GZipStream(stored, CompressionLevel.SmallestSize, leaveOpen: true) : new BZip2OutputStream(stored) { IsStreamOwner = false })
            packed.Write(Encoding.UTF8.GetBytes(text));

        var bound = MemoryEstimate.Bound([new InputObject($"up.json{extension}", stored.Length, "etag", _ => throw new NotSupportedException())]);

        var need = MemoryEstimate.Of((long)series * samplesPerSeries);
        Assert.True(bound >= need, $"{bound} for {need}: {text.Length / stored.Length} times compressed");
    }

    [Fact]
    public async Task Too_much_is_refused_with_what_it_needs_what_it_may_take_and_the_remedy()
    {
        await _folder.AddDumpAsync(1);
        var process = new AnalysisProcess(_folder, new ManualTime(), limits: new AnalysisLimits { Memory = 1 << 20 });

        var run = await process.AnalyseAsync();

        Assert.Equal(WorkState.Failed, run.State);
        Assert.Contains("40 samples", run.Problem!.Detail); // AddDumpAsync: two operations of 20
        Assert.Contains("1 MiB", run.Problem.Detail);
        Assert.Contains("Analysis:Memory", run.Problem.Remedy);
        Assert.Equal(0, process.Kind.Computed);
        Assert.Null(await process.LatestAsync());
    }

    [Fact]
    public async Task What_only_might_have_been_too_much_is_counted_and_done()
    {
        await _folder.AddDumpAsync(1);
        var inputs = await new AnalysisProcess(_folder, new ManualTime()).Places.InputsAsync(_folder.Dataset, Cancellation);
        var between = (MemoryEstimate.Bound(inputs) + MemoryEstimate.Of(AnalysisFolder.SamplesPerGroup * 2)) / 2;
        Assert.InRange(between, MemoryEstimate.Of(AnalysisFolder.SamplesPerGroup * 2), MemoryEstimate.Bound(inputs) - 1);
        var process = new AnalysisProcess(_folder, new ManualTime(), limits: new AnalysisLimits { Memory = between });

        Assert.Equal(WorkState.Succeeded, (await process.AnalyseAsync()).State);
    }
}
