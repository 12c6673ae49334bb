using System.Globalization;
using System.Text.Json;

namespace KubeMetrics.Pipeline.Settings;

/// <summary>
/// Settings in files: <c>appsettings.json</c>, and over it <c>local.settings.json</c> (as Azure Functions has it: flat names
/// under <c>Values</c>). Both are looked for in the current folder, and neither has to be there.
/// </summary>
public static class SettingsFiles
{
    /// <summary>The files that are looked for.</summary>
    public const string AppSettings = "appsettings.json", LocalSettings = "local.settings.json";

    private const string Values = "Values", Encrypted = "IsEncrypted";

    // What belongs to others in such files.
    private static readonly string[] Foreign = [Values, Encrypted, "Logging", "AllowedHosts", "Kestrel", "ConnectionStrings", "Host", "$schema"];

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads the files, later ones to go over earlier ones.</summary>
    /// <param name="file">A file to read instead of those in the current folder; null for those.</param>
    /// <exception cref="SettingsException">A file is not there, can't be read or is no JSON.</exception>
    public static IReadOnlyList<SettingsSource> Load(string? file) =>
        file is not null ? [.. Read(Path.GetFullPath(file))] : [.. new[] { AppSettings, LocalSettings }.Where(File.Exists).SelectMany(name => Read(Path.GetFullPath(name)))];

    // Sections, and over them the flat names: both stand in one file where somebody began with one and went on with the other.
    private static IEnumerable<SettingsSource> Read(string path)
    {
        using var document = Parse(path);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new SettingsException([$"{path} holds no JSON object; settings stand in braces: {{\"Datasets\": {{…}}}}."]);
        var mistakes = new List<string>();
        Twice(path, "", root.EnumerateObject().Select(property => property.Name), mistakes);
        var known = new List<SettingsNode>();
        foreach (var section in root.EnumerateObject())
        {
            if (IsOneOf(section.Name, HostSettings.Sections)) known.Add(Node(path, section.Name, section.Name, section.Value, mistakes));
            else if (!IsOneOf(section.Name, Foreign))
                mistakes.Add($"'{section.Name}' in {path} is no section of settings.{Similar.Hint(section.Name, HostSettings.Sections)} There are: {string.Join(", ", HostSettings.Sections)}.");
        }

        return [new SettingsSource(new SettingsNode("") { Children = known }) { Mistakes = mistakes }, Flat(path, root)];
    }

    private static SettingsSource Flat(string path, JsonElement root)
    {
        var mistakes = new List<string>();
        var ours = new List<(string Name, string Text)>();
        if (Find(root, Values) is not { } values) return new SettingsSource(new SettingsNode(""));
        if (values.ValueKind != JsonValueKind.Object) mistakes.Add($"'{Values}' in {path} holds no names; write {{\"{Values}\": {{\"Datasets__KubeMetrics__Location\": \"/data/dumps\"}}}}, or leave it out.");
        else if (Find(root, Encrypted) is { ValueKind: JsonValueKind.True })
            mistakes.Add($"{path} is encrypted, which only Azure Functions' own tools can read; write it in plain text: func settings decrypt.");
        else
        {
            foreach (var value in values.EnumerateObject())
            {
                if (!FlatNames.IsOurs(value.Name, StringComparison.OrdinalIgnoreCase))
                {
                    if (FlatNames.Hint(value.Name) is { Length: > 0 } hint) mistakes.Add($"'{value.Name}' in {path} is no setting.{hint}");
                }
                else if (value.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                    mistakes.Add($"'{value.Name}' in {path} holds more than a text, which '{Values}' can't; name what it holds for itself ({value.Name}__…), or write it outside of '{Values}'.");
                else ours.Add((value.Name, value.Value.ToString()));
            }

            mistakes.AddRange(FlatNames.Twice(ours.Select(one => one.Name)).Select(twice => TwiceIn(path, twice.Second)));
        }

        return new SettingsSource(SettingsNode.Of([.. ours.Select(one => (FlatNames.Parts(one.Name), one.Text, $"in {path}"))])) { Mistakes = mistakes };
    }

    private static SettingsNode Node(string path, string place, string name, JsonElement value, List<string> mistakes)
    {
        var node = new SettingsNode(name, $"in {path}");
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Twice(path, place + ":", value.EnumerateObject().Select(property => property.Name), mistakes);
                return node with { Children = [.. value.EnumerateObject().Select(property => Node(path, $"{place}:{property.Name}", property.Name, property.Value, mistakes))] };
            case JsonValueKind.Array:
                return node with
                {
                    IsArray = true,
                    Children = [.. value.EnumerateArray().Select((item, i) => Node(path, $"{place}:{i}", i.ToString(CultureInfo.InvariantCulture), item, mistakes))],
                };
            default:
                return node with { Text = value.ToString() };
        }
    }

    private static JsonDocument Parse(string path)
    {
        byte[] text;
        try
        {
            text = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([
                File.Exists(path) ? $"{path} can't be read: {e.Message}"
                : Directory.Exists(path) ? $"{path} is a folder; name the settings file in it."
                : $"There is no settings file {path}; check the path (now in {Directory.GetCurrentDirectory()})."]);
        }

        try
        {
            // Editors on Windows put a mark before the text that JSON itself has not.
            return JsonDocument.Parse(text.AsMemory(text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0), Lenient);
        }
        catch (JsonException e)
        {
            var reason = e.Message.Split(" LineNumber", 2)[0].TrimEnd('.');
            throw new SettingsException([$"{path} is no JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {reason}. Mend that place."]);
        }
    }

    // Names of settings are the same in any case.
    private static void Twice(string path, string section, IEnumerable<string> names, List<string> mistakes) =>
        mistakes.AddRange(names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => TwiceIn(path, section + group.ElementAt(1))));

    private static string TwiceIn(string path, string name) => $"{path} has '{name}' twice (names are the same in any case); leave one of the two out.";

    private static JsonElement? Find(JsonElement root, string name) =>
        root.EnumerateObject().Where(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(property => (JsonElement?)property.Value).FirstOrDefault();

    private static bool IsOneOf(string name, IEnumerable<string> names) => names.Contains(name, StringComparer.OrdinalIgnoreCase);
}
