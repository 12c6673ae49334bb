namespace KubeMetrics.Pipeline.Work;

/// <summary>Work was taken over by another executor while this one was too slow to renew its lease.</summary>
public sealed class LeaseLostException(string id) : Exception($"The work {id} was taken over by another executor.");

/// <summary>
/// Work under this process's lease. All that the holder writes goes through here, one write at a time, each over the version
/// that was read last; a version that somebody else wrote (a request to cancel) is taken over as long as it still names
/// this holder.
/// </summary>
internal sealed class HeldWork(WorkStore store, StoredWork work, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly WorkLease _taken = work.Record.Lease!;
    private StoredWork _work = work;
    private long _renewed = time.GetTimestamp();

    public WorkRecord Record => Volatile.Read(ref _work).Record;

    public TimeSpan Term => TimeSpan.FromSeconds(_taken.TermSeconds);

    /// <summary>For how long nobody can take the work over yet: this process's own clock says so without asking.</summary>
    public TimeSpan FreshFor => Term - time.GetElapsedTime(Volatile.Read(ref _renewed));

    /// <summary>Whether nobody can have taken the work over yet.</summary>
    public bool IsFresh => FreshFor > TimeSpan.Zero;

    /// <summary>Changes the record and renews the lease with it (unless the change gives it up).</summary>
    /// <exception cref="LeaseLostException">Somebody else has it.</exception>
    public async Task<WorkRecord> ChangeAsync(Func<WorkRecord, WorkRecord> change, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var before = _work.Record;
                if (before.Lease is not { } lease) return before; // given up while this waited for its turn
                var changed = change(before with { Lease = lease with { Counter = lease.Counter + 1 } });
                var asked = time.GetTimestamp();
                if (await store.TryReplaceAsync(_work, changed, cancellationToken) is { } written)
                {
                    Volatile.Write(ref _work, written);
                    Volatile.Write(ref _renewed, asked);
                    return written.Record;
                }

                var there = await store.FindAsync(before.Id, cancellationToken);
                if (there is null) throw new LeaseLostException(before.Id);
                if (there.Record.Lease?.Nonce == _taken.Nonce) Volatile.Write(ref _work, there); // somebody asked to cancel
                else if (changed.Lease is null && there.Record is { Lease: null } own && own.LastNonce == _taken.Nonce) return own; // our own write, whose answer was lost
                else throw new LeaseLostException(before.Id);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
