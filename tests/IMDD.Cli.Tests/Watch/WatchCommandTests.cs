using System.Text;
using System.Text.Json.Nodes;
using IMDD.Cli.Tests.Support;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Mqtt;

namespace IMDD.Cli.Tests.Watch;

/// <summary>The verb against a cluster and a broker over TCP.</summary>
public sealed class WatchCommandTests
{
    private static readonly KeyValuePair<string, string>[] Attributes =
        [new("specversion", "1.0"), new("id", "abc"), new("source", "//acme"), new("type", "io.imdd.inspection.outcome.v1")];

    [Fact]
    public async Task Watch_KafkaFromTheBeginning_PrintsEachRecordOnce()
    {
        using EmbeddedKafkaCluster cluster = new();
        cluster.CreateTopic(KafkaTopics.Outcome, 2);
        await ProduceAsync(cluster.BootstrapServers, """{"verdict":"fail"}""", "broken");

        var (exitCode, output, error) = await RunAsync(
            "watch", "inspection.outcome.v1", "--kafka", cluster.BootstrapServers, "--from-beginning", "--count", "2", "--json");

        exitCode.ShouldBe(0, error);
        var records = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        records.Count.ShouldBe(2);
        records.ShouldAllBe(record => (string?)record["topic"] == KafkaTopics.Outcome && (string?)record["attributes"]!["id"] == "abc");
        records.Count(record => record["note"] is not null).ShouldBe(1, "the broken one is shown, not skipped");
    }

    [Fact]
    public async Task Watch_Mqtt_PrintsWhatIsRetained()
    {
        await using var broker = await EmbeddedMqttBroker.StartAsync();
        await broker.PublishAsync(
            new MqttOutgoing
            {
                Topic = "imdd/v1/acme/ulm/paint/line2/cell3/state/agent/box7",
                Payload = """{"state":"online"}"""u8.ToArray(),
                ContentType = "application/json",
                IsText = true,
                Retain = true,
                UserProperties = Attributes,
            },
            TestContext.Current.CancellationToken);

        var (exitCode, output, error) = await RunAsync("watch", "--mqtt", $"127.0.0.1:{broker.Port}", "--count", "1", "--json");

        exitCode.ShouldBe(0, error);
        var message = JsonNode.Parse(output)!;
        ((string?)message["data"]!["state"]).ShouldBe("online");
        ((string?)message["attributes"]!["source"]).ShouldBe("//acme");
    }

    [Theory]
    [InlineData("--count must be at least 1", "watch", "--count", "0")]
    [InlineData("--mqtt goes with neither", "watch", "--mqtt", "127.0.0.1:1883", "--from-beginning")]
    [InlineData("--mqtt must be host:port, not 'nowhere'", "watch", "--mqtt", "nowhere")]
    public async Task Watch_WrongOptions_FailsAndSaysWhatIsExpected(string expected, params string[] args)
    {
        var (exitCode, _, error) = await RunAsync(args);

        exitCode.ShouldNotBe(0);
        error.ShouldContain(expected);
    }

    private static async Task ProduceAsync(string servers, params string[] values)
    {
        await using KafkaClients kafka = new(servers);
        var headers = Attributes.Select(attribute => KeyValuePair.Create("ce_" + attribute.Key, attribute.Value)).Append(new("content-type", "application/json"));
        await kafka.ProduceAsync(values.Select(value => new KafkaRecord(
            KafkaTopics.Outcome, value, Encoding.UTF8.GetBytes(value), [.. headers], DateTimeOffset.UnixEpoch.AddDays(20_000))));
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        await using StringWriter output = new();
        await using StringWriter error = new();
        var exitCode = await ImddCommand.RunAsync(args, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
