using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Tests.Stores;

namespace KubeMetrics.Pipeline.Tests.Ingest;

public sealed class IngestServiceTests
{
    private readonly MeddledStore _source = new(new MemoryStore()), _destination = new(new MemoryStore());
    private readonly IngestProcess _process;

    public IngestServiceTests() => _process = new IngestProcess(_source, _destination, new MemoryStore());

    [Theory]
    [InlineData("s3://elsewhere/x", IngestProcess.To, "in a bucket that no setting names", "Storage:Buckets:elsewhere:Endpoint")]
    [InlineData(IngestProcess.From, "s3://elsewhere/x", "in a bucket that no setting names", "Storage:Buckets:elsewhere:Endpoint")]
    [InlineData("s3://source/../x", IngestProcess.To, "holds '..' between slashes", "")]
    [InlineData(IngestProcess.From, "s3://source/in/", "It is the source", "")]
    [InlineData(IngestProcess.From, "s3://source/in/below", "lies in the source", "")]
    [InlineData("s3://destination/out/below", "s3://destination/out", "lies in it", "")]
    [InlineData(IngestProcess.From, "s3://state/state/x", "lies in the state", "")]
    [InlineData("s3://state/state", IngestProcess.To, "lies in the state", "")]
    [InlineData("s3://state/state/runs", IngestProcess.To, "lies in the state", "")]
    [InlineData(IngestProcess.From, "s3://state/reports", "lies in the reports of kube", "")]
    [InlineData("/etc", IngestProcess.To, "a folder that no dataset names", "")]
    [InlineData(IngestProcess.From, "/tmp/x", "a folder that no dataset names", "")]
    [InlineData("https://example.com/x", IngestProcess.To, "is no store known here", "")]
    [InlineData("s3://key:secret@bucket/x", IngestProcess.To, "must not hold credentials", "")]
    [InlineData(null, IngestProcess.To, "'source': It is missing", "")]
    public async Task Places_that_can_t_be_used_are_refused_before_anybody_is_spoken_to(string? source, string destination, string why, string remedy)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => _process.AskAsync(request => request with { Source = source, Destination = destination }));

        Assert.Equal(Refusal.Invalid, refused.Reason);
        Assert.Contains(why, refused.Message);
        Assert.Contains(remedy, refused.Remedy);
        Assert.Empty(_source.Reads);
        Assert.Empty(await _process.Work.Works.ListAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("s3://state", "reports/kube/index.html", true)] // swept along
    [InlineData("s3://state", "state/works/1.json", true)]
    [InlineData("s3://state", "reports-old/index.html", false)]
    [InlineData("s3://state/reports", "kube/index.html", false)] // wanted
    [InlineData("s3://state/reports/kube", "index.html", false)]
    public void Reports_and_state_below_the_source_are_left_out_and_reports_that_are_the_source_are_not(string source, string key, bool isOwn) =>
        Assert.Equal(isOwn, _process.Places.Own(new IngestInput(source, "s3://destination/backup", [], [], null, false, false))(key));

    [Theory]
    [InlineData("", "a pattern")]
    [InlineData("lots", "no amount of bytes")]
    public async Task Patterns_and_amounts_that_are_none_are_refused(string text, string why) =>
        Assert.Contains(why, (await Assert.ThrowsAsync<RefusedException>(() => _process.AskAsync(request => text.Length == 0 ? request with { Include = [text] } : request with { MaxBytes = text }))).Message, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public async Task A_dataset_means_its_source_and_its_location()
    {
        var asked = (await _process.AskAsync(_ => new IngestRequest { Dataset = "KUBE" })).IngestInput();

        Assert.Equal((IngestProcess.From, IngestProcess.To), (asked.Source, asked.Destination));
    }

    [Fact]
    public async Task The_same_asked_for_again_while_it_is_under_way_is_the_same_ingest_and_anything_else_between_the_two_waits()
    {
        var asked = await _process.AskAsync();

        Assert.Equal(asked.Id, (await _process.AskAsync()).Id);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => _process.AskAsync(request => request with { Mirror = true }));
        Assert.Equal(Refusal.WrongState, refused.Reason);
        Assert.Contains(asked.Id, refused.Message);
    }

    [Fact]
    public async Task The_same_key_means_the_same_ingest_even_after_its_end()
    {
        await ((KubeMetrics.ObjectStorage.IObjectStore)_source).PutAsync("in/a", new MemoryStream([1]), cancellationToken: TestContext.Current.CancellationToken);
        var asked = await _process.AskAsync(key: "once");
        await _process.Work.RunAsync();

        Assert.Equal(asked.Id, (await _process.AskAsync(key: "once")).Id);
        Assert.NotEqual(asked.Id, (await _process.AskAsync(key: "twice")).Id);
        Assert.Equal(Refusal.KeyReused, (await Assert.ThrowsAsync<RefusedException>(() => _process.AskAsync(request => request with { Mirror = true }, "once"))).Reason);
    }
}
