using IMDD.Contracts;
using IMDD.Contracts.Identity;

namespace IMDD.Cloud.Registry.Fleet;

/// <summary>An agent within its cell.</summary>
/// <param name="Asset">The cell.</param>
/// <param name="Agent">The box.</param>
internal sealed record AgentAddress(AssetPath Asset, string Agent)
{
    /// <summary>Reads <c>enterprise/site/area/line/cell/agent</c>.</summary>
    /// <exception cref="RegistryException">It is none.</exception>
    public static AgentAddress Parse(string text)
    {
        var cut = text.LastIndexOf('/');
        return cut > 0 && AssetPath.TryParse(text[..cut], out var asset, out _) && NamePart.IsValid(text[(cut + 1)..])
            ? new AgentAddress(asset, text[(cut + 1)..])
            : throw RegistryException.Invalid($"'{Excerpt.Of(text)}' is not an agent: expected enterprise/site/area/line/cell/agent.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Asset}/{Agent}";
}
