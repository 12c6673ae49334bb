using System.Globalization;
using KubeMetrics.Pipeline.Analysis;

namespace KubeMetrics.Pipeline.Settings;

/// <summary>
/// Reads one section and collects what is wrong with it, as sentences that name the setting and where it was given, so that
/// a person can mend all at once. Names that nobody asked for by the end are mistakes too: a typo must not pass for a default.
/// </summary>
/// <param name="path">The section's name with those above it, parted by colons; empty for all settings.</param>
/// <param name="section">What was given.</param>
/// <param name="mistakes">Takes the sentences.</param>
internal sealed class SettingsReader(string path, SettingsNode section, List<string> mistakes)
{
    private readonly List<string> _known = [];

    /// <summary>Says that there are settings of these names, which somebody else reads.</summary>
    public void Knows(params ReadOnlySpan<string> names) => _known.AddRange(names);

    public string? Text(string name)
    {
        _known.Add(name);
        var node = section[name];
        if (node.IsList) Mistake(name, "is a list, but takes one text.");
        else if (node.Children.Count > 0) Mistake(name, "has names of its own, but takes one text.");
        return node.HasText ? node.Text!.Trim() : null;
    }

    /// <summary>A list (<c>Where:0</c>, <c>Where:1</c> … or an array in JSON), or one text with the items parted by semicolons.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        _known.Add(name);
        var node = section[name];
        if (node.Children.Count > 0 && !node.IsList || node.Children.Any(child => child.Children.Count > 0 || child.IsArray))
            Mistake(name, "has names or lists of its own, but takes texts: [\"…\", \"…\"], or one text parted by semicolons.");
        else if (node.HasText && node.Children.Count > 0) Mistake(name, $"is given twice, as one text and as a list ({node.Children[0].Origin}); leave one of the two out.");
        return node.HasText
            ? node.Text!.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [.. node.Children.Where(child => child.HasText).OrderBy(child => child.Name.Length).ThenBy(child => child.Name, StringComparer.Ordinal).Select(child => child.Text!.Trim())];
    }

    public int Number(string name, int fallback, int least, int most)
    {
        if (Text(name) is not { } text) return fallback;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Mistake(name, $"is '{text}'; it takes a whole number from {least} to {most}.");
        return fallback;
    }

    public bool Flag(string name, bool fallback = false)
    {
        if (Text(name) is not { } text) return fallback;
        if (bool.TryParse(text, out var flag)) return flag;
        Mistake(name, $"is '{text}'; it takes true or false.");
        return fallback;
    }

    public TimeSpan Length(string name, TimeSpan fallback, TimeSpan least, TimeSpan most)
    {
        var length = Parsed<TimeSpan?>(name, text => TimeArguments.Length(text)) ?? fallback;
        if (length >= least && length <= most) return length;
        Mistake(name, $"is '{section[name].Text}'; it takes {TimeWindow.Format(least)} to {TimeWindow.Format(most)}.");
        return fallback;
    }

    /// <summary>One of some words.</summary>
    public string Word(string name, string fallback, params ReadOnlySpan<string> words)
    {
        if (Text(name) is not { } text) return fallback;
        foreach (var word in words)
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
                return word;
        Mistake(name, $"is '{text}'; it takes {string.Join(", ", words.ToArray())}.{Similar.Hint(text, words.ToArray())}");
        return fallback;
    }

    /// <summary>Whatever <paramref name="parse"/> makes of the text; what it throws as a <see cref="FormatException"/> is the mistake.</summary>
    public T? Parsed<T>(string name, Func<string, T> parse)
    {
        if (Text(name) is not { } text) return default;
        try
        {
            return parse(text);
        }
        catch (FormatException e)
        {
            Mistake(name, e.Message, quoted: true);
            return default;
        }
    }

    /// <summary>A setting's name with where it was given, as sentences start.</summary>
    public string Place(string name) => Place(path.Length > 0 ? $"{path}:{name}" : name, section[name].Origin);

    public void Mistake(string name, string what, bool quoted = false) => mistakes.Add($"{Place(name)}{(quoted ? ":" : "")} {what}");

    /// <summary>Whether the section is one: a text or a list in its place is told.</summary>
    /// <param name="example">How it is written, in JSON.</param>
    public bool IsSection(string example)
    {
        if (!section.IsArray && !section.HasText) return true;
        mistakes.Add($"{Place(path, section.Origin)} is a {(section.HasText ? "text" : "list")}, but takes names with what is set: {example}.");
        return false;
    }

    /// <summary>Names that are no settings.</summary>
    public void Done()
    {
        foreach (var child in section.Children)
            if (!_known.Contains(child.Name, StringComparer.OrdinalIgnoreCase))
                Mistake(child.Name, $"is no setting.{Similar.Hint(child.Name, _known)} There are: {string.Join(", ", _known.Distinct())}.");
    }

    private static string Place(string name, string? origin) => origin is null ? name : $"{name} ({origin})";
}
