using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A store one of whose answers is late: the object is read, and comes in when the test says so.</summary>
internal sealed class LateStore(IObjectStore inner) : StoreDecorator(inner)
{
    private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously), _late = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _held;

    /// <summary>Done when an answer is held back.</summary>
    public Task SomethingWaits => _waits.Task;

    /// <summary>Holds the next object that is read back.</summary>
    public void Hold() => Volatile.Write(ref _held, 1);

    public void Release() => _late.SetResult();

    protected override async Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken)
    {
        var answer = await operation();
        if (answer is not StoredObject || Interlocked.Exchange(ref _held, 0) == 0) return answer;
        _waits.SetResult();
        await _late.Task;
        return answer;
    }
}
