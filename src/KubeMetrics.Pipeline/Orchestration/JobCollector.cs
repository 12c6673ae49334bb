using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Spark.Scripts;

namespace KubeMetrics.Pipeline.Orchestration;

/// <summary>What a script left: facts and rows in the state, columns in what its driver printed, files where the output goes.</summary>
internal sealed class JobCollector(JobPlaces places, ISparkCluster cluster)
{
    private const string Host = "host ", Spark = "Spark ";
    private const int MostFacts = 10_000;

    // They stand in the job's record, which is written and read whole.
    internal const int MostOfRows = 256 << 10;

    internal async Task<JobOutcome> CollectAsync(Job job, string id, JobCheckpoint ended, CancellationToken cancellationToken)
    {
        var left = places.Of(id, ended.Attempt);
        var facts = (await places.LinesAsync(left.Facts, MostFacts, cancellationToken)).Select(Fact).OfType<(string Name, long Value)>().ToList();
        var hosts = facts.Where(fact => fact.Name.StartsWith(Host, StringComparison.Ordinal)).ToDictionary(fact => fact.Name[Host.Length..], fact => fact.Value, StringComparer.Ordinal);
        var outcome = new JobOutcome
        {
            Records = Value("records"),
            Corrupt = Value("corrupt"),
            Hosts = hosts.Count > 0 ? hosts : null,
            Spark = facts.FirstOrDefault(fact => fact.Name.StartsWith(Spark, StringComparison.Ordinal)).Name?[Spark.Length..].Split(' ')[0],
        };
        if (job.Kind == JobKind.Query)
        {
            var lines = await places.LinesAsync(left.Preview, JobScript.PreviewRows, cancellationToken);
            var size = 0;
            var shown = lines.TakeWhile(line => (size += line.Length) <= MostOfRows).Select(Row).ToList();
            outcome = outcome with { Columns = await ColumnsAsync(ended.Driver!, cancellationToken), Rows = shown, MoreRows = shown.Count < lines.Count || lines.Count == JobScript.PreviewRows };
        }

        if (job.Output is not { } output) return outcome;

        var (store, prefix) = places.Output(output);
        var (files, bytes) = (0, 0L);
        await foreach (var entry in store.ListAsync(prefix, cancellationToken))
        {
            if (entry.Key.Split('/')[^1].StartsWith('_')) continue;
            files++;
            bytes += entry.Size;
        }

        return outcome with { Files = files, Bytes = bytes };

        long? Value(string name) => facts.Exists(fact => fact.Name == name) ? facts.First(fact => fact.Name == name).Value : null;
    }

    private static (string Name, long Value)? Fact(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.TryGetProperty("name", out var name) && json.RootElement.TryGetProperty("value", out var value) && name.GetString() is { } text && value.TryGetInt64(out var number) ? (text, number) : null;
    }

    private static JsonElement Row(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.Clone();
    }

    /// <summary>The columns, of what the driver printed between two marks, padded with spaces; null where that is not to be had any more.</summary>
    private async Task<IReadOnlyList<JobColumn>?> ColumnsAsync(string driver, CancellationToken cancellationToken)
    {
        string output;
        try
        {
            output = (await cluster.LogAsync(driver, cancellationToken)).Output;
        }
        catch (ClusterUnreachableException)
        {
            return null; // the rows tell the names, and nothing else is lost
        }

        var lines = output.Split('\n').Select(line => line.TrimEnd('\r')).ToList();
        var (from, to) = (lines.LastIndexOf($"{JobScript.Marker}\tcolumns"), lines.LastIndexOf($"{JobScript.Marker}\trows"));
        if (from < 0 || to < from) return null;
        return [.. lines[(from + 1)..to].Select(line => line.Split('\t')).Where(parts => parts.Length >= 2).Select(parts => new JobColumn(parts[0].TrimEnd(), parts[1].TrimEnd()))];
    }
}
