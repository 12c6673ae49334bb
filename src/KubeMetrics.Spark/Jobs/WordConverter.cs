using System.Text.Json.Serialization;

namespace KubeMetrics.Spark.Jobs;

/// <summary>Writes and reads an enumeration by its words; a number, which somebody may take for one of them, is none.</summary>
public sealed class WordConverter<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;
