using System.Text;
using System.Text.Json.Nodes;
using IMDD.Cli.Bundles;
using IMDD.Inference.Bundles;
using IMDD.Inference.Signing;
using IMDD.Testing;

namespace IMDD.Cli.Tests;

public sealed class BundleCommandTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private string Bundle => _directory.File("bundle");

    private string Key => _directory.File("release.key");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Bundle_MadeSignedVerifiedAndInspected_AgreeOnTheDigest()
    {
        var made = await JsonAsync("bundle", "contrast", "--out", Bundle, "--json");
        var key = await JsonAsync("bundle", "key", "--out", Key, "--json");
        var signed = await JsonAsync("bundle", "sign", "--bundle", Bundle, "--key", Key, "--json");
        var verified = await JsonAsync("bundle", "verify", "--bundle", Bundle, "--key", Key + ".pub", "--json");
        var inspected = await JsonAsync("bundle", "inspect", "--bundle", Bundle, "--json");

        new[] { signed, verified, inspected }.ShouldAllBe(answer => (string?)answer["digest"] == (string?)made["digest"]);
        new[] { (string?)signed["key_id"], (string?)verified["signed_by"], (string?)inspected["claimed_signers"]![0] }.ShouldAllBe(id => id == (string?)key["key_id"]);
        ((string?)inspected["files"]![0]!["path"]).ShouldBe("model.onnx");
        new FileInfo(Key).UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Sign_OpenSslVerifiesTheSignatureWithThePublicKey()
    {
        var openssl = ToolRequirement.Find("openssl", "apt-get install -y openssl", out var missing);
        Assert.SkipWhen(openssl is null, missing);
        await JsonAsync("bundle", "contrast", "--out", Bundle, "--json");
        await JsonAsync("bundle", "key", "--out", Key, "--json");
        await JsonAsync("bundle", "sign", "--bundle", Bundle, "--key", Key, "--json");
        var envelope = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Bundle, "manifest.dsse"), TestContext.Current.CancellationToken))!;
        var body = Convert.FromBase64String((string)envelope["payload"]!);
        var type = (string)envelope["payloadType"]!;
        await File.WriteAllBytesAsync(
            _directory.File("signed"), [.. Encoding.UTF8.GetBytes($"DSSEv1 {type.Length} {type} {body.Length} "), .. body], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(
            _directory.File("signature"), Convert.FromBase64String((string)envelope["signatures"]![0]!["sig"]!), TestContext.Current.CancellationToken);

        await using ToolProcess verification = new(
            openssl!, ["dgst", "-sha256", "-verify", Key + ".pub", "-signature", _directory.File("signature"), _directory.File("signed")]);

        (await verification.WaitAsync()).ShouldBe(0, verification.Output);
    }

    [Fact]
    public async Task Sign_SecondKeyAdded_BothVerify()
    {
        await JsonAsync("bundle", "contrast", "--out", Bundle, "--json");
        foreach (var key in (string[])[Key, Key + "2"])
        {
            await JsonAsync("bundle", "key", "--out", key, "--json");
            await JsonAsync("bundle", "sign", "--bundle", Bundle, "--key", key, "--add", "--json");
        }

        ModelBundle.Open(Bundle, new BundleTrust { Keys = TrustedKeys.Load(Key + ".pub") }).SignedBy.ShouldNotBeNull();
        ModelBundle.Open(Bundle, new BundleTrust { Keys = TrustedKeys.Load(Key + "2.pub") }).SignedBy.ShouldNotBeNull();
    }

    [Fact]
    public async Task Sign_AfterASigningThatWasBrokenOff_SignsAndLeavesNothingOfIt()
    {
        await JsonAsync("bundle", "contrast", "--out", Bundle, "--json");
        await JsonAsync("bundle", "key", "--out", Key, "--json");
        await File.WriteAllTextAsync(Path.Combine(Bundle, BundleSigner.UnfinishedFile), "{", TestContext.Current.CancellationToken);

        await JsonAsync("bundle", "sign", "--bundle", Bundle, "--key", Key, "--json");

        ModelBundle.Open(Bundle, new BundleTrust { Keys = TrustedKeys.Load(Key + ".pub") }).SignedBy.ShouldNotBeNull();
    }

    [Fact]
    public async Task Sign_WithACounter_IsThatReleaseOfItsName()
    {
        await JsonAsync("bundle", "contrast", "--out", Bundle, "--json");
        await JsonAsync("bundle", "key", "--out", Key, "--json");
        await JsonAsync("bundle", "sign", "--bundle", Bundle, "--key", Key, "--json");
        var first = ModelBundle.Open(Bundle);

        var said = await JsonAsync("bundle", "sign", "--bundle", Bundle, "--key", Key, "--counter", "2", "--json");

        var second = ModelBundle.Open(Bundle, new BundleTrust { Keys = TrustedKeys.Load(Key + ".pub") });
        (first.Manifest.ReleaseCounter, second.Manifest.ReleaseCounter).ShouldBe((1, 2));
        second.Digest.ShouldNotBe(first.Digest);
        said["digest"]!.GetValue<string>().ShouldBe(second.Digest);
        (second.Manifest with { ReleaseCounter = 1 }).Files.ShouldBe(first.Manifest.Files);
    }

    [Fact]
    public async Task Sign_WithACounterThatCannotBeWritten_LeavesTheSignatureThatIsThere()
    {
        await JsonAsync("bundle", "contrast", "--out", Bundle, "--json");
        await JsonAsync("bundle", "key", "--out", Key, "--json");
        await JsonAsync("bundle", "sign", "--bundle", Bundle, "--key", Key, "--json");
        using var key = PrivateKey.Read(Key);
        var bundle = ModelBundle.Open(Bundle);

        // The manifest has been written when the envelope cannot be.
        Directory.CreateDirectory(bundle.PathOf(BundleSigner.UnfinishedFile));
        Should.Throw<Exception>(() => BundleSigner.Sign(bundle, key, isAdded: false, counter: 2)).ShouldBeAssignableTo<SystemException>();
        Directory.Delete(bundle.PathOf(BundleSigner.UnfinishedFile));

        File.Delete(bundle.PathOf(ModelBundle.ManifestFile + ".part"));
        ModelBundle.Open(Bundle, new BundleTrust { Keys = TrustedKeys.Load(Key + ".pub") }).Digest.ShouldBe(bundle.Digest);
    }

    [Fact]
    public async Task Sign_WithACounterInAFolderCalledByItsDigest_IsRefusedAndChangesNothing()
    {
        await JsonAsync("bundle", "contrast", "--out", Bundle, "--json");
        await JsonAsync("bundle", "key", "--out", Key, "--json");
        var bundle = ModelBundle.Open(Bundle);
        var addressed = Path.Combine(Path.GetDirectoryName(Bundle)!, bundle.Digest.Replace(':', '-'));
        Directory.Move(Bundle, addressed);
        using var key = PrivateKey.Read(Key);

        Should.Throw<ModelBundleException>(() => BundleSigner.Sign(addressed, key, isAdded: false, counter: 2)).Message.ShouldContain("another name");

        ModelBundle.Open(addressed).Digest.ShouldBe(bundle.Digest);
    }

    [Fact]
    public async Task Sign_ManifestChangedSinceTheBundleWasOpened_IsRefusedAndNothingIsWritten()
    {
        await JsonAsync("bundle", "contrast", "--out", Bundle, "--json");
        await JsonAsync("bundle", "key", "--out", Key, "--json");
        using var key = PrivateKey.Read(Key);
        var bundle = ModelBundle.Open(Bundle);
        await File.AppendAllTextAsync(bundle.PathOf(ModelBundle.ManifestFile), " ", TestContext.Current.CancellationToken);

        Should.Throw<ModelBundleException>(() => BundleSigner.Sign(bundle, key, isAdded: false)).Message.ShouldContain($"it was opened with {bundle.Digest}");

        File.Exists(bundle.PathOf(ModelBundle.EnvelopeFile)).ShouldBeFalse();
    }

    [Fact]
    public async Task Verify_BundleChangedOrOfAnotherKey_FailsAndSaysWhy()
    {
        await JsonAsync("bundle", "contrast", "--out", Bundle, "--json");
        await JsonAsync("bundle", "key", "--out", Key, "--json");
        await JsonAsync("bundle", "key", "--out", Key + "2", "--json");
        await JsonAsync("bundle", "sign", "--bundle", Bundle, "--key", Key, "--json");

        (await FailsAsync("bundle", "verify", "--bundle", Bundle, "--key", Key + "2.pub")).ShouldContain("no good signature");
        var model = Path.Combine(Bundle, "model.onnx");
        var bytes = await File.ReadAllBytesAsync(model, TestContext.Current.CancellationToken);
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(model, bytes, TestContext.Current.CancellationToken);
        (await FailsAsync("bundle", "verify", "--bundle", Bundle, "--key", Key + ".pub")).ShouldContain("'model.onnx' has SHA-256");
        (await FailsAsync("bundle", "sign", "--bundle", Bundle, "--key", Key)).ShouldContain("'model.onnx' has SHA-256");
        (await FailsAsync("bundle", "inspect", "--bundle", Bundle)).ShouldContain("'model.onnx' has SHA-256");
    }

    [Fact]
    public async Task Sign_PublicKeyOrNone_IsRefused()
    {
        await JsonAsync("bundle", "contrast", "--out", Bundle, "--json");
        await JsonAsync("bundle", "key", "--out", Key, "--json");

        (await FailsAsync("bundle", "sign", "--bundle", Bundle, "--key", Key + ".pub")).ShouldContain("private key");
        (await FailsAsync("bundle", "sign", "--bundle", Bundle, "--key", Key + "9")).ShouldContain("release.key9");
        (await FailsAsync("bundle", "key", "--out", Key)).ShouldContain("cannot be written");
        File.Exists(Path.Combine(Bundle, "manifest.dsse")).ShouldBeFalse();
    }

    private static async Task<JsonNode> JsonAsync(params string[] args)
    {
        var (exitCode, output, error) = await RunAsync(args);
        exitCode.ShouldBe(0, error);
        return JsonNode.Parse(output)!;
    }

    private static async Task<string> FailsAsync(params string[] args)
    {
        var (exitCode, _, error) = await RunAsync(args);
        exitCode.ShouldBe(1);
        return error;
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        await using StringWriter output = new();
        await using StringWriter error = new();
        var exitCode = await ImddCommand.RunAsync(args, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
