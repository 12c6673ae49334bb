using System.ComponentModel;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>What is asked for when objects are to be copied: a dataset's source to its location, or one place to another.</summary>
public sealed record IngestRequest
{
    /// <summary>The dataset.</summary>
    [Description("The dataset whose Source is copied to its Location; left out where source and destination are given.")]
    public string? Dataset { get; init; }

    /// <summary>What is copied.</summary>
    [Description("What is copied: s3://bucket/prefix, or a folder that is (in) some dataset's Source or Location.")]
    public string? Source { get; init; }

    /// <summary>Where to.</summary>
    [Description("Where to: s3://bucket/prefix, or a folder that is (in) some dataset's Location.")]
    public string? Destination { get; init; }

    /// <summary>Only keys that one of these matches.</summary>
    [Description("Only keys that one of these patterns matches: * any characters but a slash, ** slashes too, ? one; without a slash it is held against the last name.")]
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>No keys that one of these matches.</summary>
    [Description("No keys that one of these patterns matches.")]
    public IReadOnlyList<string>? Exclude { get; init; }

    /// <summary>Refuses to copy more than so many bytes.</summary>
    [Description("Nothing is copied where it would be more than so many bytes: 500MiB, 20GiB.")]
    public string? MaxBytes { get; init; }

    /// <summary>Delete what the source has not.</summary>
    [Description("Delete at the destination what the source has not, after everything was copied.")]
    public bool Mirror { get; init; }

    /// <summary>Only tell what would be done.</summary>
    [Description("Only tell what would be copied and deleted.")]
    public bool DryRun { get; init; }
}
