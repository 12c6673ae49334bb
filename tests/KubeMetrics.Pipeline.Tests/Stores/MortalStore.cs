using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>When a process dies, seen from its store.</summary>
public enum Death
{
    /// <summary>Before the operation has any effect.</summary>
    BeforeTheOperation,

    /// <summary>After its effect, before its answer.</summary>
    BeforeTheAnswer,
}

/// <summary>How many operations a process does, at however many stores, before it dies: after that none has an effect any more.</summary>
internal sealed class Life(int operations, Death death)
{
    private int _left = operations;

    public bool HasEnded => Volatile.Read(ref _left) < 0;

    public async Task<T> DoAsync<T>(Func<Task<T>> operation)
    {
        var left = Interlocked.Decrement(ref _left);
        if (left >= 0) return await operation();
        if (left == -1 && death == Death.BeforeTheAnswer) (await operation() as IDisposable)?.Dispose();
        throw new ObjectStoreException(ObjectStoreError.Unavailable, "This process is dead.");
    }
}

/// <summary>A store as a process uses it that is killed on the way.</summary>
internal sealed class MortalStore(IObjectStore inner, Life life) : StoreDecorator(inner)
{
    protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => life.DoAsync(operation);
}
