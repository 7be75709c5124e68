using System.Text.RegularExpressions;
using IMDD.Contracts.Events;
using IMDD.Contracts.Tests.Schemas;
using IMDD.Testing;

namespace IMDD.Contracts.Tests.Events;

/// <summary>The reasons that agents give, in the code, the schema and the document: the same, and each is given somewhere.</summary>
public sealed partial class RolloutReasonTests
{
    private static readonly Dictionary<string, string> Codes = typeof(RolloutReason).GetFields().ToDictionary(field => field.Name, field => (string)field.GetRawConstantValue()!);

    [Fact]
    public void Schema_ListsTheCodes()
    {
        var reason = WireDocument.Of("rollout.step-reported.v1").Schema()["properties"]!["reasonCode"]!["anyOf"]!.AsArray();
        reason.Select(word => (string?)word!["const"]).OfType<string>().ShouldBe(Codes.Values, ignoreOrder: true);
    }

    [Fact]
    public void Readme_ListsTheCodes()
    {
        var table = File.ReadAllText(Repository.PathOf("contracts", "README.md")).Split("| `reasonCode` | |", 2)[1].Split("\n\n", 2)[0];
        TableRow().Matches(table).Select(row => row.Groups["code"].Value).ShouldBe(Codes.Values, ignoreOrder: true);
    }

    [Fact]
    public void Agent_GivesEachOfTheCodes()
    {
        var code = string.Concat(Directory.EnumerateFiles(Repository.PathOf("edge", "IMDD.Edge.Agent"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        Codes.Keys.Where(name => !Regex.IsMatch(code, $@"\bRolloutReason\.{name}\b")).ShouldBeEmpty();
        ReasonInWords().Matches(code).Select(match => match.Value).ShouldBeEmpty("a reason that is no constant");
    }

    [GeneratedRegex("^\\| `(?<code>\\w+)` \\|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex("new DeliveryException\\(\"|ReasonCode = \"")]
    private static partial Regex ReasonInWords();
}
