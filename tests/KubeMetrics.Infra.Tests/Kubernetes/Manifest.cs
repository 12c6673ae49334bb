using YamlDotNet.RepresentationModel;

namespace KubeMetrics.Infra.Tests.Kubernetes;

/// <summary>One object of a manifest.</summary>
internal sealed class Manifest(string file, YamlMappingNode root)
{
    public string File => file;

    public string Kind => Text("kind");

    public string Name => Text("metadata.name");

    /// <summary>All objects of a file in infra/kubernetes.</summary>
    public static IReadOnlyList<Manifest> Read(params string[] path)
    {
        var stream = new YamlStream();
        using var reader = System.IO.File.OpenText(Repository.PathOf(["infra", "kubernetes", .. path]));
        stream.Load(reader);
        return [.. stream.Documents.Select(document => new Manifest(string.Join('/', path), (YamlMappingNode)document.RootNode))];
    }

    /// <summary>What a path leads to: names parted by dots, and positions in lists.</summary>
    public YamlNode At(string path) =>
        path.Split('.').Aggregate((YamlNode)root, (node, part) => Find(node, part) ?? throw new InvalidOperationException($"{file}: {Kind} {Name} has no {path}."));

    public string Text(string path) => ((YamlScalarNode)At(path)).Value ?? "";

    public IReadOnlyList<Manifest> List(string path) => [.. ((YamlSequenceNode)At(path)).Select(item => new Manifest(file, (YamlMappingNode)item))];

    public IReadOnlyDictionary<string, string> Texts(string path) =>
        ((YamlMappingNode)At(path)).ToDictionary(one => ((YamlScalarNode)one.Key).Value!, one => ((YamlScalarNode)one.Value).Value ?? "");

    public bool Has(string path)
    {
        YamlNode? node = root;
        foreach (var part in path.Split('.')) node = node is null ? null : Find(node, part);
        return node is not null;
    }

    private static YamlNode? Find(YamlNode node, string part) => node switch
    {
        YamlMappingNode mapping => mapping.Children.TryGetValue(new YamlScalarNode(part), out var value) ? value : null,
        YamlSequenceNode list when int.TryParse(part, out var index) && index < list.Children.Count => list[index],
        _ => null,
    };
}
