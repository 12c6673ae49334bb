using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace KubeMetrics.Pipeline.Settings;

/// <summary>
/// Where settings come from, later ones over earlier ones: <c>appsettings.json</c>, <c>local.settings.json</c> (as Azure
/// Functions has it: flat names under <c>Values</c>), the environment. Both files are looked for in the current folder, and
/// neither has to be there.
/// </summary>
public static class SettingsFiles
{
    /// <summary>The files that are looked for.</summary>
    public const string AppSettings = "appsettings.json", LocalSettings = "local.settings.json";

    // What belongs to others in such files.
    private static readonly string[] Foreign = ["Logging", "AllowedHosts", "Kestrel", "ConnectionStrings", "Host", "$schema"];

    /// <summary>Reads the files and the environment.</summary>
    /// <param name="file">A file to read instead of those in the current folder; null for those.</param>
    /// <param name="mistakes">Takes a sentence for each name at the top of a file that is no setting.</param>
    /// <exception cref="SettingsException">A file is not there, can't be read or is no JSON.</exception>
    public static IConfigurationRoot Load(string? file, List<string> mistakes)
    {
        var builder = new ConfigurationBuilder();
        if (file is not null) Add(builder, Path.GetFullPath(file), mistakes);
        else
        {
            foreach (var name in (string[])[AppSettings, LocalSettings])
                if (File.Exists(name))
                    Add(builder, Path.GetFullPath(name), mistakes);
        }

        return builder.AddEnvironmentVariables().Build();
    }

    private static void Add(ConfigurationBuilder builder, string path, List<string> mistakes)
    {
        var (document, text) = Parse(path);
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new SettingsException([$"{path} holds no JSON object; settings stand in braces: {{\"Datasets\": {{…}}}}."]);
            // Azure Functions' own file has its settings as environment variables have them.
            if (document.RootElement.TryGetProperty("Values", out var values) && values.ValueKind == JsonValueKind.Object)
            {
                var flat = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
                foreach (var value in values.EnumerateObject())
                    if (!flat.TryAdd(value.Name.Replace("__", ":"), Text(value.Value)))
                        throw Twice(path, value.Name);
                foreach (var name in flat.Keys.Where(name => name.Contains(':'))) CheckName(path, name[..name.IndexOf(':')], mistakes);
                builder.AddInMemoryCollection(flat);
                return;
            }

            CheckTwice(path, "", document.RootElement);
            foreach (var section in document.RootElement.EnumerateObject()) CheckName(path, section.Name, mistakes);
        }

        builder.AddJsonStream(new MemoryStream(text));
    }

    private static (JsonDocument Document, byte[] Text) Parse(string path)
    {
        byte[] text;
        try
        {
            text = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([File.Exists(path) ? $"{path} can't be read: {e.Message}" : $"There is no settings file {path}; check the path (now in {Directory.GetCurrentDirectory()})."]);
        }

        try
        {
            return (JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false }), text);
        }
        catch (JsonException e)
        {
            var reason = e.Message.Split(" LineNumber", 2)[0].TrimEnd('.');
            throw new SettingsException([$"{path} is no JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {reason}. Mend that place."]);
        }
    }

    // Names of settings are the same in any case; the configuration would not say which file has one twice.
    private static void CheckTwice(string path, string section, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) return;
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in element.EnumerateObject())
        {
            if (!names.Add(property.Name)) throw Twice(path, section + property.Name);
            CheckTwice(path, $"{section}{property.Name}:", property.Value);
        }
    }

    private static SettingsException Twice(string path, string name) => new([$"{path} has '{name}' twice (names are the same in any case); leave one of the two out."]);

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.ToString();

    private static void CheckName(string path, string name, List<string> mistakes)
    {
        if (HostSettings.Sections.Contains(name, StringComparer.OrdinalIgnoreCase) || Foreign.Contains(name, StringComparer.OrdinalIgnoreCase)) return;
        mistakes.Add($"'{name}' in {path} is no section of settings.{Similar.Hint(name, HostSettings.Sections)} There are: {string.Join(", ", HostSettings.Sections)}.");
    }
}
