namespace KubeMetrics.Pipeline.Tests;

/// <summary>Tests that take the whole machine: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
