using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;

namespace KubeMetrics.Functions.Tests.StandIn;

/// <summary>The host's end of the stream that a worker opens: requests that are answered, calls, and what the worker logs.</summary>
internal sealed class WorkerStream : FunctionRpc.FunctionRpcBase
{
    private readonly Channel<WorkerMessage> _toWorker = Channel.CreateUnbounded<WorkerMessage>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<WorkerMessage>> _asked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Outcome>> _called = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When the worker is there.</summary>
    public Task Started => _started.Task;

    /// <summary>What the worker logged.</summary>
    public ConcurrentQueue<Log> Logged { get; } = [];

    public override async Task EventStream(IAsyncStreamReader<WorkerMessage> requestStream, IServerStreamWriter<WorkerMessage> responseStream, ServerCallContext context)
    {
        var writing = WriteAsync(responseStream, context.CancellationToken);
        try
        {
            await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken)) Take(message);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // the worker is gone
        }

        _toWorker.Writer.TryComplete();
        foreach (var call in _called.Values) call.TrySetException(new IOException("The worker went away during the call."));
        foreach (var asked in _asked.Values) asked.TrySetException(new IOException("The worker went away."));
        await writing;
    }

    /// <summary>Sends what is answered.</summary>
    public async Task<WorkerMessage> AskAsync(WorkerMessage message, CancellationToken cancellationToken)
    {
        message.RequestId = Guid.NewGuid().ToString();
        var answer = _asked[message.RequestId] = new TaskCompletionSource<WorkerMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        Send(message);
        return await answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Calls a function, and waits for its end.</summary>
    public async Task<Outcome> CallAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var end = _called[invocation.InvocationId] = new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        Send(new WorkerMessage { Invocation = invocation });
        return await end.Task.WaitAsync(cancellationToken);
    }

    public void Send(WorkerMessage message) => _toWorker.Writer.TryWrite(message);

    private async Task WriteAsync(IServerStreamWriter<WorkerMessage> worker, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in _toWorker.Reader.ReadAllAsync(cancellationToken)) await worker.WriteAsync(message, cancellationToken);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // the worker is gone
        }
    }

    private void Take(WorkerMessage message)
    {
        switch (message.ContentCase)
        {
            case WorkerMessage.ContentOneofCase.Start:
                _started.TrySetResult();
                break;
            case WorkerMessage.ContentOneofCase.Log:
                Logged.Enqueue(message.Log);
                break;
            case WorkerMessage.ContentOneofCase.InvocationEnd when _called.TryRemove(message.InvocationEnd.InvocationId, out var call):
                call.TrySetResult(message.InvocationEnd.Outcome);
                break;
            default:
                if (_asked.TryRemove(message.RequestId, out var asked)) asked.TrySetResult(message);
                break;
        }
    }
}
