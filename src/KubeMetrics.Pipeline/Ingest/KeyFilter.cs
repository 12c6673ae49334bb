using System.Text;
using System.Text.RegularExpressions;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>
/// Which keys are wanted. Patterns: <c>*</c> any characters but a slash, <c>**</c> slashes too, <c>?</c> one character; a
/// pattern without a slash is held against the last name, one with a slash against the whole key below the source, one that
/// ends in a slash means everything below that folder. Wanted is what some include matches (or all where there is none) and no exclude.
/// </summary>
internal sealed class KeyFilter
{
    private const int Most = 100, Longest = 1024;

    private readonly Regex[] _include, _exclude;

    /// <exception cref="FormatException">A pattern is empty or too long, or there are too many.</exception>
    internal KeyFilter(IReadOnlyList<string> include, IReadOnlyList<string> exclude)
    {
        if (include.Count + exclude.Count > Most) throw new FormatException($"There are {include.Count + exclude.Count} patterns; {Most} are the most.");
        (_include, _exclude) = ([.. include.Select(Compiled)], [.. exclude.Select(Compiled)]);
    }

    /// <summary>Whether a key is wanted.</summary>
    internal bool Wants(string key) => (_include.Length == 0 || _include.Any(pattern => pattern.IsMatch(key))) && !_exclude.Any(pattern => pattern.IsMatch(key));

    // Without going back on its steps: the time that a key takes does not depend on who wrote the pattern.
    private static Regex Compiled(string pattern)
    {
        if (pattern.Length is 0 or > Longest) throw new FormatException($"A pattern has {pattern.Length} characters; it takes 1 to {Longest}, as in *.json or 2018/**.");
        var text = pattern.EndsWith('/') ? pattern + "**" : pattern;
        var regex = new StringBuilder(@"\A");
        if (!text.Contains('/')) regex.Append("(?:.*/)?");
        for (var at = text.StartsWith('/') ? 1 : 0; at < text.Length; at++)
        {
            if (text.AsSpan(at).StartsWith("**/")) (regex, at) = (regex.Append("(?:.*/)?"), at + 2);
            else if (text.AsSpan(at).StartsWith("**")) (regex, at) = (regex.Append(".*"), at + 1);
            else if (text[at] == '*') regex.Append("[^/]*");
            else if (text[at] == '?') regex.Append("[^/]");
            else regex.Append(Regex.Escape(text[at].ToString()));
        }

        return new Regex(regex.Append(@"\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);
    }
}
