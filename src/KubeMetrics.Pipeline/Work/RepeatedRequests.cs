namespace KubeMetrics.Pipeline.Work;

/// <summary>
/// Requests that may come twice: the same <c>Idempotency-Key</c> with the same request means the same work, whoever was killed in
/// between.
/// </summary>
internal sealed class RepeatedRequests(Claims<KeyUse> keys, WorkStore works, TimeProvider time)
{
    private const int LongestKey = 255;

    /// <summary>Plans work and adds it, once for a key.</summary>
    /// <param name="key">The key; null where the caller gave none.</param>
    /// <param name="request">The request, in a form that is equal for equal ones.</param>
    /// <param name="plan">Finds the work that does or did the same, or makes a record and takes for it what there is to be taken.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RefusedException">The key is none, or stands for another request, or for work that is no longer kept.</exception>
    internal async Task<WorkRecord> OnceAsync(string? key, string request, Func<Task<(WorkRecord Record, bool IsNew)>> plan, CancellationToken cancellationToken)
    {
        if (key is { Length: 0 or > LongestKey }) throw new RefusedException(Refusal.Invalid, $"The Idempotency-Key has {key.Length} characters; it takes 1 to {LongestKey}.", "Use a shorter key, such as a UUID.");
        var keyName = key is null ? null : Claims.Digest(key);
        var fingerprint = Claims.Digest(request);
        while (true)
        {
            string? keyVersion = null;
            if (keyName is not null && await keys.FindAsync(keyName, cancellationToken) is { } claim)
            {
                if (claim.Is is { } use && use.Request != fingerprint)
                    throw new RefusedException(Refusal.KeyReused, "This Idempotency-Key came before with another request.", "Use a new key for a new request, or send the same body again.");
                if (claim.Is is { } mine && await works.FindAsync(mine.Work, cancellationToken) is { } same) return same.Record;
                if (claim.Is is not null && claim.Written < time.GetUtcNow() - Claims.LeftBehind)
                    throw new RefusedException(Refusal.NoLongerKept, "The run that this Idempotency-Key stands for is no longer kept.", "Use a new key to start another.");
                keyVersion = claim.ETag; // whoever used it was stopped before its work was in the store
            }

            var planned = await plan();
            if (keyName is not null && !await keys.TryTakeAsync(keyName, new KeyUse(fingerprint, planned.Record.Id), keyVersion, cancellationToken)) continue;
            return planned.IsNew ? (await works.AddAsync(planned.Record, cancellationToken)).Record : planned.Record;
        }
    }
}
