using KubeMetrics.Pipeline.Http;
using KubeMetrics.Prometheus;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Datasets;

/// <summary>Datasets over HTTP.</summary>
public static class DatasetApi
{
    private const int Usual = 50, Most = 1000;

    /// <summary>Its routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("ListDatasets", ApiRoute.Get, "/api/datasets", Access.Key, "All datasets", http => ListAsync(http.Service<DatasetService>(), http.RequestAborted))
        {
            Answer = typeof(DatasetList),
        },
        new("GetDataset", ApiRoute.Get, "/api/datasets/{name}", Access.Key, "One dataset",
            http => GetAsync(http.Value("name"), http.Service<DatasetService>(), http.RequestAborted))
        {
            Answer = typeof(DatasetView),
        },
        new("GetDatasetLabels", ApiRoute.Get, "/api/datasets/{name}/labels", Access.Key, "Its metrics, labels and their values",
            http => LabelsAsync(http.Value("name"), http.Service<DatasetLook>(), http.RequestAborted))
        {
            Answer = typeof(LabelsView),
        },
        new("GetDatasetSchema", ApiRoute.Get, "/api/datasets/{name}/schema", Access.Key, "The tree of its fields, in Spark's JSON form",
            http => SchemaAsync(http.Value("name"), http.Service<DatasetLook>(), http.RequestAborted))
        {
            Answer = typeof(SchemaView),
        },
        new("GetDatasetPreview", ApiRoute.Get, "/api/datasets/{name}/preview", Access.Key, "Its first samples",
            http => PreviewAsync(http.Value("name"), [.. http.Request.Query["where"].OfType<string>()], http.Number("limit", Usual, Most), http.Service<DatasetLook>(), http.RequestAborted))
        {
            Answer = typeof(PreviewView),
            Parameters = [new("where", "query", "A label matcher; may be given again, all must hold"), new("limit", "query", $"At most so many ({Usual}; at most {Most})", "integer")],
        },
    ];

    /// <summary>All datasets.</summary>
    public static async Task<IResult> ListAsync(DatasetService service, CancellationToken cancellationToken) =>
        JsonAnswer.Of(new DatasetList(await service.ListAsync(cancellationToken)), ApiJson.Plain.DatasetList);

    /// <summary>One dataset.</summary>
    public static async Task<IResult> GetAsync(string name, DatasetService service, CancellationToken cancellationToken) =>
        JsonAnswer.Of(await service.GetAsync(name, cancellationToken), ApiJson.Plain.DatasetView);

    /// <summary>Its metrics and labels.</summary>
    public static async Task<IResult> LabelsAsync(string name, DatasetLook look, CancellationToken cancellationToken) =>
        JsonAnswer.Of(await look.LabelsAsync(name, cancellationToken), ApiJson.Plain.LabelsView);

    /// <summary>The tree of its fields.</summary>
    public static async Task<IResult> SchemaAsync(string name, DatasetLook look, CancellationToken cancellationToken) =>
        JsonAnswer.Of(await look.SchemaAsync(name, cancellationToken), ApiJson.Plain.SchemaView);

    /// <summary>Its first samples.</summary>
    public static async Task<IResult> PreviewAsync(string name, IReadOnlyList<string> where, int limit, DatasetLook look, CancellationToken cancellationToken) =>
        JsonAnswer.Of(await look.PreviewAsync(name, [.. where.Select(Matcher)], limit, cancellationToken), ApiJson.Plain.PreviewView);

    private static LabelMatcher Matcher(string text)
    {
        try
        {
            return LabelMatcher.Parse(text);
        }
        catch (FormatException e)
        {
            throw new RefusedException(Refusal.Invalid, $"'where': {e.Message}", "Correct it, and encode what stands in the URL (= is %3D).", e);
        }
    }
}
