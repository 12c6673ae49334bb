using KubeMetrics.Pipeline.Http;
using KubeMetrics.Spark.Jobs;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Orchestration;

/// <summary>Jobs over HTTP.</summary>
public static class JobApi
{
    private const int Usual = 50, Most = 1000;

    /// <summary>Its routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("SubmitJob", ["POST"], "/api/jobs", Access.Key, "Submit a job, to the cluster or in process: copy, etl, query, summary or probe",
            async http => await StartAsync(
                await RequestBody.ReadAsync(http.Request, ApiJson.Plain.Job, http.RequestAborted),
                http.IdempotencyKey(), http.Response, http.Service<JobService>(), http.RequestAborted))
        {
            Body = typeof(Job),
            Answer = typeof(JobView),
            Statuses = [StatusCodes.Status202Accepted, StatusCodes.Status200OK],
            Parameters = [new(RequestExtensions.IdempotencyHeader, "header", "Any text of up to 255 characters: the same key with the same body gives the same job again")],
        },
        new("ListJobs", ApiRoute.Get, "/api/jobs", Access.Key, "Jobs, newest first",
            http => ListAsync(http.Number("limit", Usual, Most), http.Service<JobService>(), http.RequestAborted))
        {
            Answer = typeof(JobList),
            Parameters = [new("limit", "query", $"At most so many ({Usual}; at most {Most})", "integer")],
        },
        new("GetJob", ApiRoute.Get, "/api/jobs/{id}", Access.Key, "One job, as it is this moment",
            http => GetAsync(http.Value("id"), http.Service<JobService>(), http.RequestAborted))
        {
            Answer = typeof(JobView),
        },
        new("GetJobLog", ApiRoute.Get, "/api/jobs/{id}/log", Access.Key, "A job's script, and the end of what its driver wrote",
            http => LogAsync(http.Value("id"), http.Service<JobService>(), http.RequestAborted))
        {
            Answer = typeof(JobLog),
        },
        new("CancelJob", ["DELETE"], "/api/jobs/{id}", Access.Key, "Cancel a job and end its driver; what it wrote is not complete",
            http => CancelAsync(http.Value("id"), http.Service<JobService>(), http.RequestAborted))
        {
            Answer = typeof(JobView),
            Statuses = [StatusCodes.Status202Accepted, StatusCodes.Status200OK],
        },
    ];

    /// <summary>Submits a job: 202 where it is to be done or under way, 200 where it has been.</summary>
    public static async Task<IResult> StartAsync(Job job, string? key, HttpResponse response, JobService service, CancellationToken cancellationToken)
    {
        var record = await service.StartAsync(job, key, cancellationToken);
        response.Headers.Location = $"/api/jobs/{record.Id}";
        return JsonAnswer.OfWork(record, JobView.Of, ApiJson.Plain.JobView);
    }

    /// <summary>Jobs, newest first.</summary>
    public static async Task<IResult> ListAsync(int limit, JobService service, CancellationToken cancellationToken) =>
        JsonAnswer.Of(new JobList([.. (await service.ListAsync(limit, cancellationToken)).Select(JobView.Brief)]), ApiJson.Plain.JobList);

    /// <summary>One job.</summary>
    public static async Task<IResult> GetAsync(string id, JobService service, CancellationToken cancellationToken) =>
        JsonAnswer.Of(JobView.Of(await service.GetAsync(id, cancellationToken)), ApiJson.Plain.JobView);

    /// <summary>What there is to read of a job.</summary>
    public static async Task<IResult> LogAsync(string id, JobService service, CancellationToken cancellationToken) =>
        JsonAnswer.Of(await service.LogAsync(id, cancellationToken), ApiJson.Plain.JobLog);

    /// <summary>Cancels a job: 202 where it will stop soon, 200 where it has.</summary>
    public static async Task<IResult> CancelAsync(string id, JobService service, CancellationToken cancellationToken) =>
        JsonAnswer.OfWork(await service.CancelAsync(id, cancellationToken), JobView.Of, ApiJson.Plain.JobView);
}
