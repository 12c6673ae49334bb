using System.CommandLine;
using System.CommandLine.Parsing;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Cli.Commands;

/// <summary>Arguments and options that several commands have, worded once.</summary>
internal static class SharedOptions
{
    public static Argument<string[]> Paths(string description = "Files, folders or s3://bucket/prefix with Prometheus dumps (.json, .jsonl, .ndjson, plain or .gz or .bz2)")
    {
        var paths = new Argument<string[]>("PATH") { Description = description, Arity = ArgumentArity.OneOrMore };
        // What looks like an option and is none would else be taken for a path.
        paths.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (token.Value.StartsWith('-') && !Path.Exists(token.Value))
                    result.AddError($"There is no option '{token.Value}'; --help lists those there are.");
        });
        return paths;
    }

    public static Option<LabelMatcher[]> Where() => new("--where", "-w")
    {
        Description = "Only series whose label matches: label=value, !=, =~ (regex), !~; may be given again, all must match",
        HelpName = "label=value",
        CustomParser = result => [.. result.Tokens.Select(token => Parsed(result, token.Value, LabelMatcher.Parse)).OfType<LabelMatcher>()],
    };

    public static Option<bool> Json() => new("--json") { Description = "Write the result as JSON on standard output" };

    /// <summary>An option whose text is read by <paramref name="parse"/>; a <see cref="FormatException"/> becomes the error a person sees.</summary>
    public static Option<T> Parsing<T>(string name, string description, string helpName, Func<string, T> parse) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => result.Tokens is [var token] ? Parsed(result, token.Value, parse) : default,
    };

    private static T? Parsed<T>(ArgumentResult result, string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (FormatException e)
        {
            result.AddError(e.Message);
            return default;
        }
    }
}
