using IMDD.Architecture.Tests.Projects;
using IMDD.Testing;

namespace IMDD.Architecture.Tests.Tye;

public sealed class TyeFileTests
{
    [Fact]
    public void Read_ThisRepository_NamesTheProcessesThatThereAre()
    {
        using var text = File.OpenText(Repository.PathOf("tye.yaml"));

        var services = TyeFile.Read(text);

        services.Select(service => service.Name).ShouldBe(["mosquitto", "kafka", "agent", "camera", "aggregator", "curator", "registry", "trainer", "dashboard"], ignoreOrder: true);
        var processes = services.Where(service => service.Source.EndsWith(".csproj", StringComparison.Ordinal)).ToList();
        ProjectFile.ReadAll(Repository.Root)
            .Where(project => project.Side is Side.Edge or Side.CloudService)
            .Select(project => project.Path)
            .ShouldBe(processes.Select(process => process.Source), ignoreOrder: true, "every service is a process");
        foreach (var process in processes)
        {
            var main = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Repository.PathOf(process.Source))!, "Program.cs"));
            main.ShouldContain($"defaultPort: {process.Port})", customMessage: $"{process.Name} listens where tye.yaml says");
        }

        processes.Select(process => process.Port).ShouldBeUnique();
    }

    [Theory]
    [InlineData("services: [{name: a, image: x, routes: []}]", "unknown key 'routes'")]
    [InlineData("autoAssignPort: true", "unknown key 'autoAssignPort'")]
    [InlineData("services: [{name: a, image: x, bindings: [{internalPort: 1}]}]", "unknown key 'internalPort'")]
    [InlineData("services: [{name: A_b, image: x}]", "expected a DNS label")]
    [InlineData("services: [{name: a}]", "expected one of project")]
    [InlineData("services: [{name: a, image: x, executable: y}]", "found 2")]
    [InlineData("services: {}", "expected a list")]
    public void Read_KeyThatTyeDoesNotKnow_IsRefused(string yaml, string expected)
    {
        using StringReader text = new(yaml);

        Should.Throw<FormatException>(() => TyeFile.Read(text)).Message.ShouldContain(expected);
    }
}
