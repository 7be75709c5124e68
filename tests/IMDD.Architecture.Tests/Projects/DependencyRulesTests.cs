using IMDD.Testing;

namespace IMDD.Architecture.Tests.Projects;

public sealed class DependencyRulesTests
{
    private static readonly ProjectFile[] Good =
    [
        Project("contracts/IMDD.Contracts/IMDD.Contracts.csproj"),
        Project("shared/IMDD.Messaging/IMDD.Messaging.csproj", Reference("IMDD.Contracts") + Package("Confluent.Kafka")),
        Project("shared/IMDD.Hosting/IMDD.Hosting.csproj", Reference("IMDD.Contracts") + """<FrameworkReference Include="Microsoft.AspNetCore.App" />"""),
        Project("edge/IMDD.Edge.Agent/IMDD.Edge.Agent.csproj", Reference("IMDD.Contracts") + Reference("IMDD.Messaging")),
        Project("cloud/IMDD.Cloud.Aggregator/IMDD.Cloud.Aggregator.csproj", Reference("IMDD.Messaging")),
        Project("cloud/IMDD.Cloud.Dashboard/IMDD.Cloud.Dashboard.csproj", Reference("IMDD.Messaging")),
        Project("cloud/learning/IMDD.Learning.Networks/IMDD.Learning.Networks.csproj", Package("TorchSharp")),
        Project("cloud/IMDD.Cli/IMDD.Cli.csproj", Reference("IMDD.Edge.Agent") + Reference("IMDD.Cloud.Aggregator")),
    ];

    [Fact]
    public void Violations_ThisRepository_None()
    {
        var projects = ProjectFile.ReadAll(Repository.Root);

        projects.Count.ShouldBeGreaterThan(20);
        DependencyRules.Violations(projects).ShouldBeEmpty();
    }

    [Fact]
    public void Violations_LayoutAsMeant_None() => DependencyRules.Violations(Good).ShouldBeEmpty();

    [Theory]
    [InlineData("contracts/IMDD.Contracts", "P:IMDD.Messaging", "IMDD.Contracts (Contracts) must not refer to IMDD.Messaging (Shared)")]
    [InlineData("contracts/IMDD.Contracts", "System.Reactive", "must need nothing but the base library")]
    [InlineData("shared/IMDD.Imaging", "P:IMDD.Edge.Agent", "must not refer to IMDD.Edge.Agent (Edge)")]
    [InlineData("shared/IMDD.Imaging", "TorchSharp", "must not reach TorchSharp")]
    [InlineData("edge/IMDD.Edge.Camera", "P:IMDD.Edge.Agent", "must not refer to IMDD.Edge.Agent (Edge)")]
    [InlineData("edge/IMDD.Edge.Camera", "P:IMDD.Learning.Networks", "must not reach TorchSharp (TorchSharp through IMDD.Learning.Networks)")]
    [InlineData("edge/IMDD.Edge.Camera", "MQTTnet", "must not refer to MQTTnet: only IMDD.Messaging and IMDD.Messaging.Embedded may")]
    [InlineData("cloud/IMDD.Cloud.Curator", "P:IMDD.Cloud.Dashboard", "must not refer to IMDD.Cloud.Dashboard (CloudService)")]
    [InlineData("cloud/IMDD.Cloud.Curator", "P:IMDD.Edge.Agent", "must not refer to IMDD.Edge.Agent (Edge)")]
    [InlineData("cloud/IMDD.Cloud.Curator", "Azure.Storage.Blobs", "must not refer to Azure.Storage.Blobs: only IMDD.Storage may")]
    [InlineData("cloud/IMDD.Cloud.Curator", "Dapr.Client", "must not refer to Dapr.Client: only IMDD.Dapr may")]
    [InlineData("cloud/IMDD.Cloud.Curator", "TorchSharp", "must not reach TorchSharp")]
    [InlineData("cloud/IMDD.Cli", "P:IMDD.Learning.Networks", "must not reach TorchSharp (TorchSharp through IMDD.Learning.Networks)")]
    [InlineData("cloud/learning/IMDD.Learning.Datasets", "P:IMDD.Messaging", "must not reach Kafka, MQTT or ASP.NET (Confluent.Kafka through IMDD.Messaging)")]
    [InlineData("cloud/learning/IMDD.Learning.Datasets", "P:IMDD.Hosting", "must not reach ASP.NET (IMDD.Hosting")]
    [InlineData("contracts/examples/Reader", "P:IMDD.Contracts", "Reader (Examples) must not refer to IMDD.Contracts (Contracts)")]
    [InlineData("cloud/learning/IMDD.Learning.Datasets", "P:IMDD.Gone", "refers to IMDD.Gone, which is not in the repository")]
    public void Violations_ForbiddenReference_IsNamed(string folder, string reference, string expected)
    {
        var path = $"{folder}/{Path.GetFileName(folder)}.csproj";
        var item = reference.StartsWith("P:", StringComparison.Ordinal) ? Reference(reference[2..]) : Package(reference);

        var violations = DependencyRules.Violations([.. Good.Where(project => project.Path != path), Project(path, item)]);

        violations.ShouldContain(violation => violation.Contains(expected), $"found: {string.Join("; ", violations)}");
    }

