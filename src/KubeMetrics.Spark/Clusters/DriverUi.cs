using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace KubeMetrics.Spark.Clusters;

/// <summary>Where a running driver can be asked how far it is: drivers write it when they have started.</summary>
/// <param name="Port">The port of its pages.</param>
/// <param name="Application">The application's id.</param>
internal sealed partial record DriverUi(int Port, string Application)
{
    /// <summary>What the first lines of what a driver wrote say of it; null where they don't (yet).</summary>
    internal static DriverUi? Of(string text) =>
        Address().Match(text) is { Success: true } address && Id().Match(text) is { Success: true } id
            ? new DriverUi(int.Parse(address.Groups[1].Value), id.Groups[1].Value)
            : null;

    /// <summary>Tasks done, and of how many that are planned so far; null where that can't be had: nobody depends on it.</summary>
    /// <param name="host">The host that the driver runs on, whatever it calls itself.</param>
    /// <param name="http">Asks it: with a short time, since a firewall may be between.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    internal async Task<(long Done, long All)?> ProgressAsync(string host, ClusterHttp http, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await http.GetAsync(new Uri($"http://{host}:{Port}/api/v1/applications/{Uri.EscapeDataString(Application)}/jobs"), cancellationToken);
            if (!answer.Ok) return null;
            var jobs = answer.Json(DriverUiJson.Default.DriverJobArray);
            return (jobs.Sum(job => job.NumCompletedTasks), jobs.Sum(job => job.NumTasks - job.NumSkippedTasks));
        }
        catch (Exception e) when (e is ClusterUnreachableException or UriFormatException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^Spark Web UI available at https?://\S*:(\d{1,5})\s*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(@"^Spark master: .*, Application Id: (\S+)\s*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Id();
}

internal sealed record DriverJob(long NumTasks, long NumCompletedTasks, long NumSkippedTasks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DriverJob[]))]
internal sealed partial class DriverUiJson : JsonSerializerContext;
