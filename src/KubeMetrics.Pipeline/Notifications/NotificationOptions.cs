namespace KubeMetrics.Pipeline.Notifications;

/// <summary>Who may notify.</summary>
public sealed record NotificationOptions
{
    /// <summary>The most bytes of one notification. Ceph's have about one KiB, AWS's at most 256.</summary>
    public const int LargestBody = 1 << 20;

    /// <summary>What senders have to show: as <c>?code=</c>, as the password of basic authentication, or as the topic's opaque data; null where there is none.</summary>
    public string? Key { get; init; }

    /// <summary>Whoever reaches the host may notify, which only a loopback address allows.</summary>
    public bool Open { get; init; }
}
