using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Tests.Analysis;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Tests.Datasets;

/// <summary>How far one looks into dumps, and that it is said.</summary>
public sealed class DatasetLookTests : IDisposable
{
    private readonly AnalysisFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A dump of some megabytes, whose last line alone has a label 'last'.</summary>
    private async Task AddLargeDumpAsync()
    {
        var line = $$$"""{"metric":{"__name__":"op_seconds","op":"a"},"values":[{{{string.Join(',', Enumerable.Range(0, 1000).Select(i => $"[{1517443200 + i},\"1\"]"))}}}]}""";
        var last = """{"metric":{"__name__":"op_seconds","op":"b","last":"yes"},"values":[[1517443200,"1"]]}""";
        await File.WriteAllLinesAsync(Path.Combine(_folder.Dataset.Location.Bucket, "large.json"), [.. Enumerable.Repeat(line, 200), last], Cancellation);
    }

    private DatasetLook Look(long? mostBytes = null, AnalysisPlaces? places = null)
    {
        places ??= new AnalysisProcess(_folder, new ManualTime()).Places;
        var datasets = new DatasetCatalog([_folder.Dataset]);
        return mostBytes is { } most ? new DatasetLook(datasets, places) { MostBytes = most } : new DatasetLook(datasets, places);
    }

    [Theory]
    [InlineData(1 << 20, true)]
    [InlineData(1 << 28, false)]
    public async Task Of_a_dump_that_is_too_large_the_beginning_is_looked_into_and_that_is_said(long mostBytes, bool partly)
    {
        await AddLargeDumpAsync();
        var look = Look(mostBytes);
        var expected = new LookedInto(1, 1, partly);

        var labels = await look.LabelsAsync(AnalysisFolder.Name, Cancellation);
        Assert.Equal((expected, partly ? 1 : 2), (labels.Inputs, labels.Series));
        var schema = await look.SchemaAsync(AnalysisFolder.Name, Cancellation);
        Assert.Equal((expected, !partly), (schema.Inputs, schema.Schema.ToString().Contains("\"last\"", StringComparison.Ordinal)));
        var preview = await look.PreviewAsync(AnalysisFolder.Name, [LabelMatcher.Parse("last=yes")], 10, Cancellation);
        Assert.Equal((expected, partly ? 0 : 1), (preview.Inputs, preview.Rows.Count));
        Assert.Empty(labels.Problems.Concat(schema.Problems).Concat(preview.Problems));
    }

    [Fact]
    public async Task A_dump_that_can_not_be_opened_does_not_count_as_read()
    {
        await _folder.AddDumpAsync(1);
        await _folder.AddDumpAsync(2);
        var stores = new StoreAccess(TimeProvider.System) { Through = store => new UnreadableStore(store, key => key == "2018-02-02.json", int.MaxValue) };
        var look = Look(places: new AnalysisPlaces(stores, stores.At(_folder.Below("state"), PlaceUse.State)));
        var expected = new LookedInto(1, 2, false);

        Assert.Equal(expected, (await look.LabelsAsync(AnalysisFolder.Name, Cancellation)).Inputs);
        Assert.Equal(expected, (await look.SchemaAsync(AnalysisFolder.Name, Cancellation)).Inputs);
        Assert.Equal(expected, (await look.PreviewAsync(AnalysisFolder.Name, [], 1000, Cancellation)).Inputs);
    }
}
