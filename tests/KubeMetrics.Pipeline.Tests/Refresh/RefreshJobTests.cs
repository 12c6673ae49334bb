using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Refresh;
using KubeMetrics.Pipeline.Tests.Analysis;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Tests.Work;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Tests.Refresh;

/// <summary>A dataset with a job between arrival and analysis.</summary>
public sealed class RefreshJobTests : IDisposable
{
    private static readonly TimeSpan Quiet = RefreshProcess.Options.Quiet;
    private readonly AnalysisFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    private string Made(string path = "") => Path.Combine(_folder.Root, "made", path);

    // Folders outlast the objects that were in them.
    private IReadOnlyList<string> Folders() => [.. Directory.GetDirectories(Made(), "_job-*").Where(folder => Directory.GetFiles(folder).Length > 0).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    private static Func<Dataset, Dataset> WithJob(AnalysisFolder folder, Func<Job, Job>? with = null) => dataset => dataset with
    {
        Job = (with ?? (job => job))(new Job
        {
            Kind = JobKind.Etl,
            Inputs = [new JobInput { Name = "dataset", Location = dataset.Location.ToString(), Form = JobForm.Json }],
            Output = new JobOutput { Location = folder.Below("made").ToString(), Form = JobForm.Json, Compression = JobCompression.Gzip, Files = 2, Replace = true },
        }),
    };

    private static RefreshOutcome Succeeded(WorkRecord? record)
    {
        Assert.NotNull(record);
        Assert.True(record.State == WorkState.Succeeded, record.Problem?.Detail ?? record.State.ToString());
        return record.RefreshOutcome()!;
    }

    [Fact]
    public async Task What_arrives_goes_through_the_job_and_what_that_makes_is_analysed()
    {
        await _folder.AddDumpAsync(1);
        var process = new RefreshProcess(_folder, _time, with: WithJob(_folder));

        var outcome = Succeeded(await process.RefreshedAsync());

        Assert.NotNull(outcome.Job);
        var inputs = await process.Analyses.InputsAsync(process.Dataset, TestContext.Current.CancellationToken);
        Assert.Equal(2, inputs.Count);
        Assert.All(inputs, input => Assert.Contains($"/_job-{outcome.Job}/part-", input.Name));
        Assert.Equal(await process.RunIdAsync(), await process.LatestAsync());
        Assert.Equal(process.Dataset.Name, Assert.Single(await process.RecordsAsync(JobWork.KindName)).Dataset);
        // Nothing new: neither by a listing nor when somebody asks.
        Assert.Null(await process.RefreshedAsync(RefreshProcess.Options.Reconcile));
        var asked = await process.Service.StartAsync(new RefreshRequest { Dataset = process.Dataset.Name }, null, TestContext.Current.CancellationToken);
        await process.Work.RunAsync();
        var again = Succeeded((await process.Work.FindAsync(asked.Id)).Record);
        Assert.Equal((null, true), (again.Job, again.Reused));
        Assert.Single(await process.RecordsAsync(JobWork.KindName));
    }

    [Fact]
    public async Task Each_result_takes_the_place_of_the_one_before_which_stays_until_the_next()
    {
        var process = new RefreshProcess(_folder, _time, with: WithJob(_folder));
        var jobs = new List<string>();
        for (var day = 1; day <= 3; day++)
        {
            await _folder.AddDumpAsync(day);
            if (day > 1)
            {
                await process.ArriveAsync();
                await process.LookAsync();
            }

            jobs.Add(Succeeded(await process.RefreshedAsync(day > 1 ? Quiet : TimeSpan.Zero)).Job!);
            Assert.Equal(await process.RunIdAsync(), await process.LatestAsync());
        }

        Assert.Equal([$"_job-{jobs[1]}", $"_job-{jobs[2]}"], Folders());
        var inputs = await process.Analyses.InputsAsync(process.Dataset, TestContext.Current.CancellationToken);
        Assert.All(inputs, input => Assert.Contains($"/_job-{jobs[2]}/part-", input.Name));
    }

    [Fact]
    public async Task A_job_that_fails_leaves_the_report_as_it_was_and_is_tried_again_later()
    {
        await _folder.AddDumpAsync(1);
        var good = new RefreshProcess(_folder, _time, with: WithJob(_folder));
        Succeeded(await good.RefreshedAsync());
        var report = await good.LatestAsync();
        // No engine for queries is in this test.
        var process = new RefreshProcess(_folder, _time, with: WithJob(_folder, job => job with { Kind = JobKind.Query, Sql = "SELECT metric, values FROM dataset" }));
        await _folder.AddDumpAsync(2);
        await process.ArriveAsync();
        await process.LookAsync();

        var refresh = await process.RefreshedAsync(Quiet);

        Assert.Equal(WorkState.Failed, refresh!.State);
        Assert.Contains("SQL engine", refresh.Problem!.Detail);
        Assert.Equal(report, await process.LatestAsync());
        Assert.Single(Folders());
    }

    [Fact]
    public async Task A_dataset_in_which_nothing_is_asks_for_no_job()
    {
        var process = new RefreshProcess(_folder, _time, with: WithJob(_folder));
        Assert.Null(await process.RefreshedAsync());
        var asked = await process.Service.StartAsync(new RefreshRequest { Dataset = process.Dataset.Name }, null, TestContext.Current.CancellationToken);
        await process.Work.RunAsync();
        Succeeded((await process.Work.FindAsync(asked.Id)).Record);
        Assert.Empty(await process.RecordsAsync(JobWork.KindName));
    }

    [Theory]
    [InlineData(Death.BeforeTheOperation)]
    [InlineData(Death.BeforeTheAnswer)]
    public async Task Wherever_the_process_is_killed_what_arrived_is_made_once_and_analysed(Death death)
    {
        for (var operations = 0; ; operations += 4)
        {
            using var folder = new AnalysisFolder();
            await folder.AddDumpAsync(1);
            var time = new ManualTime();
            var next = new RefreshProcess(folder, time, with: WithJob(folder));
            await next.ArriveAsync();
            await next.LookAsync();
            time.Advance(Quiet);
            var life = new Life(operations, death);
            var first = new RefreshProcess(folder, time, store => new MortalStore(store, life), with: WithJob(folder));

            await Record.ExceptionAsync(() => first.LookAsync());
            await Record.ExceptionAsync(() => first.Work.RunAsync());
            if ((await next.Work.Works.ListAsync(TestContext.Current.CancellationToken)).Any(work => work.Record.Lease is not null)) await next.Work.LookAsync(WorkProcess.Usual.LeaseTerm * 1.2);
            await next.Work.RunAsync();
            await next.RefreshedAsync(TimeSpan.FromSeconds(31));
            await next.RefreshedAsync(Quiet);

            Assert.NotNull(await next.LatestAsync());
            Assert.Equal(await next.RunIdAsync(), await next.LatestAsync());
            Assert.Equal(0, await next.MarkersAsync());
            Assert.Equal(WorkState.Succeeded, Assert.Single(await next.RecordsAsync(JobWork.KindName)).State);
            if (life.HasEnded) continue;
            Assert.True(operations > 60, $"Only {operations} operations were died at.");
            return;
        }
    }
}
