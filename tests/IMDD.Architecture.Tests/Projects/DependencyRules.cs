namespace IMDD.Architecture.Tests.Projects;

/// <summary>Who may refer to whom.</summary>
public static class DependencyRules
{
    private static readonly Dictionary<Side, Side[]> Allowed = new()
    {
        [Side.Contracts] = [],
        [Side.Shared] = [Side.Contracts, Side.Shared],
        [Side.Edge] = [Side.Contracts, Side.Shared],
        [Side.Learning] = [Side.Contracts, Side.Shared, Side.Learning],
        [Side.CloudService] = [Side.Contracts, Side.Shared, Side.Learning],
        [Side.Command] = [Side.Contracts, Side.Shared, Side.Edge, Side.Learning, Side.CloudService],
        [Side.Examples] = [],
        [Side.Tests] = Enum.GetValues<Side>(),
    };

    /// <summary>Packages that only some projects may name: the rest of the code sees an interface of ours instead.</summary>
    private static readonly (string Prefix, string[] Projects)[] Owned =
    [
        ("Confluent.", ["IMDD.Messaging", "IMDD.Messaging.Embedded"]),
        ("librdkafka", ["IMDD.Messaging", "IMDD.Messaging.Embedded"]),
        ("MQTTnet", ["IMDD.Messaging", "IMDD.Messaging.Embedded"]),
        ("Azure.", ["IMDD.Storage"]),
        ("Dapr.", ["IMDD.Dapr"]),
        ("Microsoft.ML.OnnxRuntime", ["IMDD.Inference"]),
    ];

    private static readonly string[] Torch = ["TorchSharp", "libtorch"];
    private static readonly string[] Transports = ["Confluent.", "librdkafka", "MQTTnet", "Microsoft.AspNetCore", "OpenTelemetry.", "Grpc.AspNetCore"];

    /// <summary>Every breach, in words; empty when all is well.</summary>
    public static IReadOnlyList<string> Violations(IReadOnlyList<ProjectFile> projects)
    {
        var byName = projects.ToDictionary(project => project.Name, StringComparer.Ordinal);
        return [.. projects.SelectMany(project => Of(project, byName))];
    }

    private static IEnumerable<string> Of(ProjectFile project, Dictionary<string, ProjectFile> byName)
    {
        foreach (var name in project.Projects.Where(name => !name.Contains('*')))
        {
            if (!byName.TryGetValue(name, out var target))
            {
                yield return $"{project.Name} refers to {name}, which is not in the repository.";
            }
            else if (!Allowed[project.Side].Contains(target.Side))
            {
                yield return $"{project.Name} ({project.Side}) must not refer to {name} ({target.Side}).";
            }
        }

        foreach (var package in project.Packages.Where(package => package.HasVersion))
        {
            yield return $"{project.Name} names a version of {package.Id}: versions belong in Directory.Packages.props.";
        }

        if (project.Side is Side.Tests or Side.Examples)
        {
            yield break;
        }

        foreach (var friend in project.Friends.Where(friend => friend != project.Name + ".Tests"))
        {
            yield return $"{project.Name} shows its internals to {friend}: only its own tests may see them.";
        }

        foreach (var package in project.Packages)
        {
            if (Owned.FirstOrDefault(owned => StartsWith(package.Id, owned.Prefix)) is { Projects: { } owners } && !owners.Contains(project.Name))
            {
                yield return $"{project.Name} must not refer to {package.Id}: only {string.Join(" and ", owners)} may.";
            }
        }

        if (project.Side == Side.Contracts && (project.Packages.Count > 0 || project.FrameworkReferences.Count > 0))
        {
            yield return $"{project.Name} must need nothing but the base library.";
        }

        var closure = Closure(project, byName);
        if (project.Side is not Side.Learning && project.Name != "IMDD.Cloud.Trainer")
        {
            foreach (var found in Uses(closure, Torch))
            {
                yield return $"{project.Name} must not reach TorchSharp ({found}): libtorch is for the learning libraries and the trainer, a process of its own.";
            }
        }

        if (project.Side == Side.Learning)
        {
            foreach (var found in Uses(closure, Transports))
            {
                yield return $"{project.Name} must not reach Kafka, MQTT or ASP.NET ({found}): a learning library is used by itself.";
            }

            foreach (var web in closure.Where(IsWeb))
            {
                yield return $"{project.Name} must not reach ASP.NET ({web.Name} is a web project or refers to it).";
            }
        }
    }

    private static bool IsWeb(ProjectFile project) => project.Sdk.EndsWith(".Web", StringComparison.Ordinal)
        || project.FrameworkReferences.Any(framework => StartsWith(framework, "Microsoft.AspNetCore"));

    private static IEnumerable<string> Uses(IEnumerable<ProjectFile> closure, string[] prefixes) =>
        from member in closure
        from package in member.Packages
        where prefixes.Any(prefix => StartsWith(package.Id, prefix))
        select $"{package.Id} through {member.Name}";

    private static List<ProjectFile> Closure(ProjectFile start, Dictionary<string, ProjectFile> byName)
    {
        List<ProjectFile> found = [start];
        for (var index = 0; index < found.Count; index++)
        {
            found.AddRange(found[index].Projects.Where(byName.ContainsKey).Select(name => byName[name]).Where(project => !found.Contains(project)));
        }

        return found;
    }

    private static bool StartsWith(string text, string prefix) => text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
}
