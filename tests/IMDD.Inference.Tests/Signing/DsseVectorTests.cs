using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using IMDD.Inference.Signing;

namespace IMDD.Inference.Tests.Signing;

/// <summary>The test vectors of the DSSE protocol 1.0, https://github.com/secure-systems-lab/dsse/blob/master/protocol.md#test-vectors.</summary>
public sealed class DsseVectorTests
{
    private const string PayloadType = "http://example.com/HelloWorld";
    private const string Signature = "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==";

    [Fact]
    public void Encoding_OfTheVector_IsTheSpecifications()
        => Encoding.UTF8.GetString(PreAuthenticationEncoding.Of(PayloadType, "hello world"u8)).ShouldBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");

    [Fact]
    public void Encoding_LengthsAreOfBytes()
        => Encoding.UTF8.GetString(PreAuthenticationEncoding.Of("ö", "日本"u8)).ShouldBe("DSSEv1 2 ö 6 日本");

    [Fact]
    public void Verifies_SignatureOfTheVector()
    {
        using var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint
            {
                X = Bytes("46950820868899156662930047687818585632848591499744589407958293238635476079160"),
                Y = Bytes("5640078356564379163099075877009565129882514886557779369047442380624545832820"),
            },
        });
        TrustedKey key = new(ecdsa.ExportSubjectPublicKeyInfo());
        var signature = Convert.FromBase64String(Signature);

        key.Verifies(PreAuthenticationEncoding.Of(PayloadType, "hello world"u8), signature).ShouldBeTrue();
        key.Verifies(PreAuthenticationEncoding.Of(PayloadType, "hello worle"u8), signature).ShouldBeFalse();
        key.Verifies("hello world"u8, signature).ShouldBeFalse("the type is signed with it");
    }

    private static byte[] Bytes(string number) => BigInteger.Parse(number, CultureInfo.InvariantCulture).ToByteArray(isUnsigned: true, isBigEndian: true);
}
