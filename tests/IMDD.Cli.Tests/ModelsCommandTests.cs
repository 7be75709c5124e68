using System.Globalization;
using System.Text.Json.Nodes;
using IMDD.Cloud.Registry;
using IMDD.Hosting;
using IMDD.Messaging.Embedded;
using IMDD.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace IMDD.Cli.Tests;

/// <summary><c>imdd models</c> against a registry.</summary>
public sealed class ModelsCommandTests : IAsyncLifetime
{
    private const string Box = "acme/ulm/paint/line2/cell3/box7";
    private readonly TestDirectory _directory = new();
    private readonly EmbeddedKafkaCluster _kafka = new();
    private EmbeddedMqttBroker? _broker;
    private WebApplication? _registry;

    private string Bundle => _directory.File("bundle");

    public async ValueTask InitializeAsync()
    {
        _broker = await EmbeddedMqttBroker.StartAsync();
        var builder = WebApplication.CreateBuilder();
        builder.AddImddDefaults("registry");
        builder.Logging.ClearProviders();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Configuration["Kafka:BootstrapServers"] = _kafka.BootstrapServers;
        builder.Configuration["Mqtt:Port"] = _broker.Port.ToString(CultureInfo.InvariantCulture);
        builder.Configuration["Registry:Directory"] = _directory.File("registry");
        builder.Configuration["Blobs:Kind"] = "folder";
        builder.Configuration["Blobs:Directory"] = _directory.File("blobs");
        builder.AddRegistry();
        _registry = builder.Build();
        _registry.MapRegistry().MapImddDefaults();
        await _registry.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _registry!.StopAsync();
        await _registry.DisposeAsync();
        await _broker!.DisposeAsync();
        _kafka.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Models_FromRegistrationToRollback_AsTheReadmeSays()
    {
        await RunAsync("bundle", "contrast", "--out", Bundle);
        var first = await ModelsAsync("register", "--bundle", Bundle, "--by", "anna");
        ((long)first["model"]!["release_counter"]!).ShouldBe(1);
        ((string?)first["registered_by"]).ShouldBe("anna");
        ((string?)(await ModelsAsync("register", "--bundle", Bundle))["model"]!["digest"]).ShouldBe((string?)first["model"]!["digest"]);

        var tried = await ModelsAsync("promote", "contrast", "1", "--agent", Box);
        (((string?)tried["alias"]), ((string?)tried["agents"]![0])).ShouldBe(("challenger", Box));
        ((string?)(await ModelsAsync("agents"))["agents"]![0]!["desired"]!["version"]).ShouldBe("1.0.0");

        var second = await NextAsync();
        await ModelsAsync("promote", "contrast", ((string)first["model"]!["digest"]!)["sha256:".Length..][..8]);
        await ModelsAsync("promote", "contrast", second);
        var back = await ModelsAsync("rollback", "contrast", "--reason", "misses dents");
        ((long)back["model"]!["release_counter"]!).ShouldBeGreaterThan(2);

        var blocked = await ModelsAsync("block", "contrast", second, "--reason", "misses dents");
        ((string?)blocked["blocked_reason"]).ShouldBe("misses dents");
        var shown = await ModelsAsync("show", "contrast");
        ((string?)shown["aliases"]!["champion"]).ShouldBe((string?)back["model"]!["digest"]);
        ((string?)(await ModelsAsync("list"))["models"]![0]!["name"]).ShouldBe("contrast");
        (await RunAsync("models", "show", "contrast", "--registry", _registry!.Urls.Single())).Output.ShouldContain("blocked");
    }

    [Fact]
    public async Task Models_WhatCannotBeDone_IsSaidInOneLine()
    {
        (await FailedAsync("show", "nothing")).ShouldContain("There is no model 'nothing'");
        (await FailedAsync("register", "--bundle", _directory.File("empty"))).ShouldContain("is not a bundle");
        await RunAsync("bundle", "contrast", "--out", Bundle);
        await ModelsAsync("register", "--bundle", Bundle);
        (await FailedAsync("promote", "contrast", "7")).ShouldContain("names 0 releases");
        (await FailedAsync("rollback", "contrast")).ShouldContain("no champion before");
        var (exitCode, _, error) = await RunAsync("models", "list", "--registry", $"http://127.0.0.1:{FreePort.Next()}");
        exitCode.ShouldBe(1);
        error.ShouldContain("does not answer");
    }

    /// <summary>Registers another version of the same bundle; its digest.</summary>
    private async Task<string> NextAsync()
    {
        var manifest = Path.Combine(Bundle, "manifest.json");
        var text = await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(manifest, text.Replace("\"version\":\"1.0.0\"", "\"version\":\"2.0.0\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        return (string)(await ModelsAsync("register", "--bundle", Bundle))["model"]!["digest"]!;
    }

    private async Task<JsonNode> ModelsAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await RunAsync(["models", .. arguments, "--registry", _registry!.Urls.Single(), "--json"]);
        exitCode.ShouldBe(0, error);
        return JsonNode.Parse(output.TrimEnd().Split('\n')[^1])!;
    }

    private async Task<string> FailedAsync(params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(["models", .. arguments, "--registry", _registry!.Urls.Single()]);
        exitCode.ShouldBe(1);
        error.TrimEnd().ShouldNotContain("\n");
        return error;
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        await using StringWriter output = new();
        await using StringWriter error = new();
        var exitCode = await ImddCommand.RunAsync(arguments, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
