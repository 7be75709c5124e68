using System.Text.Json.Nodes;

namespace IMDD.Contracts.Tests.Schemas;

/// <summary>A sample of the checkout, by its path below <c>contracts/samples</c>: <c>v1.0/inspection.outcome.v1/minimal.json</c>.</summary>
internal static class SampleFile
{
    private const string InvalidFolder = "invalid";

    /// <summary>Samples of every version ever released: folders <c>v1.*</c>, whatever is added.</summary>
    public static IReadOnlyList<string> Valid { get; } =
    [
        .. Directory.EnumerateDirectories(WireDocument.SampleFolder, "v1.*").SelectMany(Files),
    ];

    public static IReadOnlyList<string> Invalid { get; } = [.. Files(Path.Combine(WireDocument.SampleFolder, InvalidFolder))];

    public static WireDocument DocumentOf(string sample) => WireDocument.Of(sample.Split('/')[1]);

    public static JsonNode Read(string sample) => JsonNode.Parse(File.ReadAllText(Path.Combine(WireDocument.SampleFolder, sample)))!;

    private static IEnumerable<string> Files(string folder)
        => Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(WireDocument.SampleFolder, f).Replace('\\', '/')).Order(StringComparer.Ordinal);
}
