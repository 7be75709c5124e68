using System.Text;
using System.Text.Json.Nodes;
using IMDD.Cli.Tests.Support;
using IMDD.Inference.Signing;
using IMDD.Testing;

namespace IMDD.Cli.Tests;

public sealed class KeysCommandTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private string Keys => _directory.File("keys");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Keys_MadeRotatedRevokedAndRenewed_EachDocumentFollowsTheOneBefore()
    {
        var first = await JsonAsync("init");
        var release = (string)first["release_keys"]![0]!;
        var rotated = await JsonAsync("rotate-release");
        Strings(rotated["release_keys"]).ShouldContain(release);
        var revoked = await JsonAsync("revoke", release[..15]);
        Strings(revoked["release_keys"]).ShouldBe(Strings(rotated["release_keys"]).Where(id => id != release));
        var root = await JsonAsync("rotate-root");
        Strings(root["root_keys"]).ShouldNotContain((string)first["root_keys"]![0]!);
        var renewed = await JsonAsync("renew", "--days", "30");

        var trusted = SignedRoot.Pin(await File.ReadAllBytesAsync(Document(1), TestContext.Current.CancellationToken));
        for (var version = 2; version <= 5; version++)
        {
            trusted = trusted.Follow(await File.ReadAllBytesAsync(Document(version), TestContext.Current.CancellationToken));
        }

        (trusted.Document.Version, trusted.Digest).ShouldBe((5, SignedRoot.Pin(await File.ReadAllBytesAsync(Document(5), TestContext.Current.CancellationToken)).Digest));
        ((long)(await JsonAsync("show"))["version"]!).ShouldBe(5);
        ((DateTimeOffset)renewed["expires_at"]!).ShouldBeLessThan((DateTimeOffset)first["expires_at"]!);
        foreach (var key in Directory.GetFiles(Keys, "*.key"))
        {
            new FileInfo(key).UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, key);
        }
    }

    [Fact]
    public async Task Init_ForARegistryThatHasAKey_ListsIt()
    {
        var key = _directory.File("release.key");
        using var own = PrivateKey.Create(key);

        var made = await JsonAsync("init", "--release-key", PrivateKey.PublicFileOf(key), "--root-keys", "3", "--root-threshold", "2");

        Strings(made["release_keys"]).ShouldBe([own.Id]);
        Strings(made["signed_by"]).Count.ShouldBe(3);
        Directory.GetFiles(Keys, "release-*").ShouldBeEmpty();
    }

    [Fact]
    public async Task RootKeys_KeptElsewhere_AreNamedAndTooFewAreRefused()
    {
        await JsonAsync("init", "--root-keys", "3", "--root-threshold", "2");
        foreach (var number in new[] { 1, 2, 3 })
        {
            File.Move(Path.Combine(Keys, $"root-{number}.key"), _directory.File($"offline-{number}"));
        }

        (await FailsAsync("renew")).ShouldContain("No root key is at hand");
        (await FailsAsync("renew", "--root-key", _directory.File("offline-1"))).ShouldContain("1 good signatures");
        File.Exists(Document(2)).ShouldBeFalse();
        (await FailsAsync("rotate-root", "--root-key", _directory.File("offline-1"))).ShouldContain("--replace");
        ((long)(await JsonAsync("renew", "--root-key", _directory.File("offline-1"), "--root-key", _directory.File("offline-3")))["version"]!).ShouldBe(2);
    }

    [Fact]
    public async Task Keys_WhatMayNotBe_IsRefusedAndNothingIsWrittenOver()
    {
        var made = await JsonAsync("init");
        var before = await File.ReadAllBytesAsync(Path.Combine(Keys, "root-1.key"), TestContext.Current.CancellationToken);

        (await FailsAsync("init")).ShouldContain("has root document 1 already");
        (await FailsAsync("revoke", (string)made["release_keys"]![0]!)).ShouldContain("rotate first (imdd keys rotate-release)");
        (await FailsAsync("revoke", (string)made["root_keys"]![0]!)).ShouldContain("rotate first (imdd keys rotate-root)");
        (await FailsAsync("revoke", "sha256:0000")).ShouldContain("names 0 keys");
        (await FailsAsync("show", "--root", Path.Combine(Keys, "root-1.key"))).ShouldContain("is not a DSSE envelope");
        (await FailsAsync("rotate-release", "--release-key", Path.Combine(Keys, "root-1.key.pub"))).ShouldContain("both roles");
        File.Move(Document(1), Document(4));
        (await FailsAsync("show")).ShouldContain("expected 4, as its name says");

        (await File.ReadAllBytesAsync(Path.Combine(Keys, "root-1.key"), TestContext.Current.CancellationToken)).ShouldBe(before);
    }

    [Fact]
    public async Task Publish_WhatTheRegistryDoesNotHave_GoesThereOneAfterTheOther()
    {
        await using var registry = await RunningRegistry.StartAsync();
        var first = await JsonAsync("init", "--release-key", registry.PublicKeyFile);
        ((long)(await JsonAsync("publish", "--registry", registry.Url))["document"]!["version"]!).ShouldBe(1);
        await JsonAsync("rotate-release");
        await JsonAsync("renew");

        var published = await JsonAsync("publish", "--registry", registry.Url, "--by", "anna");
        ((long)published["document"]!["version"]!, (string)published["published_by"]!, (string)published["signing_key_id"]!).ShouldBe((3, "anna", (string)first["release_keys"]![0]!));
        ((long)(await JsonAsync("publish", "--registry", registry.Url))["document"]!["version"]!).ShouldBe(3);

        Directory.Delete(Keys, recursive: true);
        await JsonAsync("init");
        (await FailsAsync("publish", "--registry", registry.Url)).ShouldContain("refuses (409)");
    }

    [Fact]
    public async Task RootDocument_OpenSslVerifiesTheSignatureWithTheRootKey()
    {
        var openssl = ToolRequirement.Find("openssl", "apt-get install -y openssl", out var missing);
        Assert.SkipWhen(openssl is null, missing);
        await JsonAsync("init");
        var envelope = JsonNode.Parse(await File.ReadAllTextAsync(Document(1), TestContext.Current.CancellationToken))!;
        var body = Convert.FromBase64String((string)envelope["payload"]!);
        await File.WriteAllBytesAsync(
            _directory.File("signed"), [.. Encoding.UTF8.GetBytes($"DSSEv1 30 application/vnd.imdd.root+json {body.Length} "), .. body], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(
            _directory.File("signature"), Convert.FromBase64String((string)envelope["signatures"]![0]!["sig"]!), TestContext.Current.CancellationToken);

        await using ToolProcess good = new(
            openssl!, ["dgst", "-sha256", "-verify", Path.Combine(Keys, "root-1.key.pub"), "-signature", _directory.File("signature"), _directory.File("signed")]);
        await using ToolProcess bad = new(
            openssl!, ["dgst", "-sha256", "-verify", Path.Combine(Keys, "release-1.key.pub"), "-signature", _directory.File("signature"), _directory.File("signed")]);

        (await good.WaitAsync()).ShouldBe(0, good.Output);
        (await bad.WaitAsync()).ShouldNotBe(0);
    }

    private string Document(int version) => Path.Combine(Keys, $"root-{version}.dsse");

    private static List<string> Strings(JsonNode? array) => [.. array!.AsArray().Select(item => (string)item!)];

    private async Task<JsonNode> JsonAsync(params string[] args)
    {
        var (exitCode, output, error) = await RunAsync([.. args, "--json"]);
        exitCode.ShouldBe(0, error);
        return JsonNode.Parse(output)!;
    }

    private async Task<string> FailsAsync(params string[] args)
    {
        var (exitCode, _, error) = await RunAsync(args);
        exitCode.ShouldBe(1);
        return error;
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] args)
    {
        await using StringWriter output = new();
        await using StringWriter error = new();
        var exitCode = await ImddCommand.RunAsync(["keys", .. args, "--dir", Keys], output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
