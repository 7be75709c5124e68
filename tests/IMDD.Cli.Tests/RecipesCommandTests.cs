using System.Text.Json.Nodes;
using IMDD.Cli.Tests.Support;
using IMDD.Contracts.Audit;
using IMDD.Testing;

namespace IMDD.Cli.Tests;

/// <summary>Recipes from the command line, with a real registry.</summary>
public sealed class RecipesCommandTests : IAsyncLifetime
{
    private const string Box7 = "acme/ulm/paint/line2/cell3/box7";

    private readonly TestDirectory _directory = new();
    private RunningRegistry? _registry;

    public async ValueTask InitializeAsync() => _registry = await RunningRegistry.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _registry!.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Recipe_RegisteredShownAssigned_SaysSoInWordsAndJson()
    {
        var file = Write("door.json", """{"id":"door-red@4","pixelThreshold":0.4,"classes":{"scratch":{"minScore":0.5}}}""");
        var (exitCode, output, error) = await RunAsync("register", file, "--by", "anna", "--expires", "2099-01-01T00:00Z");
        exitCode.ShouldBe(0, error);
        output.ShouldContain("door-red@4 is counter 1 of door-red, sha256:");
        var digest = output[output.IndexOf("sha256:", StringComparison.Ordinal)..].Trim();

        (await RunAsync("list")).Output.ShouldContain("door-red@4");
        var shown = JsonNode.Parse((await RunAsync("show", digest[..20], "--json")).Output)!;
        ((string)shown["digest"]!, (double)shown["recipe"]!["pixel_threshold"]!).ShouldBe((digest, 0.4));
        (await RunAsync("show", "door-red@4")).Output.ShouldContain("\"pixelThreshold\": 0.4");

        var assigned = JsonNode.Parse((await RunAsync("assign", "door-red@4", "--agents", Box7, Box7 + ":left", "--new", "--by", "ben", "--json")).Output)!;
        assigned["waiting"]!.AsArray().Count.ShouldBe(2, "no agent was ever heard of");
        (await RunAsync("assign", "door-red@4", "--agents", Box7, "--new")).Output.ShouldContain($"{Box7} is told once its model is known");
        var (refused, _, slip) = await RunAsync("assign", "door-red@4", "--agents", Box7.Replace("box7", "box77", StringComparison.Ordinal));
        refused.ShouldBe(1);
        slip.ShouldContain("No agent has said its state from acme/ulm/paint/line2/cell3/box77: expected");
        (await RunAsync(["models"], "agents")).Output.ShouldContain($"{Box7}:left  never heard of");
        (await RunAsync("list")).Output.ShouldContain("2 agents  until 2099-01-01");
        JsonNode.Parse((await RunAsync(["models"], "audit", "--json")).Output)!["entries"]!.AsArray().Select(entry => ((string)entry!["action"]!, (string)entry["actor"]!)).ShouldBe(
            [(AuditAction.RegisterRecipe, "anna"), (AuditAction.AssignRecipe, "ben"), (AuditAction.AssignRecipe, ""), (AuditAction.AssignRecipe, "")]);
    }

    [Fact]
    public async Task Recipe_WithdrawnAndRolledOut_SaysSoInWordsAndJson()
    {
        (await RunAsync("register", Write("door.json", """{"id":"door-red@4"}"""))).ExitCode.ShouldBe(0);
        (await RunAsync("withdraw", "door-red@4")).Error.ShouldContain("is not assigned to anybody");
        (await RunAsync("assign", "door-red@4", "--agents", Box7, "--new")).ExitCode.ShouldBe(0);
        (await RunAsync("withdraw", "door-red@4", "--agents", Box7, "--previous")).Error.ShouldContain("not known to have been assigned a recipe before");
        var withdrawn = JsonNode.Parse((await RunAsync("withdraw", "door-red@4", "--agents", Box7, "--by", "ben", "--json")).Output)!;
        ((string)withdrawn["id"]!, (string)withdrawn["waiting"]![0]!).ShouldBe(("door-red@4", Box7));

        var started = JsonNode.Parse((await RunAsync("rollout", "start", "door-red@4", "--wave", $"agent:{Box7}", "--max-failed", "1", "--new", "--by", "anna", "--json")).Output)!;
        ((string)started["recipe"]!["id"]!, (int)started["waves"]![0]!["wave"]!["max_failed"]!).ShouldBe(("door-red@4", 1));
        (await RunAsync(["models"], "rollouts")).Output.ShouldContain("recipe door-red@4 sha256:");
        (await RunAsync("rollout", "cancel", (string)started["rollout_id"]!, "--reason", "too early")).Output.ShouldContain("cancelled, wave ");
        (await RunAsync("rollout", "show", (string)started["rollout_id"]!)).Output.ShouldContain("too early");
    }

    [Theory]
    [InlineData("""{"id":"door-red@4","pixelTreshold":0.4}""", "pixelTreshold")]
    [InlineData("""{"id":"door-red@4","pixelThreshold":4,"minAreaPx":0}""", "MinAreaPx")]
    [InlineData("{", "cannot be read as a recipe")]
    public async Task Register_WhatIsWrong_FailsWithTheField(string json, string expected)
    {
        var (exitCode, _, error) = await RunAsync("register", Write("bad.json", json));

        exitCode.ShouldBe(1);
        error.ShouldContain(expected);
    }

    [Fact]
    public async Task UnknownNames_Fail_WithWhatThereIs()
    {
        (await RunAsync("show", "nothing")).Error.ShouldContain("'nothing' names 0 recipes");
        (await RunAsync("register", _directory.File("nowhere.json"))).Error.ShouldContain("nowhere.json");
    }

    private string Write(string name, string json)
    {
        File.WriteAllText(_directory.File(name), json);
        return _directory.File(name);
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args) => RunAsync(["recipes"], args);

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] command, params string[] args)
    {
        await using StringWriter output = new();
        await using StringWriter error = new();
        var exitCode = await ImddCommand.RunAsync([.. command, .. args, "--registry", _registry!.Url], output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
