using System.Globalization;
using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Events;

/// <summary>An event that has to be published.</summary>
/// <param name="Key">Where it lies.</param>
/// <param name="Work">The work whose end it tells of.</param>
/// <param name="Ending">Which end: that which the record has, or one that never came about.</param>
internal sealed record OutboxEntry(string Key, string Work, string Ending);

/// <summary>
/// Events under <c>events/</c> of the state prefix, from before the record of their work says that it has ended until the topic has
/// taken them. So whoever is killed in between loses none; and what would have been told of an end that did not come about (another
/// process was faster, or the work was cancelled) is seen by the record.
/// </summary>
/// <param name="state">The state.</param>
/// <param name="events">Says what is told.</param>
public sealed class Outbox(StorePlace state, WorkEvents events)
{
    /// <summary>Where what no topic will take is kept, below the state.</summary>
    internal const string Aside = "dead-letter/events/";

    private const string Extension = ".json";
    private const int Largest = 1 << 20;
    private readonly string _prefix = ObjectKey.AsPrefix(state.Prefix) + "events/";
    private readonly string _aside = ObjectKey.AsPrefix(state.Prefix) + Aside;

    /// <summary>Takes down what is to be told of work that is about to end. When this returns, it is in the store.</summary>
    /// <param name="ended">The record as it is going to be.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">The store did not take it.</exception>
    public Task TakeDownAsync(WorkRecord ended, CancellationToken cancellationToken) => events.Of(ended) is { } told
        ? state.Store.PutBytesAsync($"{_prefix}{ended.Id}.{Ending(ended)}{Extension}", JsonSerializer.SerializeToUtf8Bytes(told, EventJson.Default.ToldEvent), new PutOptions { ContentType = "application/json" }, cancellationToken)
        : Task.CompletedTask;

    /// <summary>What has to be published, by when the work was asked for.</summary>
    internal async Task<IReadOnlyList<OutboxEntry>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<OutboxEntry>();
        await foreach (var entry in state.Store.ListAsync(_prefix, cancellationToken))
            if (entry.Key[_prefix.Length..].Split('.', 2) is [var work, var rest] && WorkId.IsOne(work) && rest.EndsWith(Extension, StringComparison.Ordinal))
                found.Add(new OutboxEntry(entry.Key, work, rest[..^Extension.Length]));
        return [.. found.OrderBy(entry => entry.Key, StringComparer.Ordinal)];
    }

    /// <summary>An event; null where somebody has published it since, or where it is damaged, which is set aside.</summary>
    internal async Task<ToldEvent?> FindAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        if (await state.Store.GetBytesAsync(entry.Key, Largest, cancellationToken) is not { } found) return null;
        try
        {
            if (JsonSerializer.Deserialize(found.Content, EventJson.Default.ToldEvent) is { SpecVersion: "1.0" } told) return told;
        }
        catch (JsonException)
        {
            // below
        }

        await SetAsideAsync(entry, cancellationToken);
        return null;
    }

    /// <summary>Forgets one.</summary>
    internal Task DeleteAsync(OutboxEntry entry, CancellationToken cancellationToken) => state.Store.DeleteAsync(entry.Key, cancellationToken);

    /// <summary>Keeps one from being tried again, under <c>dead-letter/events/</c>; put back by hand, it is.</summary>
    internal async Task SetAsideAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            await state.Store.CopyAsync(entry.Key, _aside + entry.Key[_prefix.Length..], cancellationToken: cancellationToken);
            await DeleteAsync(entry, cancellationToken);
        }
        catch (ObjectStoreException e) when (e.Error == ObjectStoreError.NotFound)
        {
            // another process was faster
        }
    }

    /// <summary>Names one end of work: there may be several tries to end it, of which one comes about.</summary>
    internal static string Ending(WorkRecord ended) =>
        string.Create(CultureInfo.InvariantCulture, $"{ended.Finished!.Value.ToUnixTimeMilliseconds()}.{ended.State.ToString().ToLowerInvariant()}");
}
