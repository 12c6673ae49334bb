using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace KubeMetrics.Cli.Serve;

/// <summary>Ends the host on Ctrl-C and on SIGTERM: what runs gives its work back first. A second signal ends it at once.</summary>
internal sealed class Lifetime(IHostApplicationLifetime application, HostLog log) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private int _asked;

    /// <summary>Whether the host ends because it was told to, and not by a mistake.</summary>
    public bool WasAsked { get; private set; }

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT])
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                if (Interlocked.Exchange(ref _asked, 1) == 1) return;
                context.Cancel = true;
                WasAsked = true;
                log.Stopping($"{context.Signal} was received");
                application.StopApplication();
            }));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
    }
}
