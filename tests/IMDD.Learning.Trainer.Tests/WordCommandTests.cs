using System.Globalization;
using System.Text.Json;
using IMDD.Cli;
using IMDD.Cloud.Registry;
using IMDD.Contracts.Topics;
using IMDD.Hosting;
using IMDD.Inference.Bundles;
using IMDD.Learning.Training.Tests;
using IMDD.Messaging.Embedded;
using IMDD.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace IMDD.Learning.Trainer.Tests;

/// <summary><c>imdd train word</c>, and <c>imdd models word</c> with the trainer as its child and a registry.</summary>
public sealed class WordCommandTests
{
    private const string Frozen = "synthetic:seed=5000,count=30,size=128,defective=1,kinds=chip+scratch+stain";

    private static string Folder => Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "surfaces");

    [Fact]
    public async Task TrainWord_WordThatNamesNothing_ExitCode4WithItsFigures()
    {
        using TestDirectory directory = new();

        var (exitCode, result) = await RunAsync(TrainerCommand.RunAsync,
        [
            "train", "word", "--model", Folder, "--name", "peeling", "--sentence", "Several dark straight lines.", "--regions", "synthetic:seed=30,count=8,size=128,defective=1,kinds=peeling", "--max-regions", "0",
            "--frozen", Frozen, "--split", "all", "--out", directory.File("out"), "--json",
        ]);

        exitCode.ShouldBe(4);
        result.GetProperty("accepted").GetBoolean().ShouldBeFalse();
        result.GetProperty("reason").GetString().ShouldBe("names-nothing");
        result.GetProperty("out").ValueKind.ShouldBe(JsonValueKind.Null);
        result.GetProperty("class_id").GetString().ShouldBe("peeling");
        result.GetProperty("old_names_change_points").GetProperty("pooled").GetDouble().ShouldBe(0);
        result.GetProperty("naming").GetProperty("pictures").GetInt32().ShouldBe(8);
        result.GetProperty("gates").EnumerateArray().Count(gate => !gate.GetProperty("passed").GetBoolean()).ShouldBe(1);
        Directory.Exists(directory.File("out")).ShouldBeFalse();
    }

    [Fact]
    public async Task TrainWord_WordThatTheBundleHas_OneLineAndExitCode1()
    {
        StringWriter error = new();

        var exitCode = await TrainerCommand.RunAsync(
            ["train", "word", "--model", Folder, "--name", "crack", "--frozen", Frozen, "--split", "all", "--out", "/tmp/never"], TextWriter.Null, error);

        exitCode.ShouldBe(1);
        error.ToString().Trim().Split('\n').ShouldHaveSingleItem().ShouldContain("crack");
    }

    [Fact]
    public async Task ModelsWord_Champion_BecomesAReleaseThatSharesItsFiles()
    {
        using TestDirectory directory = new();
        using EmbeddedKafkaCluster kafka = new();
        kafka.CreateTopic(KafkaTopics.ModelReleased, 1);
        kafka.CreateTopic(KafkaTopics.ModelRollout, 1);
        await using var broker = await EmbeddedMqttBroker.StartAsync();
        await using var registry = await StartAsync(directory, kafka, broker);
        string[] at = ["--registry", registry.Urls.Single(), "--json"];
        var (_, first) = await RunAsync(ImddCommand.RunAsync, ["models", "register", "--bundle", Folder, .. at]);
        var champion = first.GetProperty("model").GetProperty("digest").GetString()!;
        await RunAsync(ImddCommand.RunAsync, ["models", "promote", "edge-small", champion, .. at]);
        var stored = Blobs(directory);
        string[] word = ["models", "word", "edge-small", "--name", "paint run", "--sentence", "A raised winding line.", "--frozen", Frozen, "--split", "all", "--by", "anna", "--trainer", typeof(TrainerCommand).Assembly.Location, .. at];
        var clip = TinyClip.Write(directory.File("clip"));
        StringWriter error = new();
        (await ImddCommand.RunAsync([.. word, "--clip", clip, "--tokenizer", clip], TextWriter.Null, error)).ShouldBe(1);
        error.ToString().ShouldContain("expected no CLIP", customMessage: "the champion's rows are made of letters");

        var (exitCode, result) = await RunAsync(ImddCommand.RunAsync, word);

        exitCode.ShouldBe(0);
        result.GetProperty("rollout").GetProperty("alias").GetString().ShouldBe("champion");
        var release = result.GetProperty("release");
        release.GetProperty("registered_by").GetString().ShouldBe("anna");
        release.GetProperty("model").GetProperty("release_counter").GetInt64().ShouldBeGreaterThan(first.GetProperty("model").GetProperty("release_counter").GetInt64());
        release.GetProperty("trained_from").GetProperty("parent").GetString().ShouldBe(champion);
        release.GetProperty("gates").EnumerateArray().Select(gate => gate.GetProperty("name").GetString()).ShouldBe(["parity", "old-names", "old-names-worst", "seen-words"]);
        var (_, shown) = await RunAsync(ImddCommand.RunAsync, ["models", "show", "edge-small", .. at]);
        shown.GetProperty("aliases").GetProperty("champion").GetString().ShouldBe(release.GetProperty("model").GetProperty("digest").GetString());

        // Rows and description, and what the registry keeps of a release itself: neither graph nor weights went up, or have to come down.
        var largest = ModelBundle.Open(Folder).Manifest.Files.Where(f => f.Path is ModelBundle.TextFile or "model.json").Max(f => f.SizeBytes);
        Blobs(directory).Except(stored).Select(path => new FileInfo(path).Length).ShouldAllBe(length => length < 10 * largest);
    }

    [Fact]
    public async Task ModelsWord_NoChampion_SaysSo()
    {
        using TestDirectory directory = new();
        using EmbeddedKafkaCluster kafka = new();
        kafka.CreateTopic(KafkaTopics.ModelReleased, 1);
        kafka.CreateTopic(KafkaTopics.ModelRollout, 1);
        await using var broker = await EmbeddedMqttBroker.StartAsync();
        await using var registry = await StartAsync(directory, kafka, broker);
        StringWriter error = new();
        await RunAsync(ImddCommand.RunAsync, ["models", "register", "--bundle", Folder, "--registry", registry.Urls.Single(), "--json"]);

        var exitCode = await ImddCommand.RunAsync(
            ["models", "word", "edge-small", "--name", "paint run", "--frozen", Frozen, "--trainer", typeof(TrainerCommand).Assembly.Location, "--registry", registry.Urls.Single()],
            TextWriter.Null, error);

        exitCode.ShouldBe(1);
        error.ToString().ShouldContain("edge-small has no champion");
    }

    [Fact]
    public async Task Models_RegistryThatIsNoAddress_SaysWhatIsExpected()
    {
        StringWriter error = new();

        var exitCode = await ImddCommand.RunAsync(["models", "list", "--registry", "over there"], TextWriter.Null, error);

        exitCode.ShouldBe(2);
        error.ToString().ShouldContain("'over there': expected an address");
    }

    private static List<string> Blobs(TestDirectory directory) => [.. Directory.EnumerateFiles(directory.File("blobs"), "*", SearchOption.AllDirectories)];

    private static async Task<WebApplication> StartAsync(TestDirectory directory, EmbeddedKafkaCluster kafka, EmbeddedMqttBroker broker)
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddImddDefaults("registry");
        builder.Logging.ClearProviders();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Configuration["Kafka:BootstrapServers"] = kafka.BootstrapServers;
        builder.Configuration["Mqtt:Port"] = broker.Port.ToString(CultureInfo.InvariantCulture);
        builder.Configuration["Registry:Directory"] = directory.File("registry");
        builder.Configuration["Blobs:Kind"] = "folder";
        builder.Configuration["Blobs:Directory"] = directory.File("blobs");
        builder.AddRegistry();
        var app = builder.Build();
        app.MapRegistry().MapImddDefaults();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task<(int ExitCode, JsonElement Result)> RunAsync(Func<string[], TextWriter, TextWriter, Task<int>> command, string[] arguments)
    {
        StringWriter output = new(), error = new();
        var exitCode = await command(arguments, output, error);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldNotBeEmpty(error.ToString());
        return (exitCode, JsonSerializer.Deserialize<JsonElement>(lines[^1]));
    }
}
