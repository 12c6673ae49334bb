using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace KubeMetrics.Functions;

/// <summary>Datasets over HTTP.</summary>
public static class DatasetFunctions
{
    /// <summary>All datasets.</summary>
    [Function(nameof(ListDatasets))]
    public static Task<IResult> ListDatasets([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/datasets")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>One dataset.</summary>
    [Function(nameof(GetDataset))]
    public static Task<IResult> GetDataset([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/datasets/{name}")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>Its metrics, labels and their values.</summary>
    [Function(nameof(GetDatasetLabels))]
    public static Task<IResult> GetDatasetLabels([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/datasets/{name}/labels")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>The tree of its fields, in Spark's JSON form.</summary>
    [Function(nameof(GetDatasetSchema))]
    public static Task<IResult> GetDatasetSchema([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/datasets/{name}/schema")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>Its first samples.</summary>
    [Function(nameof(GetDatasetPreview))]
    public static Task<IResult> GetDatasetPreview([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/datasets/{name}/preview")] HttpRequest request) => Api.RunAsync(request);
}
