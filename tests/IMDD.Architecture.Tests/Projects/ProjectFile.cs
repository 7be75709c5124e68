using System.Xml.Linq;

namespace IMDD.Architecture.Tests.Projects;

/// <summary>What a project file says about its dependencies.</summary>
/// <param name="Path">Path below the root, with forward slashes.</param>
/// <param name="Sdk">Value of the Sdk attribute.</param>
/// <param name="Projects">Names of the projects it refers to.</param>
/// <param name="Packages">Packages it refers to.</param>
/// <param name="FrameworkReferences">Shared frameworks it refers to.</param>
/// <param name="Friends">Assemblies that see its internals.</param>
public sealed record ProjectFile(
    string Path,
    string Sdk,
    IReadOnlyList<string> Projects,
    IReadOnlyList<PackageUse> Packages,
    IReadOnlyList<string> FrameworkReferences,
    IReadOnlyList<string> Friends)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public Side Side => Path switch
    {
        _ when Path.StartsWith("contracts/examples/", StringComparison.Ordinal) => Side.Examples,
        _ when Path.StartsWith("contracts/", StringComparison.Ordinal) => Side.Contracts,
        _ when Path.StartsWith("shared/", StringComparison.Ordinal) => Side.Shared,
        _ when Path.StartsWith("edge/", StringComparison.Ordinal) => Side.Edge,
        _ when Path.StartsWith("cloud/learning/", StringComparison.Ordinal) => Side.Learning,
        _ when Path.StartsWith("cloud/IMDD.Cli/", StringComparison.Ordinal) => Side.Command,
        _ when Path.StartsWith("cloud/", StringComparison.Ordinal) => Side.CloudService,
        _ when Path.StartsWith("tests/", StringComparison.Ordinal) => Side.Tests,
        _ => throw new InvalidOperationException($"{Path} lies in no folder of the layout."),
    };

    public static ProjectFile Parse(string path, string xml)
    {
        var project = XDocument.Parse(xml).Root!;
        return new ProjectFile(
            path,
            (string?)project.Attribute("Sdk") ?? "",
            [.. Items("ProjectReference").Where(item => !IsBuiltExample(item)).Select(NameOf)],
            [.. Items("PackageReference").Select(PackageUse.Parse)],
            [.. Items("FrameworkReference").Select(Include)],
            [.. Items("InternalsVisibleTo").Select(Include)]);

        IEnumerable<XElement> Items(string name) => project.Descendants(name).Where(item => item.Attribute("Include") is not null);

        // Built so that a test can run it as a process; nothing of it can be called.
        static bool IsBuiltExample(XElement item)
            => (string?)item.Attribute("ReferenceOutputAssembly") == "false" && Include(item).Contains(ExamplesFolder, StringComparison.Ordinal);

        static string Include(XElement item) => (string)item.Attribute("Include")!;

        static string NameOf(XElement item) => System.IO.Path.GetFileNameWithoutExtension(Include(item).Replace('\\', '/'));
    }

    /// <summary>Where examples for other people's programs lie: built by tests, no part of the solution.</summary>
    public const string ExamplesFolder = "contracts/examples/";

    /// <summary>All project files of the solution's checkout; examples, build outputs and dot folders left out.</summary>
    public static IReadOnlyList<ProjectFile> ReadAll(string root)
        => [.. ReadEverything(root).Where(file => !file.Path.StartsWith(ExamplesFolder, StringComparison.Ordinal))];

    /// <summary>The examples' project files.</summary>
    public static IReadOnlyList<ProjectFile> ReadExamples(string root)
        => [.. ReadEverything(root).Where(file => file.Path.StartsWith(ExamplesFolder, StringComparison.Ordinal))];

    private static IReadOnlyList<ProjectFile> ReadEverything(string root) =>
    [
        .. Directory.EnumerateDirectories(root)
            .Where(folder => System.IO.Path.GetFileName(folder) is not "artifacts" and not ['.', ..])
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories))
            .Select(file => Parse(System.IO.Path.GetRelativePath(root, file), File.ReadAllText(file)))
            .OrderBy(file => file.Path, StringComparer.Ordinal),
    ];
}
