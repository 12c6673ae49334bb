using System.Text;
using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Work;

/// <summary>An object of lines, to which steps append what they did.</summary>
internal static class Effects
{
    public static string KeyOf(string work) => $"effects/{work}";

    /// <summary>Appends a line, unless it is there already: so a step that is done again has no second effect.</summary>
    public static async Task AppendAsync(IObjectStore store, string work, int step, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await store.GetBytesAsync(KeyOf(work), cancellationToken: cancellationToken);
            var text = found is { } there ? Encoding.UTF8.GetString(there.Content) : "";
            if (text.Split('\n').Contains($"{step}")) return;
            try
            {
                var condition = found is { } before ? new PutOptions { IfMatch = before.Info.ETag } : new PutOptions { IfAbsent = true };
                await store.PutBytesAsync(KeyOf(work), Encoding.UTF8.GetBytes($"{text}{step}\n"), condition, cancellationToken);
                return;
            }
            catch (ObjectStoreException e) when (e.Error == ObjectStoreError.PreconditionFailed)
            {
            }
        }
    }

    public static async Task<string> ReadAsync(IObjectStore store, string work) =>
        await store.GetBytesAsync(KeyOf(work), cancellationToken: TestContext.Current.CancellationToken) is { } found ? Encoding.UTF8.GetString(found.Content) : "";
}
