using System.Text.Json;
using Microsoft.AspNetCore.Routing.Template;

namespace KubeMetrics.Functions.Tests.StandIn;

/// <summary>A function as the worker reports it.</summary>
internal sealed class HostedFunction
{
    private readonly JsonElement _trigger;
    private readonly TemplateMatcher? _path;

    public HostedFunction(FunctionInfo info)
    {
        Info = info;
        _trigger = info.RawBindings.Select(binding => JsonDocument.Parse(binding).RootElement).Single(binding => binding.GetProperty("type").GetString()!.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase));
        if (Route is { } route) _path = new TemplateMatcher(TemplateParser.Parse(route), []);
    }

    public FunctionInfo Info { get; }

    public string Name => Info.Name;

    /// <summary>The name of what the function is handed.</summary>
    public string Parameter => _trigger.GetProperty("name").GetString()!;

    public string Trigger => _trigger.GetProperty("type").GetString()!;

    public string? Level => Text("authLevel");

    public string? Route => Text("route");

    public string? Schedule => Text("schedule");

    public IReadOnlyList<string> Methods => _trigger.TryGetProperty("methods", out var methods) ? [.. methods.EnumerateArray().Select(method => method.GetString()!.ToUpperInvariant())] : [];

    public bool Fits(string method, string path) => _path is not null && Methods.Contains(method) && _path.TryMatch(path, []);

    private string? Text(string name) => _trigger.TryGetProperty(name, out var value) ? value.GetString() : null;
}
