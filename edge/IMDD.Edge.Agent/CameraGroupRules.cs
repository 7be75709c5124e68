using IMDD.Contracts.Identity;
using IMDD.Edge.Agent.Inspection;

namespace IMDD.Edge.Agent;

/// <summary>What is wrong with groups of cameras.</summary>
internal static class CameraGroupRules
{
    /// <summary>A wish names so many at most, the rest among them.</summary>
    private const int Most = 15;

    /// <summary>Each fault with its key.</summary>
    public static IEnumerable<string> Problems(AgentOptions options)
    {
        var section = $"{AgentOptions.Section}:{nameof(options.Groups)}";
        if (options.Groups.Count > Most)
        {
            yield return $"{section}: must be at most {Most} groups; there are {options.Groups.Count}";
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        Dictionary<string, string> places = new(StringComparer.Ordinal);
        for (var i = 0; i < options.Groups.Count; i++)
        {
            var (group, key) = (options.Groups[i], $"{section}:{i}");
            if (!NamePart.IsValid(group.Name))
            {
                yield return $"{key}:{nameof(group.Name)}: must be {NamePart.Expected}";
            }
            else if (!names.Add(group.Name))
            {
                yield return $"{key}:{nameof(group.Name)}: must be named once; '{group.Name}' is there twice";
            }

            if (group.Cameras.Count == 0)
            {
                yield return $"{key}:{nameof(group.Cameras)}: must name at least one camera";
            }

            for (var j = 0; j < group.Cameras.Count; j++)
            {
                var (camera, place) = (group.Cameras[j] ?? "", $"{key}:{nameof(group.Cameras)}:{j}");
                if (options.Cameras.All(known => known.Name != camera))
                {
                    yield return $"{place}: must be one of {AgentOptions.Section}:{nameof(options.Cameras)}; '{camera}' is none";
                }
                else if (!places.TryAdd(camera, place))
                {
                    yield return $"{place}: must be in one group, once; '{camera}' is at {places[camera]} too";
                }
            }

            foreach (var problem in group.RecipeFile is { Length: > 0 } file ? RecipeFile.Problems(file, $"{key}:{nameof(group.RecipeFile)}") : [])
            {
                yield return problem;
            }
        }
    }
}
