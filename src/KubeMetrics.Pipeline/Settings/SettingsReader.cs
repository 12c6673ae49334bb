using System.Globalization;
using KubeMetrics.Pipeline.Analysis;
using Microsoft.Extensions.Configuration;

namespace KubeMetrics.Pipeline.Settings;

/// <summary>
/// Reads one section and collects what is wrong with it, as sentences that name the setting, so that a person can mend all
/// at once. Names that nobody asked for by the end are mistakes too: a typo must not pass for a default.
/// </summary>
internal sealed class SettingsReader(IConfigurationSection section, List<string> mistakes)
{
    private readonly List<string> _known = [];

    public string? Text(string name)
    {
        _known.Add(name);
        var value = section[name];
        if (value is null && section.GetSection(name).GetChildren().Any()) Mistake(name, "has fields of its own, but takes one text.");
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }

    /// <summary>A list (<c>Where:0</c>, <c>Where:1</c> … or an array in JSON), or one text with the items parted by semicolons.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        _known.Add(name);
        if (section[name] is { } one) return [.. one.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        return [.. section.GetSection(name).GetChildren().Select(child => child.Value?.Trim()).Where(text => !string.IsNullOrEmpty(text)).OfType<string>()];
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
        Mistake(name, $"is '{section[name]}'; it takes {TimeWindow.Format(least)} to {TimeWindow.Format(most)}.");
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

    public void Mistake(string name, string what, bool quoted = false) => mistakes.Add($"{section.Path}:{name}{(quoted ? ":" : "")} {what}");

    /// <summary>Names that are no settings.</summary>
    public void Done()
    {
        foreach (var child in section.GetChildren())
            if (!_known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                Mistake(child.Key, $"is no setting.{Similar.Hint(child.Key, _known)} There are: {string.Join(", ", _known)}.");
    }
}
