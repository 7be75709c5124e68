using IMDD.Cloud.Registry.State;
using IMDD.Relational;
using IMDD.Testing;
using Microsoft.Data.Sqlite;

namespace IMDD.Cloud.Registry.Tests;

public sealed class UpgradeTests
{
    [Fact]
    public async Task Start_OnADatabaseOfTheFirstStep_KeepsWhatIsInIt()
    {
        using TestDirectory directory = new();
        await using (SqliteConnection connection = new($"Data Source={directory.File("registry.db")};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = $"""
                CREATE TABLE schema_version (version INTEGER NOT NULL PRIMARY KEY, applied_us BIGINT NOT NULL);
                INSERT INTO schema_version VALUES (1, 0);
                {DatabaseSchema.For(Schema.Of.Steps[0], isPostgres: false)}
                INSERT INTO agents (asset, agent, rollout_id, is_told, step_us) VALUES ('{RunningRegistry.Asset}', 'box9', 'r1', 1, 1000000);
                """;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var registry = await RunningRegistry.StartAsync(("Registry:Directory", directory.Path));

        var agent = (await registry.AgentsAsync()).ShouldHaveSingleItem();
        agent.StepAt.ShouldBe(DateTimeOffset.UnixEpoch.AddSeconds(1));
        var release = await registry.RegisterAsync(TestBundle.Create());
        (await registry.ModelAsync()).Versions.ShouldHaveSingleItem().Model.ShouldBe(release.Model);
    }
}
