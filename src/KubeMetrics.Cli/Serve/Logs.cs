using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace KubeMetrics.Cli.Serve;

/// <summary>Structured logs on standard error: a line a person reads, or a JSON object a line for whatever collects them.</summary>
internal static class Logs
{
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    public static void Add(ILoggingBuilder logging, string level, bool json)
    {
        logging.SetMinimumLevel(Enum.Parse<LogLevel>(level, ignoreCase: true));
        // Of the framework only what goes wrong: each request has its own line in traces and metrics.
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (json)
        {
            logging.AddJsonConsole(console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = Time.Trim();
                console.IncludeScopes = false;
            });
        }
        else
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = Time;
                console.ColorBehavior = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && !Console.IsErrorRedirected ? LoggerColorBehavior.Enabled : LoggerColorBehavior.Disabled;
            });
        }
    }
}
