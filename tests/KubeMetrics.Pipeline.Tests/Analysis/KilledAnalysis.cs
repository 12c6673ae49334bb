using System.Diagnostics;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Tests.Stores;

namespace KubeMetrics.Pipeline.Tests.Analysis;

/// <summary>A process that asks for an analysis, or does one, and ends itself with SIGKILL at a given point.</summary>
internal static class KilledAnalysis
{
    /// <summary>The point right after asking.</summary>
    public const string Asked = "asked";

    public static async Task RunAsync(string folder, string point, CancellationToken cancellationToken)
    {
        var process = new AnalysisProcess(new AnalysisFolder(folder), TimeProvider.System, point == Asked ? null : store => new KillingStore(store, $"\"stage\":\"{point}\""));
        if (point != Asked) await process.Work.RunAsync(cancellationToken);
        await process.Service.StartAsync(new AnalysisRequest { Dataset = AnalysisFolder.Name }, null, cancellationToken);
        Process.GetCurrentProcess().Kill();
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    /// <summary>Kills the process as soon as something is written that holds a text.</summary>
    private sealed class KillingStore(IObjectStore inner, string text) : StoreDecorator(inner)
    {
        public override async Task<string> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default)
        {
            using var reader = new StreamReader(content);
            var written = await reader.ReadToEndAsync(cancellationToken);
            var etag = await base.PutAsync(key, new MemoryStream(System.Text.Encoding.UTF8.GetBytes(written)), options, cancellationToken);
            if (key.Contains("/work/") && written.Contains(text))
            {
                Process.GetCurrentProcess().Kill();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return etag;
        }

        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();
    }
}