    [Fact]
    public void Violations_VersionInAProjectFile_IsNamed() => DependencyRules
        .Violations([Project("shared/IMDD.Imaging/IMDD.Imaging.csproj", """<PackageReference Include="OpenCvSharp4" Version="4.0.0" />""")])
        .ShouldBe(["IMDD.Imaging names a version of OpenCvSharp4: versions belong in Directory.Packages.props."]);

    [Fact]
    public void Violations_InternalsShownToAStranger_IsNamed() => DependencyRules
        .Violations([Project(
            "shared/IMDD.Imaging/IMDD.Imaging.csproj",
            """<InternalsVisibleTo Include="IMDD.Imaging.Tests" /><InternalsVisibleTo Include="IMDD.Edge.Agent" />""")])
        .ShouldBe(["IMDD.Imaging shows its internals to IMDD.Edge.Agent: only its own tests may see them."]);

    [Fact]
    public void Solution_ThisRepository_HasEveryProject()
    {
        var solution = File.ReadAllText(Repository.PathOf("IMDD.Pipeline.sln"));

        ProjectFile.ReadAll(Repository.Root)
            .Where(project => !solution.Replace('\\', '/').Contains($"\"{project.Path}\"", StringComparison.Ordinal))
            .Select(project => project.Path)
            .ShouldBeEmpty();
    }

    /// <summary>Who reads our topics from outside has the contracts' text, not our assemblies.</summary>
    [Fact]
    public void Examples_ThisRepository_ReferToNothingOfOurs()
    {
        var examples = ProjectFile.ReadExamples(Repository.Root);
        examples.ShouldNotBeEmpty();
        examples.ShouldAllBe(example => example.Projects.Count == 0);
    }

    [Fact]
    public void Accelerator_ThisRepository_BothPackagesAreReferencedUnderTheirCondition()
    {
        var packages = ProjectFile.ReadAll(Repository.Root).SelectMany(project => project.Packages).ToList();

        packages.ShouldContain(new PackageUse("Microsoft.ML.OnnxRuntime", HasVersion: false, "'$(Accelerator)' == 'cpu'"));
        packages.ShouldContain(new PackageUse("Microsoft.ML.OnnxRuntime.Gpu", HasVersion: false, "'$(Accelerator)' == 'cuda'"));
        packages.ShouldContain(new PackageUse("libtorch-cpu-linux-x64", HasVersion: false, "'$(Accelerator)' == 'cpu'"));
        packages.ShouldContain(new PackageUse("TorchSharp-cuda-linux", HasVersion: false, "'$(Accelerator)' == 'cuda'"));
        string[] native = ["Microsoft.ML.OnnxRuntime", "libtorch", "TorchSharp-"];
        packages.Where(package => native.Any(prefix => package.Id.StartsWith(prefix, StringComparison.Ordinal))).ShouldAllBe(package => package.Condition.Length > 0);
    }

    private static ProjectFile Project(string path, string items = "") =>
        ProjectFile.Parse(path, $"""<Project Sdk="Microsoft.NET.Sdk"><ItemGroup>{items}</ItemGroup></Project>""");

    private static string Reference(string name) => $"""<ProjectReference Include="..\{name}\{name}.csproj" />""";

    private static string Package(string id) => $"""<PackageReference Include="{id}" />""";
}
