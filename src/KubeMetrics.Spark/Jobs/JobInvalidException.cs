namespace KubeMetrics.Spark.Jobs;

/// <summary>A job that says something it can't mean. The message says what, and what to write instead.</summary>
/// <param name="field">Where in the job: <c>inputs[0].location</c>.</param>
/// <param name="message">What is wrong with it.</param>
public sealed class JobInvalidException(string field, string message) : Exception(message)
{
    /// <summary>Where in the job.</summary>
    public string Field { get; } = field;
}
