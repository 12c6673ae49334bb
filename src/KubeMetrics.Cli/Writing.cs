using KubeMetrics.Pipeline.Stores;

namespace KubeMetrics.Cli;

/// <summary>Writing that fails for a reason of the machine's (a full disk, no permission) is told with its place and the remedy.</summary>
internal static class Writing
{
    /// <param name="place">Where.</param>
    /// <param name="elsewhere">How another place is named, as the end of a sentence.</param>
    /// <param name="write">The writing.</param>
    public static async Task<T> ToAsync<T>(string place, string elsewhere, Func<Task<T>> write)
    {
        try
        {
            return await write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Failure($"Writing to '{place}' failed: {WriteFailure.Reason(e, place)}. {WriteFailure.Remedy(e, place)}, or {elsewhere}");
        }
    }
}
