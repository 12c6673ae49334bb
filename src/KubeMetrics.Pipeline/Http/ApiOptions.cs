namespace KubeMetrics.Pipeline.Http;

/// <summary>Who may call, and where.</summary>
public sealed record ApiOptions
{
    /// <summary>Where the local host listens; the port is Azure Functions' own.</summary>
    public const string DefaultListen = "http://127.0.0.1:7071";

    /// <summary>The addresses that the local host listens on.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [DefaultListen];

    /// <summary>What callers have to show; null where none is needed, which only a loopback address allows.</summary>
    public string? Key { get; init; }

    /// <summary>How long a stream of changes lasts at most, for its listener to connect anew; null for no limit.</summary>
    public TimeSpan? LongestStream { get; init; }
}
