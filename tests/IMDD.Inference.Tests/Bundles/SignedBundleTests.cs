using System.Security.Cryptography;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Inference.Bundles;
using IMDD.Inference.Signing;
using IMDD.Testing;

namespace IMDD.Inference.Tests.Bundles;

/// <summary>A bundle is what its signer signed, to the byte, or it is refused.</summary>
public sealed class SignedBundleTests : IDisposable
{
    private readonly BundleFolder _folder = new();
    private readonly TestDirectory _keys = new();
    private readonly TestSigningKey _key = new();

    public void Dispose()
    {
        _folder.Dispose();
        _keys.Dispose();
        _key.Dispose();
    }

    [Theory]
    [InlineData(DSASignatureFormat.Rfc3279DerSequence)]
    [InlineData(DSASignatureFormat.IeeeP1363FixedFieldConcatenation)]
    public void Open_SignedByATrustedKey_SaysByWhich(DSASignatureFormat format)
    {
        _key.SignBundle(_folder.Path, format);

        Open(_key).SignedBy.ShouldBe(_key.Id);
    }

    [Fact]
    public void Open_AnyByteOfAnyFileChanged_IsRefusedWithTheFilesName()
    {
        _key.SignBundle(_folder.Path);
        var trust = Trust(_key);
        var digest = ContentDigest.Of(File.ReadAllBytes(_folder.FileOf(ModelBundle.ManifestFile)));
        foreach (var path in Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(_folder.Path, path);
            var bytes = File.ReadAllBytes(path);

            // Every byte of the envelope, whose form is ours to check; of files compared whole or by their hash, some.
            var step = name == ModelBundle.EnvelopeFile ? 1 : Math.Max(1, bytes.Length / 50);
            for (var position = 0; position < bytes.Length; position += step)
            {
                bytes[position] ^= 0x01;
                File.WriteAllBytes(path, bytes);
                var message = Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path, trust), $"{name} at {position}").Message;
                message.ShouldContain(name);
                if (name == ModelBundle.ManifestFile)
                {
                    message.ShouldContain(digest);
                    message.ShouldContain(ContentDigest.Of(bytes));
                }

                bytes[position] ^= 0x01;
            }

