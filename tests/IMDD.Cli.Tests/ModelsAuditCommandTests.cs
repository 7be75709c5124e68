using System.Net.Http.Json;
using System.Text.Json.Nodes;
using IMDD.Cli.Tests.Support;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Training;
using IMDD.Learning.Onnx.Contrast;
using IMDD.Testing;
using Microsoft.Data.Sqlite;

namespace IMDD.Cli.Tests;

/// <summary>The audit log of a real registry, and what is done to it behind its back.</summary>
public sealed class ModelsAuditCommandTests : IAsyncLifetime
{
    private readonly TestDirectory _directory = new();
    private RunningRegistry? _registry;

    public async ValueTask InitializeAsync()
    {
        _registry = await RunningRegistry.StartAsync(("Registry:RunProbes", "false"));
        ContrastBundle.Write(_directory.File("bundle"));
    }

    public async ValueTask DisposeAsync()
    {
        await _registry!.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Audit_EveryAction_IsThereWithWhoAndWhy()
    {
        await WorkAsync();

        var (exitCode, output, error) = await RunAsync("audit", "--verify");
        exitCode.ShouldBe(0, error);
        var log = JsonNode.Parse((await RunAsync("audit", "--json")).Output)!["entries"]!.AsArray();
        log.Select(entry => ((string)entry!["action"]!, (string)entry["actor"]!, (string)entry["outcome"]!)).ShouldBe(
        [
            (AuditAction.Register, "anna", AuditOutcome.Done),
            (AuditAction.Promote, "ben", AuditOutcome.Done),
            (AuditAction.Block, "carl", AuditOutcome.Refused),
            (AuditAction.Rollback, "", AuditOutcome.Refused),
            (AuditAction.PublishRoot, "dora", AuditOutcome.Done),
        ]);
        ((string)log[1]!["detail"]!).ShouldBe("first of its line");
        ((string)log[2]!["detail"]!).ShouldContain("is the champion");
        output.ShouldContain("5 entries follow from each other");
        output.ShouldContain("(nobody named)  model.rollback contrast  refused");
        JsonNode.Parse((await RunAsync("audit", "--last", "2", "--json")).Output)!["entries"]!.AsArray().Select(entry => (long)entry!["sequence"]!).ShouldBe([4, 5]);
    }

    [Fact]
    public async Task Audit_OfATrainer_IsItsRuns()
    {
        await using var trainer = await RunningTrainer.StartAsync();
        using HttpClient http = new() { BaseAddress = new Uri(trainer.Url) };
        using var asked = await http.PostAsJsonAsync(TrainingRoutes.Runs, new StartTraining { By = "anna" }, ImddJson.Options, TestContext.Current.CancellationToken);
        var run = ImddJson.Deserialize<TrainingRunView>(await asked.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).RunId;

        var (exitCode, output, error) = await RunAsync("audit", "--trainer", trainer.Url, "--verify");

        exitCode.ShouldBe(0, error);
        output.ShouldContain($"anna  training.start {run}  done  manual");
        output.ShouldContain("1 entries follow from each other");
        var both = await RunAsync("audit", "--trainer", trainer.Url, "--curator", trainer.Url);
        both.ExitCode.ShouldNotBe(0);
        both.Error.ShouldContain("expected one of them");
    }

    [Theory]
    [InlineData("UPDATE audit SET actor = 'zoe' WHERE sequence = 2", "Entry 2")]
    [InlineData("UPDATE audit SET time_us = time_us + 1 WHERE sequence = 5", "Entry 5")]
    [InlineData("DELETE FROM audit WHERE sequence = 3", "Entry 3 is missing")]
    [InlineData("DELETE FROM audit WHERE sequence = 5", "ends with entry 4")]
    [InlineData("DELETE FROM audit", "ends with entry 0")]
    [InlineData("UPDATE audit SET sequence = 6 WHERE sequence = 5", "Entry 5 is missing")]
    public async Task Verify_AfterTheDatabaseWasChanged_SaysWhere(string statement, string expected)
    {
        await WorkAsync();
        await using (SqliteConnection connection = new($"Data Source={_registry!.DatabaseFile};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBePositive();
        }

        var (exitCode, _, error) = await RunAsync("audit", "--verify");

        exitCode.ShouldBe(1);
        error.ShouldContain(expected);
    }

    private async Task WorkAsync()
    {
        (await RunAsync("register", "--bundle", _directory.File("bundle"), "--by", "anna")).ExitCode.ShouldBe(0);
        (await RunAsync("promote", "contrast", "1", "--by", "ben", "--reason", "first of its line")).ExitCode.ShouldBe(0);
        (await RunAsync("block", "contrast", "1", "--by", "carl")).ExitCode.ShouldBe(1);
        (await RunAsync("rollback", "contrast")).ExitCode.ShouldBe(1);
        await using StringWriter output = new();
        await using StringWriter error = new();
        (await ImddCommand.RunAsync(["keys", "init", "--dir", _directory.File("keys"), "--release-key", _registry!.PublicKeyFile], output, error)).ShouldBe(0, error.ToString());
        (await ImddCommand.RunAsync(["keys", "publish", "--dir", _directory.File("keys"), "--registry", _registry.Url, "--by", "dora"], output, error)).ShouldBe(0, error.ToString());
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        await using StringWriter output = new();
        await using StringWriter error = new();
        var exitCode = await ImddCommand.RunAsync(["models", "--registry", _registry!.Url, .. args], output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
