using System.Text.Json;
using System.Text.RegularExpressions;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Tests.Schemas;
using IMDD.Contracts.Topics;
using IMDD.Testing;

namespace IMDD.Contracts.Tests.Interop;

/// <summary>The document, as the AsyncAPI project's own parser understands it, against the code.</summary>
public sealed class AsyncApiTests(AsyncApiTests.ParsedDocument document) : IClassFixture<AsyncApiTests.ParsedDocument>
{
    private const int Warning = 1;

    private static readonly string[] Roles = ["camera", "agent", "aggregator", "dashboard", "registry", "curator"];

    [Fact]
    public void Parser_TheDocument_NoErrorsAndNoWarnings()
    {
        Assert.SkipWhen(document.Missing.Length > 0, document.Missing);
        document.Root.GetProperty("parsed").GetBoolean().ShouldBeTrue();
        document.Root.GetProperty("version").GetString().ShouldBe("3.0.0");
        document.Root.GetProperty("diagnostics").EnumerateArray().Where(d => d.GetProperty("severity").GetInt32() <= Warning)
            .Select(d => d.ToString()).ShouldBeEmpty();
    }

    [Fact]
    public void Channels_OnKafka_AreExactlyTheTopics()
        => Addresses("plant").Order(StringComparer.Ordinal).ShouldBe(KafkaTopics.All.Select(t => t.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Channels_OnMqtt_AreExactlyTheTopicsInUse()
    {
        var camera = new CameraPath(AssetPath.Parse("enterprise/site/area/line/cell"), "camera");
        string[] expected =
        [
            MqttTopics.Frame(camera), MqttTopics.Outcome(camera), MqttTopics.CameraState(camera), MqttTopics.CameraBalance(camera),
            MqttTopics.AgentState(camera.Asset, "agent"), MqttTopics.Desired(camera.Asset, "agent"), MqttTopics.Feedback(camera.Asset, "agent"),
        ];

        Addresses("edge").Select(a => Regex.Replace(a, @"[{}]", "", RegexOptions.None, TimeSpan.FromSeconds(1))).Order(StringComparer.Ordinal)
            .ShouldBe(expected.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Topics_PartitionsAndRetention_AsInTheCode()
    {
        var text = File.ReadAllText(ParsedDocument.File);
        foreach (var topic in KafkaTopics.All)
        {
            var cleanup = (topic.Compacted, topic.Retention) switch
            {
                (true, null) => "cleanup.policy: [compact] }",
                (true, { } kept) => FormattableString.Invariant($"cleanup.policy: [compact, delete], retention.ms: {kept.TotalMilliseconds} }}"),
                (false, { } kept) => FormattableString.Invariant($"cleanup.policy: [delete], retention.ms: {kept.TotalMilliseconds} }}"),
                _ => throw new InvalidOperationException(topic.Name),
            };
            var start = text.IndexOf($"    address: {topic.Name}\n", StringComparison.Ordinal);
            var channel = text[start..text.IndexOf("    messages:", start, StringComparison.Ordinal)];
            channel.ShouldContain($"partitions: {topic.Partitions},");
            channel.ShouldContain(cleanup);
        }
    }

    [Fact]
    public void Messages_OfEveryType_NameTheirSchema()
    {
        Assert.SkipWhen(document.Missing.Length > 0, document.Missing);
        var schemas = document.Root.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("schemaId").GetString()).ToList();
        typeof(EventTypes).GetFields().Select(f => EventTypes.SchemaUri((string)f.GetRawConstantValue()!)).ShouldBeSubsetOf(schemas);
    }

    [Fact]
    public void Headers_OnEachSide_HaveThePrefixOfThatSide()
    {
        Assert.SkipWhen(document.Missing.Length > 0, document.Missing);
        var messages = document.Root.GetProperty("messages").EnumerateArray().ToDictionary(
            m => m.GetProperty("id").GetString()!, m => Strings(m.GetProperty("headers")), StringComparer.Ordinal);
        var attributes = WireDocument.Of("cloudevent.v1").Schema()["properties"]!.AsObject().Select(p => p.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var channel in document.Root.GetProperty("channels").EnumerateArray())
        {
            var isKafka = Strings(channel.GetProperty("servers")).Contains("plant");
            foreach (var message in Strings(channel.GetProperty("messages")).Where(m => m != "deadLetter"))
            {
                var headers = messages[message];
                headers.ShouldContain(isKafka ? "ce_id" : "id", message);
                headers.Where(h => h.StartsWith("ce_", StringComparison.Ordinal)).ShouldAllBe(h => isKafka && attributes.Contains(h.Substring(3)), message);
            }
        }
    }

    [Fact]
    public void Operations_EachRoleHasSome_AndEveryChannelIsSentTo()
    {
        Assert.SkipWhen(document.Missing.Length > 0, document.Missing);
        var operations = document.Root.GetProperty("operations").EnumerateArray().ToList();
        foreach (var role in Roles)
        {
            operations.ShouldContain(o => o.GetProperty("id").GetString()!.StartsWith(role, StringComparison.Ordinal), role);
        }

        var sent = operations.Where(o => o.GetProperty("action").GetString() == "send").SelectMany(o => Strings(o.GetProperty("channels")));
        document.Root.GetProperty("channels").EnumerateArray().Select(c => c.GetProperty("id").GetString()!).ShouldBeSubsetOf(sent);
    }

    private IEnumerable<string> Addresses(string server)
    {
        Assert.SkipWhen(document.Missing.Length > 0, document.Missing);
        return document.Root.GetProperty("channels").EnumerateArray()
            .Where(c => Strings(c.GetProperty("servers")).Contains(server)).Select(c => c.GetProperty("address").GetString()!);
    }

    private static List<string> Strings(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetString()!)];

    /// <summary>Parsed once for all tests.</summary>
    public sealed class ParsedDocument : IAsyncLifetime
    {
        public static string File => Repository.PathOf("contracts", "asyncapi.yaml");

        public string Missing { get; private set; } = "";

        public JsonElement Root { get; private set; }

        public async ValueTask InitializeAsync()
        {
            if (NodePackages.Find(out var reason) is { } node)
            {
                Root = await node.RunAsync("parse-asyncapi.cjs", new { File }, TestContext.Current.CancellationToken);
            }
            else
            {
                Missing = reason;
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
