using System.Text.RegularExpressions;
using IMDD.Contracts.Topics;
using IMDD.Testing;

namespace IMDD.Contracts.Tests.Examples;

/// <summary>What the README shows is what the tests run.</summary>
public sealed class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Repository.PathOf("contracts", "README.md"));

    [Theory]
    [InlineData("examples/kcat.sh", "sh")]
    [InlineData("examples/outcomes.py", "python")]
    [InlineData("examples/csharp/Program.cs", "csharp")]
    public void Readme_Snippet_IsTheFile(string file, string language)
    {
        var text = File.ReadAllText(Repository.PathOf("contracts", file));
        Readme.ShouldContain($"<!-- {file} -->\n```{language}\n{text}```\n");
    }

    [Fact]
    public void Readme_EveryTopic_IsInTheTable()
    {
        foreach (var topic in KafkaTopics.All.Where(t => !t.Name.EndsWith(".dlq", StringComparison.Ordinal)))
        {
            Readme.ShouldContain($"`{topic.Name}`");
        }
    }

    [Fact]
    public void Readme_EveryLink_LeadsSomewhere()
    {
        var links = Regex.Matches(Readme, @"\]\((?<to>[^)]+)\)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Select(m => m.Groups["to"].Value).Where(to => !to.StartsWith("https://", StringComparison.Ordinal)).ToList();
        links.Count.ShouldBeGreaterThan(5);
        links.ShouldAllBe(to => File.Exists(Repository.PathOf("contracts", to)));
    }
}
