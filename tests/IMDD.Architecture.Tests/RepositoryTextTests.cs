using System.Diagnostics;
using IMDD.Testing;

namespace IMDD.Architecture.Tests;

public sealed class RepositoryTextTests
{
    private static readonly string[] TextExtensions = [".cs", ".razor", ".csproj", ".props", ".targets", ".json", ".yaml", ".yml", ".sh", ".conf", ".md", ".css", ".js", ".cjs"];
    private static readonly string[] Scripts = ["imdd", ".ci/run"];

    [Fact]
    public void Violations_ThisRepository_None()
    {
        var files = Tracked().Where(file => TextExtensions.Contains(Path.GetExtension(file)) || Scripts.Contains(file)).ToList();

        files.Count.ShouldBeGreaterThan(100);
        files.SelectMany(file => TextRules.Violations(file, File.ReadAllText(Repository.PathOf(file)))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("shared/A.cs", "// TO" + "DO: later", "shared/A.cs:1: an open promise")]
    [InlineData("shared/A.cs", "x\r\ny", "lines must end with LF")]
    [InlineData("shared/A.cs", "class A\n{\n    #region Fields", "shared/A.cs:3: split the type")]
    [InlineData("contracts/schemas/a.json", "{ \"additionalProperties\": false }", "contracts/schemas/a.json:1: readers ignore unknown fields")]
    public void Violations_Breach_IsNamedWithItsLine(string path, string text, string expected) =>
        TextRules.Violations(path, text).ShouldHaveSingleItem().ShouldContain(expected);

    [Fact]
    public async Task Shellcheck_EveryScript_FindsNothing()
    {
        var shellcheck = ToolRequirement.Find("shellcheck", "apt-get install -y shellcheck", out var reason);
        Assert.SkipWhen(shellcheck is null, reason);
        string[] scripts = [.. Tracked().Where(file => file.EndsWith(".sh", StringComparison.Ordinal) || Scripts.Contains(file))];
        scripts.Length.ShouldBeGreaterThan(5);

        using var process = Process.Start(new ProcessStartInfo(shellcheck!, ["--external-sources", .. scripts])
        {
            UseShellExecute = false,
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        })!;
        var found = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        found.ShouldBeEmpty();
        process.ExitCode.ShouldBe(0);
    }

    private static string[] Tracked()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"])
        {
            UseShellExecute = false,
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        })!;
        return [.. git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(Repository.PathOf(file)))];
    }
}
