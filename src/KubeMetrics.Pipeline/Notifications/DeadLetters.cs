using System.Text.Json;
using System.Text.Json.Serialization;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Notifications;

/// <summary>A record of a notification that could not be served.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Received">When it came (UTC).</param>
/// <param name="Reason">What is wrong with it, and where.</param>
/// <param name="Record">What came, without its secret.</param>
public sealed record DeadLetter(string Id, DateTimeOffset Received, string Reason, string Record);

/// <summary>Some of them.</summary>
/// <param name="DeadLetters">Newest first.</param>
public sealed record DeadLetterList(IReadOnlyList<DeadLetter> DeadLetters);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DeadLetter))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;

/// <summary>
/// What could not be served, under <c>dead-letter/notifications/</c> of the state prefix, one object each, with its reason:
/// nothing is lost, and nothing that is bad keeps others waiting.
/// </summary>
public sealed class DeadLetters(StorePlace state, TimeProvider time)
{
    private const string Extension = ".json";
    private const int Largest = 256 << 10;
    private readonly string _prefix = ObjectKey.AsPrefix(state.Prefix) + "dead-letter/notifications/";
    private readonly string _events = ObjectKey.AsPrefix(state.Prefix) + Outbox.Aside;

    /// <summary>Sets one aside. When this returns, it is in the store.</summary>
    /// <exception cref="IOException">The store did not take it.</exception>
    public Task AddAsync(string reason, string record)
    {
        var now = time.GetUtcNow();
        var letter = new DeadLetter(WorkId.New(now), now, reason, record);
        return Enduring.PutAsync(state.Store, KeyOf(letter.Id), JsonSerializer.SerializeToUtf8Bytes(letter, DeadLetterJson.Default.DeadLetter), mayBeLostWithPower: false, time);
    }

    /// <summary>The newest.</summary>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(int most, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        await foreach (var entry in state.Store.ListAsync(_prefix, cancellationToken))
            if (entry.Key.EndsWith(Extension, StringComparison.Ordinal))
                ids.Add(entry.Key[_prefix.Length..^Extension.Length]);
        var found = new List<DeadLetter>();
        foreach (var id in ids.OrderDescending(StringComparer.Ordinal).Take(most))
            if (await FindAsync(id, cancellationToken) is { } letter)
                found.Add(letter);
        return found;
    }

    /// <summary>One of them.</summary>
    /// <exception cref="RefusedException">There is none of this name.</exception>
    public async Task<DeadLetter> GetAsync(string id, CancellationToken cancellationToken) => await FindAsync(id, cancellationToken) ??
        throw new RefusedException(Refusal.UnknownDeadLetter, $"There is no dead letter '{id}'.", "See the list for those there are; one that was served since, or deleted, is gone.");

    /// <summary>Deletes one.</summary>
    public Task DeleteAsync(string id, CancellationToken cancellationToken) => state.Store.DeleteAsync(KeyOf(id), cancellationToken);

    /// <summary>Deletes what came before a time, and what no topic would take.</summary>
    internal async Task SweepAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        foreach (var prefix in (string[])[_prefix, _events]) await state.Store.DeleteAllAsync(prefix, entry => entry.LastModified < before, cancellationToken);
    }

    private async Task<DeadLetter?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (!WorkId.IsOne(id) || await state.Store.GetBytesAsync(KeyOf(id), Largest, cancellationToken) is not { } found) return null;
        try
        {
            return JsonSerializer.Deserialize(found.Content, DeadLetterJson.Default.DeadLetter);
        }
        catch (JsonException)
        {
            return null; // damaged, and nothing can be made of it
        }
    }

    private string KeyOf(string id) => $"{_prefix}{id}{Extension}";
}
