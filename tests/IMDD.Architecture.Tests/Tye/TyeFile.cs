using YamlDotNet.RepresentationModel;

namespace IMDD.Architecture.Tests.Tye;

/// <summary>Reads a <c>tye.yaml</c> as strictly as Tye did: an unknown key is an error.</summary>
public static class TyeFile
{
    private static readonly string[] RootKeys =
        ["name", "solution", "namespace", "network", "registry", "containerEngine", "dashboardPort", "ingress", "services", "extensions"];

    private static readonly string[] SourceKeys = ["project", "image", "dockerFile", "executable", "external", "include", "repository"];

    private static readonly string[] ServiceKeys =
        [.. SourceKeys, "name", "args", "replicas", "bindings", "volumes", "env", "env_file", "liveness", "readiness", "tags"];

    private static readonly string[] BindingKeys = ["name", "port", "containerPort", "host", "protocol", "connectionString"];
    private static readonly string[] VolumeKeys = ["name", "source", "target"];

    /// <summary>The services with what each is made from and its first port.</summary>
    /// <exception cref="FormatException">Not a document that Tye would take; the message names the key.</exception>
    public static IReadOnlyList<TyeService> Read(TextReader text)
    {
        YamlStream stream = [];
        stream.Load(text);
        var root = Mapping(stream.Documents.Single().RootNode, "the document", RootKeys);
        List<TyeService> services = [];
        foreach (var node in List(root, "services"))
        {
            var service = Mapping(node, "a service", ServiceKeys);
            var name = Scalar(service, "name");
            if (name.Length is 0 or > 63 || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            {
                throw new FormatException($"service name '{name}': expected a DNS label");
            }

            var sources = service.Keys.Intersect(SourceKeys).ToList();
            if (sources.Count != 1)
            {
                throw new FormatException($"service '{name}': expected one of {string.Join(", ", SourceKeys)}, found {sources.Count}");
            }

            var bindings = List(service, "bindings").Select(binding => Mapping(binding, $"a binding of '{name}'", BindingKeys)).ToList();

            foreach (var volume in List(service, "volumes"))
            {
                Mapping(volume, $"a volume of '{name}'", VolumeKeys);
            }

            services.Add(new TyeService(name, Scalar(service, sources[0]), bindings.Count > 0 && bindings[0].ContainsKey("port") ? Scalar(bindings[0], "port") : null));
        }

        return services;
    }

    private static Dictionary<string, YamlNode> Mapping(YamlNode node, string what, string[] keys)
    {
        var mapping = (node as YamlMappingNode ?? throw new FormatException($"{what}: expected a mapping"))
            .ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => pair.Value, StringComparer.Ordinal);
        return mapping.Keys.Except(keys).FirstOrDefault() is { } unknown ? throw new FormatException($"{what}: unknown key '{unknown}'") : mapping;
    }

    private static IEnumerable<YamlNode> List(Dictionary<string, YamlNode> mapping, string key) =>
        mapping.TryGetValue(key, out var node)
            ? (node as YamlSequenceNode ?? throw new FormatException($"'{key}': expected a list")).Children
            : [];

    private static string Scalar(Dictionary<string, YamlNode> mapping, string key) =>
        mapping.TryGetValue(key, out var node) && node is YamlScalarNode { Value: { } value } ? value : throw new FormatException($"'{key}': expected a value");
}
