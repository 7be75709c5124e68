using IMDD.Inference.Signing;
using IMDD.Testing;

namespace IMDD.Inference.Tests.Signing;

public sealed class SignedRootTests : IDisposable
{
    private readonly TestSigningKey[] _keys = [.. Enumerable.Range(0, 5).Select(_ => new TestSigningKey())];

    public void Dispose() => Array.ForEach(_keys, key => key.Dispose());

    [Fact]
    public void Follow_ThresholdOfTwo_CountsKeysAndNotSignatures()
    {
        var root = SignedRoot.Pin(Document(1).Write());

        Should.Throw<TrustRootException>(() => root.Follow((Document(2) with { Signers = [_keys[0], _keys[0]] }).Write())).Message.ShouldContain("1 good signatures");
        Should.Throw<TrustRootException>(() => root.Follow((Document(2) with { Signers = [_keys[0], _keys[3]] }).Write())).Message.ShouldContain("1 good signatures");
        root.Follow((Document(2) with { Signers = [_keys[2], _keys[0]] }).Write()).Document.Version.ShouldBe(2);
    }

    [Fact]
    public void Follow_FewerKeysAskedForByTheNext_StillNeedsThoseOfTheOneBefore()
    {
        var root = SignedRoot.Pin(Document(1).Write());

        Should.Throw<TrustRootException>(() => root.Follow((Document(2) with { RootThreshold = 1, Signers = [_keys[0]] }).Write())).Message.ShouldContain("version 1's root keys");
    }

    [Theory]
    [InlineData("no key")]
    [InlineData("a threshold above the keys")]
    [InlineData("a threshold of 0")]
    [InlineData("a key twice")]
    [InlineData("version 0")]
    [InlineData("too many bytes")]
    [InlineData("no document")]
    public void Pin_WhatBreaksARule_IsRefused(string fault)
    {
        var bytes = fault switch
        {
            "no key" => (Document(1) with { Release = [] }).Write(),
            "a threshold above the keys" => (Document(1) with { RootThreshold = 4 }).Write(),
            "a threshold of 0" => (Document(1) with { RootThreshold = 0 }).Write(),
            "a key twice" => (Document(1) with { Release = [_keys[3], _keys[3]] }).Write(),
            "version 0" => Document(0).Write(),
            "too many bytes" => new byte[SignedRoot.MaxEnvelopeBytes + 1],
            _ => "{}"u8.ToArray(),
        };

        Should.Throw<TrustRootException>(() => SignedRoot.Pin(bytes)).Message.ShouldContain(fault == "no document" ? "not a DSSE envelope" : "expected");
    }

    [Fact]
    public void Pin_EveryByteChangedInTurn_IsRefused()
    {
        var bytes = (Document(1) with { Root = [_keys[0]], RootThreshold = 1 }).Write();
        for (var at = 0; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 1;
            Should.Throw<TrustRootException>(() => SignedRoot.Pin(changed), $"byte {at} of {bytes.Length}");
        }
    }

    private TestRoot Document(long version) => new(version) { Root = _keys[..3], RootThreshold = 2, Release = [_keys[3]] };
}
