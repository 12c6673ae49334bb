using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace KubeMetrics.Functions.Tests.StandIn;

/// <summary>
/// Stands in for Azure Functions' host, which can't be had everywhere that these tests run: it starts the real worker, asks
/// it for its functions, finds one for each request as the host does (the first whose path fits, by their names), forwards
/// the request to where the worker listens and calls the function. It has no timers of its own, no keys and no limits.
/// </summary>
internal sealed class StandInHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _forward = new(new PatientHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }));
    private string? _workerAddress;

    private StandInHost(WebApplication app, WorkerProcess worker) => (_app, Worker) = (app, worker);

    public IReadOnlyList<HostedFunction> Functions { get; private set; } = [];

    /// <summary>Asks what the functions answer, through the host.</summary>
    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromMinutes(5) };

    public WorkerProcess Worker { get; }

    /// <summary>What the worker told the host to log.</summary>
    public IReadOnlyList<string> Log => [.. Stream.Logged.Select(line => line.Message)];

    /// <summary>The calls for a request that failed, whatever was answered.</summary>
    public ConcurrentQueue<string> Failed { get; } = [];

    private WorkerStream Stream => _app.Services.GetRequiredService<WorkerStream>();

    /// <summary>Starts a worker with these settings, and no others.</summary>
    public static async Task<StandInHost> StartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, worker => worker.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, front => front.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddSingleton<WorkerStream>().AddHttpForwarder().AddGrpc();
        var app = builder.Build();
        StandInHost? host = null;
        app.MapGrpcService<WorkerStream>();
        app.MapFallback("{**path}", http => host!.AnswerAsync(http)); // those that look like files too
        await app.StartAsync(cancellationToken);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        host = new StandInHost(app, WorkerProcess.Start(addresses[0], settings));
        host.Client.BaseAddress = new Uri(addresses[1]);
        try
        {
            await host.HandshakeAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Calls a timer's function as if its time had come.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public Task TickAsync(string function, CancellationToken cancellationToken) => DeliverAsync(function, """{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}""", cancellationToken);

    /// <summary>Calls a function with what started it.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task DeliverAsync(string function, string json, CancellationToken cancellationToken)
    {
        var outcome = await CallAsync(Functions.Single(one => one.Name == function), Guid.NewGuid().ToString(), new Value { Json = json }, cancellationToken);
        if (outcome.Status != Outcome.Types.Status.Success) throw new InvalidOperationException($"{function}: {outcome.Exception?.Message}");
    }

    /// <summary>Tells the worker to end, as the host does when an instance is no longer needed.</summary>
    public void Terminate() => Stream.Send(new WorkerMessage { Terminate = new Terminate { GracePeriod = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)) } });

    public async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        Client.Dispose();
        _forward.Dispose();
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task HandshakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var folder = WorkerProcess.Folder;
            if (await Task.WhenAny(Stream.Started, Worker.EndedAsync(cancellationToken)) != Stream.Started) throw new InvalidOperationException("It ended before it was there.");
            var initialized = await Stream.AskAsync(new WorkerMessage { Initialize = new Initialize { HostVersion = "4.1037.0", WorkerDirectory = folder, FunctionAppDirectory = folder } }, cancellationToken).WaitAsync(Patience, cancellationToken);
            _workerAddress = initialized.Initialized.Capabilities["HttpUri"];
            var list = await Stream.AskAsync(new WorkerMessage { ListFunctions = new ListFunctions { FunctionAppDirectory = folder } }, cancellationToken).WaitAsync(Patience, cancellationToken);
            Check(list.FunctionList.Outcome);
            Functions = [.. list.FunctionList.Functions.Select(info => new HostedFunction(info)).OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase)];
            foreach (var function in Functions)
            {
                var loaded = await Stream.AskAsync(new WorkerMessage { Load = new Load { FunctionId = function.Info.FunctionId, Function = function.Info } }, cancellationToken).WaitAsync(Patience, cancellationToken);
                Check(loaded.Loaded.Outcome);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"The worker did not start: {e.Message}\n{Worker.Output}\n{string.Join('\n', Log)}", e);
        }

        static void Check(Outcome outcome)
        {
            if (outcome.Status != Outcome.Types.Status.Success) throw new InvalidOperationException(outcome.Exception?.Message);
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (Functions.FirstOrDefault(function => function.Fits(http.Request.Method, http.Request.Path)) is not { } function)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var id = Guid.NewGuid().ToString();
        http.Request.Headers["x-ms-invocation-id"] = id;
        // First forwarded, then called: the worker brings the two together.
        var forwarding = _app.Services.GetRequiredService<IHttpForwarder>().SendAsync(http, _workerAddress!, _forward, new ForwarderRequestConfig { ActivityTimeout = TimeSpan.FromSeconds(240) }).AsTask();
        var outcome = await CallAsync(function, id, new Value { Http = new Http() }, CancellationToken.None);
        await forwarding;
        if (outcome.Status != Outcome.Types.Status.Success) Failed.Enqueue($"{function.Name}: {outcome.Exception?.Message}");
    }

    private Task<Outcome> CallAsync(HostedFunction function, string id, Value value, CancellationToken cancellationToken) => Stream.CallAsync(
        new Invocation { InvocationId = id, FunctionId = function.Info.FunctionId, Trace = new Trace(), Parameters = { new Parameter { Name = function.Parameter, Value = value } } }, cancellationToken);
}
