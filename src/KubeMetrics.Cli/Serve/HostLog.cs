using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Settings;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Cli.Serve;

/// <summary>What the log says of the host as a whole: when it began and with what, why it ended, and what it left to the next.</summary>
internal sealed partial class HostLog(ILogger<HostLog> log)
{
    public void Started(KubeMetricsOptions options, IEnumerable<string> addresses) => LogStarted(
        HealthApi.Version, string.Join(", ", addresses), options.Datasets.Count > 0 ? string.Join(", ", options.Datasets.Select(dataset => dataset.Name)) : "none", options.State.ToString());

    /// <summary>Something that does not keep the host from starting and has to be seen to.</summary>
    public void Warn(string sentence) => LogWarning(sentence);

    public void Stopping(string reason) => LogStopping(reason);

    public void Stopped(int givenBack) => LogStopped(givenBack);

    [LoggerMessage(EventName = "Started", Level = LogLevel.Information, Message = "kubemetrics {Version} listens on {Addresses}; datasets: {Datasets}; state: {State}")]
    private partial void LogStarted(string version, string addresses, string datasets, string state);

    [LoggerMessage(EventName = "Warning", Level = LogLevel.Warning, Message = "{Sentence}")]
    private partial void LogWarning(string sentence);

    [LoggerMessage(EventName = "Stopping", Level = LogLevel.Information, Message = "Stopping: {Reason}; what runs comes to its next checkpoint or is given back")]
    private partial void LogStopping(string reason);

    [LoggerMessage(EventName = "Stopped", Level = LogLevel.Information, Message = "Stopped; runs given back, for the next start to go on with: {GivenBack}")]
    private partial void LogStopped(int givenBack);
}
