using IMDD.Hosting;
using IMDD.Testing;

namespace IMDD.Cloud.Aggregator.Tests;

/// <summary>A start that cannot succeed says why and ends with the code for it.</summary>
public sealed class StartTests
{
    private const string NoKafka = "127.0.0.1:1";

    [Fact]
    public async Task Start_StoreCannotBeOpened_NamesItAndExits3()
    {
        using TestDirectory directory = new();
        await File.WriteAllTextAsync(directory.File("file"), "not a folder", TestContext.Current.CancellationToken);
        using AggregatorProcess aggregator = new(NoKafka, new Dictionary<string, string?> { ["Aggregator:Directory"] = directory.File("file/below") }, "one");

        (await aggregator.WaitForExitAsync()).ShouldBe(ExitCodes.StoreUnavailable, aggregator.Log);
        aggregator.Log.ShouldContain(directory.File("file/below"));
    }

    [Fact]
    public async Task Start_DatabaseServerAway_NamesItWithoutThePasswordAndExits3()
    {
        Dictionary<string, string?> database = new()
        {
            ["Aggregator:ConnectionString"] = "Host=127.0.0.1;Port=9;Database=plant;Username=u;Password=topsecret",
            ["Aggregator:DatabaseStartTimeout"] = "00:00:01",
        };
        using AggregatorProcess aggregator = new(NoKafka, database, "one");

        (await aggregator.WaitForExitAsync()).ShouldBe(ExitCodes.StoreUnavailable, aggregator.Log);
        aggregator.Log.ShouldContain("PostgreSQL database 'plant' at 127.0.0.1:9");
        aggregator.Log.ShouldNotContain("topsecret");
    }

    [Fact]
    public async Task Start_SeveralBadSettings_NamesEachKeyAndExits2()
    {
        Dictionary<string, string?> settings = new()
        {
            ["Aggregator:MinuteRetention"] = "4.00:00:00",
            ["Aggregator:Alarms:MinBaselineWindows"] = "500",
            ["Aggregator:ConnectionString"] = "nonsense",
        };
        using AggregatorProcess aggregator = new(NoKafka, settings, "Not A Name");

        (await aggregator.WaitForExitAsync()).ShouldBe(ExitCodes.ConfigurationInvalid, aggregator.Log);
        foreach (var key in (string[])["MinuteRetention", "Alarms:MinBaselineWindows", "ConnectionString", "InstanceName"])
        {
            aggregator.Log.ShouldContain($"Aggregator:{key}:");
        }
    }
}
