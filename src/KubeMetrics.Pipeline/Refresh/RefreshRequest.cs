using System.ComponentModel;

namespace KubeMetrics.Pipeline.Refresh;

/// <summary>What is asked for when a dataset is to be refreshed.</summary>
public sealed record RefreshRequest
{
    /// <summary>The dataset.</summary>
    [Description("The dataset's name: its source is copied, if it has one, then it is analysed.")]
    public required string Dataset { get; init; }
}
