using System.Xml.Linq;

namespace IMDD.Architecture.Tests.Projects;

/// <summary>A reference to a package.</summary>
/// <param name="Id">Package.</param>
/// <param name="HasVersion">True where it names a version of its own.</param>
/// <param name="Condition">MSBuild condition, of the reference or its group; empty for none.</param>
public sealed record PackageUse(string Id, bool HasVersion, string Condition)
{
    public static PackageUse Parse(XElement item) => new(
        (string)item.Attribute("Include")!,
        item.Attribute("Version") is not null || item.Attribute("VersionOverride") is not null || item.Element("Version") is not null,
        (string?)item.Attribute("Condition") ?? (string?)item.Parent?.Attribute("Condition") ?? "");
}
