namespace KubeMetrics.Pipeline.Settings;

/// <summary>
/// One name in settings and what was given for it: a text, a list of texts, or names of its own. The tree below a node
/// without a name is all that one source says, or all of them together.
/// </summary>
/// <param name="Name">The name, as it was written.</param>
/// <param name="Origin">Where it was given, as it stands in parentheses in a sentence; null where it was not.</param>
internal sealed record SettingsNode(string Name, string? Origin = null)
{
    /// <summary>The text; empty for JSON's null; null where there is none.</summary>
    public string? Text { get; init; }

    /// <summary>Whether it is an array in a file.</summary>
    public bool IsArray { get; init; }

    /// <summary>What stands below it.</summary>
    public IReadOnlyList<SettingsNode> Children { get; init; } = [];

    /// <summary>Whether it is a list: an array, or texts numbered as the environment has them (<c>Where__0</c>).</summary>
    public bool IsList => IsArray || (Children.Count > 0 && Children.All(child => child.Children.Count == 0 && child.Name.All(char.IsAsciiDigit)));

    /// <summary>Whether it says anything at all: an empty text stands for the default.</summary>
    public bool HasText => !string.IsNullOrWhiteSpace(Text);

    private bool IsSection => Children.Count > 0 && !IsList;

    /// <summary>What was given for a name, in whatever case; a node that says nothing where nothing was.</summary>
    public SettingsNode this[string name] => Children.FirstOrDefault(child => Is(child, name)) ?? new SettingsNode(name);

    /// <summary>
    /// This over what an earlier source says. A text or a list is one value, and the later one stands in its place whole,
    /// whatever its form; of names each is set for itself. Where one source has a text and the other has names both stay,
    /// and whoever reads says that they can't.
    /// </summary>
    public SettingsNode Over(SettingsNode earlier)
    {
        if (!IsSection && !earlier.IsSection) return this with { Name = earlier.Name };
        var text = HasText ? this : earlier.HasText ? earlier : null;
        return new SettingsNode(earlier.Name, text?.Origin ?? Origin)
        {
            Text = text?.Text,
            IsArray = IsArray || earlier.IsArray,
            Children =
            [
                .. earlier.Children.Select(child => Children.FirstOrDefault(later => Is(later, child.Name))?.Over(child) ?? child),
                .. Children.Where(later => !earlier.Children.Any(child => Is(child, later.Name))),
            ],
        };
    }

    /// <summary>A tree of names that have their sections in them.</summary>
    public static SettingsNode Of(IReadOnlyList<(string[] Path, string Text, string Origin)> values, string name = "", int depth = 0)
    {
        var here = values.FirstOrDefault(value => value.Path.Length == depth);
        return new SettingsNode(name, here.Origin ?? values.FirstOrDefault().Origin)
        {
            Text = here.Text,
            Children =
            [
                .. values.Where(value => value.Path.Length > depth).GroupBy(value => value.Path[depth], StringComparer.OrdinalIgnoreCase)
                    .Select(below => Of([.. below], below.Key, depth + 1)),
            ],
        };
    }

    private static bool Is(SettingsNode node, string name) => node.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
