namespace KubeMetrics.Pipeline.Ingest;

/// <summary>Who asks for an ingest: what he may name, and what he calls the parts of what he asked for.</summary>
public sealed class IngestAsker
{
    private readonly IReadOnlyDictionary<string, string>? _names;

    private IngestAsker(IReadOnlyDictionary<string, string>? names) => _names = names;

    /// <summary>Somebody over HTTP, who wrote fields of JSON, and for whom folders of this machine that no dataset names are not opened.</summary>
    public static IngestAsker OverHttp { get; } = new(null);

    /// <summary>Somebody at the command line of this machine, whose folders he may all name.</summary>
    /// <param name="names">What he wrote for each field.</param>
    public static IngestAsker AtTheLine(IReadOnlyDictionary<string, string> names) => new(names);

    internal bool MayNameAnyFolder => _names is not null;

    /// <summary>That a field can't be as it is.</summary>
    internal RefusedException Invalid(string field, string why) => _names is null
        ? new RefusedException(Refusal.Invalid, $"The field '{field}': {why}", "Correct the field and ask again.")
        : new RefusedException(Refusal.Invalid, $"{_names[field]}: {why}", "Correct it and run the command again.");

    /// <summary>A field, as a sentence begins.</summary>
    internal string Named(string field) => _names is null ? $"The field '{field}'" : _names[field];
}
