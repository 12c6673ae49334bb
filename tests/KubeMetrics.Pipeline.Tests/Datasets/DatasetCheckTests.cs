using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Tests.Analysis;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Tests.Datasets;

/// <summary>Whether a dataset can be analysed, tried and said in sentences.</summary>
public sealed class DatasetCheckTests : IDisposable
{
    private readonly AnalysisFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<IReadOnlyList<Checked>> CheckAsync(Dataset dataset, AnalysisLimits? limits = null)
    {
        var process = new AnalysisProcess(_folder, new ManualTime(), limits: limits, dataset: dataset);
        var look = new DatasetLook(new DatasetCatalog([dataset]), process.Places);
        return await new DatasetCheck(process.Places, look, process.Limits).CheckAsync(dataset, TestContext.Current.CancellationToken);
    }

    private static string Wrong(IReadOnlyList<Checked> found) => Assert.Single(found, one => one.Ok == false).Sentence;

    [Fact]
    public async Task A_dataset_that_can_be_analysed_has_nothing_wrong_and_nothing_is_left_behind()
    {
        await _folder.AddDumpAsync(1);

        var found = await CheckAsync(_folder.Dataset);

        Assert.All(found, one => Assert.True(one.Ok, one.Sentence));
        Assert.Contains(found, one => one.Sentence.StartsWith($"1 dump in file://{_folder.Root}/dumps", StringComparison.Ordinal));
        Assert.Contains(found, one => one.Sentence == "2 series; 'op' makes 2 groups.");
        Assert.Empty(Directory.EnumerateFiles(_folder.Below("reports").Bucket));
    }

    [Fact]
    public async Task A_location_without_dumps_is_told() => Assert.StartsWith($"There are no dumps in file://{_folder.Root}/dumps", Wrong(await CheckAsync(_folder.Dataset)));

    [Fact]
    public async Task A_location_that_is_not_there_is_told() =>
        Assert.Contains($"{_folder.Root}/nowhere' does not exist", Wrong(await CheckAsync(_folder.Dataset with { Location = _folder.Below("nowhere") })));

    [Fact]
    public async Task A_label_that_no_series_has_is_told_with_those_there_are()
    {
        await _folder.AddDumpAsync(1);

        Assert.Equal("No series has the label 'operation' (GroupBy). There are: __name__, op.", Wrong(await CheckAsync(_folder.Dataset with { GroupBy = "operation" })));
    }

    [Fact]
    public async Task A_matcher_that_no_series_matches_is_told_with_the_values_there_are()
    {
        await _folder.AddDumpAsync(1);

        Assert.Equal("No series matches op=raed (Where). 'op' has: read, write.", Wrong(await CheckAsync(_folder.Dataset with { Where = [LabelMatcher.Parse("op=raed")] })));
    }

    [Fact]
    public async Task Only_the_series_that_Where_leaves_are_counted_and_one_group_is_one()
    {
        await _folder.AddDumpAsync(1);

        Assert.Contains(await CheckAsync(_folder.Dataset with { Where = [LabelMatcher.Parse("op=read")] }), one => one.Sentence == "1 of 2 series match Where; 'op' makes 1 group.");
    }

    [Fact]
    public async Task Matchers_that_no_series_meets_together_are_told()
    {
        await _folder.AddDumpAsync(1);

        Assert.Equal("No series matches all of Where together (op=read; op!=read), though each has some; leave one out.",
            Wrong(await CheckAsync(_folder.Dataset with { Where = [LabelMatcher.Parse("op=read"), LabelMatcher.Parse("op!=read")] })));
    }

    [Fact]
    public async Task Too_much_memory_is_told_with_what_to_do()
    {
        await _folder.AddDumpAsync(1);

        var told = Wrong(await CheckAsync(_folder.Dataset, new AnalysisLimits { Memory = 1 << 20 }));

        Assert.Contains("may take 1 MiB", told);
        Assert.Contains("Analysis:Memory", told);
    }

    [Fact]
    public async Task A_bucket_for_reports_that_refuses_is_told_with_its_own_remedy()
    {
        await _folder.AddDumpAsync(1);

        var told = Wrong(await CheckAsync(_folder.Dataset with { Reports = StoreUri.Parse("s3://reports-b/p2") }));

        Assert.StartsWith($"Datasets:{_folder.Dataset.Name}:Reports: nothing can be written to s3://reports-b/p2, so the dataset can't be analysed. Nothing says how the bucket 'reports-b' is reached: set Storage:Buckets:reports-b:Endpoint", told);
    }

    [Fact]
    public async Task A_place_for_reports_that_cannot_be_made_is_told()
    {
        await _folder.AddDumpAsync(1);
        await File.WriteAllTextAsync(Path.Combine(_folder.Root, "file"), "", TestContext.Current.CancellationToken);

        var told = Wrong(await CheckAsync(_folder.Dataset with { Reports = _folder.Below("file/reports") }));

        Assert.Contains($"nothing can be written to file://{_folder.Root}/file/reports", told);
        Assert.EndsWith("so the dataset can't be analysed. Make it writable for this user, or name another place.", told);
        Assert.StartsWith($"Datasets:{_folder.Dataset.Name}:Reports", told);
    }
}
