using System.Security.Cryptography;
using IMDD.Inference.Signing;
using IMDD.Testing;

namespace IMDD.Inference.Tests.Signing;

public sealed class TrustedKeysTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Load_SeveralFilesAndSeveralKeysInOne_HasEachOnce()
    {
        using TestSigningKey one = new(), two = new(), three = new();

        var keys = TrustedKeys.Load(Write("a", one.PublicPem + "a remark\n" + two.PublicPem), Write("b", three.PublicPem), Write("c", one.PublicPem));

        keys.Ids.ShouldBe([one.Id, two.Id, three.Id]);
        keys.IsEmpty.ShouldBeFalse();
    }

    [Theory]
    [InlineData("", "holds no PEM block")]
    [InlineData("ssh-ed25519 AAAA", "holds no PEM block")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nMTIz\n-----END PUBLIC KEY-----", "holds no usable key")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMTIz\n-----END CERTIFICATE-----", "holds a 'CERTIFICATE'")]
    public void Load_FileOfAnotherKind_IsRefusedByName(string content, string expected)
    {
        var message = Should.Throw<SigningKeyException>(() => TrustedKeys.Load(Write("key.pem", content))).Message;

        message.ShouldContain("key.pem");
        message.ShouldContain(expected);
    }

    [Fact]
    public void Load_PrivateKey_IsRefused()
    {
        using TestSigningKey key = new();

        Should.Throw<SigningKeyException>(() => TrustedKeys.Load(Write("release", key.PrivatePem))).Message.ShouldContain("private key");
    }

    [Fact]
    public void Load_OtherCurveOrAlgorithm_IsRefused()
    {
        using TestSigningKey curve = new(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);

        Should.Throw<SigningKeyException>(() => TrustedKeys.Load(Write("p384", curve.PublicPem))).Message.ShouldContain("P-256");
        Should.Throw<SigningKeyException>(() => TrustedKeys.Load(Write("rsa", rsa.ExportSubjectPublicKeyInfoPem()))).Message.ShouldContain("P-256");
    }

    [Fact]
    public void Load_MissingOrHugeFile_IsRefusedByName()
    {
        Should.Throw<SigningKeyException>(() => TrustedKeys.Load(_directory.File("nowhere.pem"))).Message.ShouldContain("nowhere.pem");
        Should.Throw<SigningKeyException>(() => TrustedKeys.Load(Write("huge.pem", new string(' ', 70_000)))).Message.ShouldContain("huge.pem");
    }

    private string Write(string name, string content)
    {
        File.WriteAllText(_directory.File(name), content);
        return _directory.File(name);
    }
}