            File.WriteAllBytes(path, bytes);
        }

        ModelBundle.Open(_folder.Path, trust).SignedBy.ShouldBe(_key.Id);
    }

    [Fact]
    public void Open_ListedFileChangedAndTheManifestMadeToFit_IsRefused()
    {
        _key.SignBundle(_folder.Path);
        _folder.Replace(ModelBundle.ModelFile, [.. File.ReadAllBytes(_folder.FileOf(ModelBundle.ModelFile)), 0]);

        Refused(Trust(_key)).ShouldContain("signs a manifest of digest");
    }

    [Fact]
    public void Open_SignedByAnotherKey_NamesBoth()
    {
        using TestSigningKey other = new();
        _key.SignBundle(_folder.Path);

        var message = Refused(Trust(other));

        message.ShouldContain($"signed by {_key.Id}");
        message.ShouldContain($"trusted are {other.Id}");
    }

    [Fact]
    public void Open_KeyIdOfATrustedKeyOnAnothersSignature_IsRefused()
    {
        using TestSigningKey other = new();
        var envelope = other.SignBundle(_folder.Path);
        TestSigningKey.Write(_folder.Path, envelope with { Signatures = [envelope.Signatures[0] with { KeyId = _key.Id }] });

        Refused(Trust(_key)).ShouldContain("no good signature");
    }

    [Fact]
    public void Open_WithoutKeyId_TriesEveryTrustedKey()
    {
        using TestSigningKey other = new();
        var envelope = _key.SignBundle(_folder.Path);
        TestSigningKey.Write(_folder.Path, envelope with { Signatures = [envelope.Signatures[0] with { KeyId = null }] });

        ModelBundle.Open(_folder.Path, Trust(other, _key)).SignedBy.ShouldBe(_key.Id);
    }

    [Fact]
    public void Open_WhileAKeyIsChanged_OldAndNewAreTakenByEitherSide()
    {
        using TestSigningKey next = new();
        var envelope = _key.SignBundle(_folder.Path);
        Open(next, _key).SignedBy.ShouldBe(_key.Id, "the agent has the new key already");

        var manifest = File.ReadAllBytes(_folder.FileOf(ModelBundle.ManifestFile));
        TestSigningKey.Write(_folder.Path, envelope with { Signatures = [.. envelope.Signatures, next.Sign(DsseEnvelope.ModelPayloadType, manifest)] });
        Open(next).SignedBy.ShouldBe(next.Id);
        Open(_key).SignedBy.ShouldBe(_key.Id, "the agent has only the old key still");
    }

    [Fact]
    public void Open_EnvelopeOfAnotherType_IsRefused()
    {
        var manifest = File.ReadAllBytes(_folder.FileOf(ModelBundle.ManifestFile));
        const string Recipe = "application/vnd.imdd.recipe+json";
        TestSigningKey.Write(_folder.Path, new DsseEnvelope { PayloadType = Recipe, Payload = Convert.ToBase64String(manifest), Signatures = [_key.Sign(Recipe, manifest)] });

        Refused(Trust(_key)).ShouldContain(Recipe);
    }

    [Theory]
    [InlineData("{}", "payloadType")]
    [InlineData("not json", "not a DSSE envelope")]
    [InlineData("""{"payloadType":"application/vnd.imdd.model+json","payload":"","signatures":[]}""", "signs a manifest of digest")]
    [InlineData("""{"payloadType":"application/vnd.imdd.model+json","payload":"?","signatures":[]}""", "not base64")]
    public void Open_EnvelopeMalformed_IsRefused(string envelope, string expected)
    {
        File.WriteAllText(_folder.FileOf(ModelBundle.EnvelopeFile), envelope);

        Refused(Trust(_key)).ShouldContain(expected);
    }

    [Fact]
    public void Open_EnvelopeWithoutSignaturesOrWithTooMany_IsRefused()
    {
        var envelope = _key.SignBundle(_folder.Path);
        TestSigningKey.Write(_folder.Path, envelope with { Signatures = [] });
        Refused(Trust(_key)).ShouldContain("0 signatures");

        TestSigningKey.Write(_folder.Path, envelope with { Signatures = [.. Enumerable.Repeat(envelope.Signatures[0], 17)] });
        Refused(Trust(_key)).ShouldContain("17 signatures");
    }

    [Fact]
    public void Open_EnvelopeTooLarge_IsRefusedUnread()
    {
        using (var stream = File.OpenWrite(_folder.FileOf(ModelBundle.EnvelopeFile)))
        {
            stream.SetLength(3L << 20);
        }

        Refused(Trust(_key)).ShouldContain("at most");
    }

    [Fact]
    public void Open_EnvelopeWithBlanks_IsRefused()
    {
        _key.SignBundle(_folder.Path);
        File.AppendAllText(_folder.FileOf(ModelBundle.EnvelopeFile), "\n");

        Refused(Trust(_key)).ShouldContain("one form");
    }

    [Fact]
    public void Open_NotSigned_OnlyWhereThatIsAllowedOrItIsKnown()
    {
        var digest = ModelBundle.Open(_folder.Path).Digest;

        Refused(Trust(_key)).ShouldContain("is not signed");
        Refused(new BundleTrust()).ShouldContain("no key is trusted");
        Refused(Trust(_key) with { KnownDigests = new HashSet<string>(StringComparer.Ordinal) { ContentDigest.Of([1]) } }).ShouldContain("is not signed");
        ModelBundle.Open(_folder.Path, Trust(_key) with { AllowUnsigned = true }).SignedBy.ShouldBeNull();
        ModelBundle.Open(_folder.Path, new BundleTrust { KnownDigests = new HashSet<string>(StringComparer.Ordinal) { digest } }).SignedBy.ShouldBeNull();
    }

    [Fact]
    public void Open_UnsignedAllowedButSignedBadly_IsRefusedStill()
    {
        using TestSigningKey other = new();
        other.SignBundle(_folder.Path);

        Refused(Trust(_key) with { AllowUnsigned = true }).ShouldContain("no good signature");
    }

    [Fact]
    public void Open_SignedAndAFileTooManyMissingOrALink_IsRefusedByName()
    {
        _key.SignBundle(_folder.Path);
        var extra = _folder.FileOf("probes/extra.bin");
        File.WriteAllText(extra, "x");
        Refused(Trust(_key)).ShouldContain("'probes/extra.bin' is not listed");
        File.Delete(extra);

        var text = _folder.FileOf(ModelBundle.TextFile);
        var elsewhere = _keys.File("text");
        File.Move(text, elsewhere);
        Refused(Trust(_key)).ShouldContain(ModelBundle.TextFile);
        File.CreateSymbolicLink(text, elsewhere);
        Refused(Trust(_key)).ShouldContain("is a link");
    }

    [Fact]
    public void Open_SignedManifestWithAPathOutside_IsRefused()
    {
        var manifest = _folder.ReadManifest();
        _folder.WriteManifest(manifest with { Files = [.. manifest.Files, manifest.Files[0] with { Path = "../manifest.json" }] });
        _key.SignBundle(_folder.Path);

        Refused(Trust(_key)).ShouldContain("'../manifest.json' is not a relative path below the bundle");
    }

    [Fact]
    public void Read_EnvelopeOfAManifestWithAFileBelowAFile_IsRefusedBeforeAnythingElseIsAskedFor()
    {
        var manifest = _folder.ReadManifest();
        _folder.WriteManifest(manifest with { Files = [.. manifest.Files, manifest.Files[0] with { Path = ModelBundle.TextFile + "/x" }] });
        var envelope = ImddJson.Serialize(_key.SignBundle(_folder.Path));

        Should.Throw<ModelBundleException>(() => SignedManifest.Read(envelope, Trust(_key))).Message.ShouldContain($"'{ModelBundle.TextFile}/x' lies below '{ModelBundle.TextFile}'");
    }

    [Fact]
    public void Open_FolderCalledByAnotherDigest_NamesBoth()
    {
        var digest = ModelBundle.Open(_folder.Path).Digest;
        var right = _keys.File("sha256-" + digest["sha256:".Length..]);
        var wrong = _keys.File("sha256-" + new string('a', 64));
        Directory.Move(_folder.Path, right);
        ModelBundle.Open(right).Digest.ShouldBe(digest);

        Directory.Move(right, wrong);
        Should.Throw<ModelBundleException>(() => ModelBundle.Open(wrong + "/")).Message.ShouldBe($"Folder {Path.GetFileName(wrong)} holds a bundle of digest {digest}.");
    }

    private ModelBundle Open(params TestSigningKey[] keys) => ModelBundle.Open(_folder.Path, Trust(keys));

    private string Refused(BundleTrust trust) => Should.Throw<ModelBundleException>(() => ModelBundle.Open(_folder.Path, trust)).Message;

    private BundleTrust Trust(params TestSigningKey[] keys)
    {
        List<string> files = [];
        foreach (var key in keys)
        {
            files.Add(_keys.File(key.Id["sha256:".Length..] + ".pem"));
            File.WriteAllText(files[^1], key.PublicPem);
        }

        return new BundleTrust { Keys = TrustedKeys.Load(files) };
    }
}
