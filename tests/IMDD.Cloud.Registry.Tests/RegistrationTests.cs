using System.Net;
using System.Net.Http.Headers;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Topics;
using IMDD.Inference.Bundles;
using IMDD.Inference.Signing;
using IMDD.Testing;

namespace IMDD.Cloud.Registry.Tests;

/// <summary>What becomes a release, and what does not.</summary>
public sealed class RegistrationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Register_ABundle_IsCountedSignedKeptAndAnnounced()
    {
        await using var registry = await RunningRegistry.StartAsync();
        var first = await registry.RegisterAsync(TestBundle.Create(), r => r with { Gates = [new GateResult("parity", true, 1e-5, 1e-3)] });
        var second = await registry.RegisterAsync(TestBundle.Create("1.1.0"));

        (first.Model.ReleaseCounter, second.Model.ReleaseCounter).ShouldBe((1, 2));
        var envelope = await registry.Http.GetByteArrayAsync(RegistryRoutes.For(RegistryRoutes.Envelope, first.Model.Digest), Stop);
        var signed = SignedManifest.Read(envelope, new BundleTrust { Keys = TrustedKeys.Load(registry.PublicKeyFile) });
        (signed.Digest, signed.SignedBy, signed.Manifest.ReleaseCounter).ShouldBe((first.Model.Digest, first.KeyId, 1));
        foreach (var file in signed.Manifest.Files)
        {
            var bytes = await registry.Http.GetByteArrayAsync(RegistryRoutes.For(RegistryRoutes.Blob, "sha256:" + file.Sha256), Stop);
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)).ShouldBe(file.Sha256);
        }

        var model = await registry.ModelAsync();
        model.Versions.Select(v => v.Model.Digest).ShouldBe([second.Model.Digest, first.Model.Digest]);
        model.Versions[1].Gates.Single().Name.ShouldBe("parity");
        await Eventually.HoldsAsync(() => registry.Events<ModelRegistered>(KafkaTopics.ModelReleased, EventTypes.ModelRegistered).Count == 2);
        var announced = registry.Events<ModelRegistered>(KafkaTopics.ModelReleased, EventTypes.ModelRegistered)[0];
        (announced.Key, announced.Data.Model, announced.Data.KeyId).ShouldBe((TestBundle.Name, first.Model, first.KeyId));
    }

    [Fact]
    public async Task Register_TheSameContentAgain_IsTheSameRelease()
    {
        await using var registry = await RunningRegistry.StartAsync();
        var first = await registry.RegisterAsync(TestBundle.Create());
        await registry.RestartAsync();

        (await registry.RegisterAsync(TestBundle.Create(change: m => m with { ReleaseCounter = 77 }))).Model.ShouldBe(first.Model);
        (await registry.ModelAsync()).Versions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Register_ByAHolderPausedPastItsLease_IsRefused()
    {
        await using var registry = await RunningRegistry.StartAsync();
        await registry.RegisterAsync(TestBundle.Create(), r => r with { FencingToken = 8 });

        var late = await registry.TryRegisterAsync(TestBundle.Create("2.0.0"), r => r with { FencingToken = 7 });

        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await late.Content.ReadAsStringAsync(Stop)).ShouldContain("Fencing token 7");
        (await registry.ModelAsync()).Versions.Count.ShouldBe(1);
        await registry.RegisterAsync(TestBundle.Create("2.0.0"), r => r with { FencingToken = 8 });
    }

    [Theory]
    [InlineData("a file that was not stored", "has not been stored")]
    [InlineData("another name", "expected the same")]
    [InlineData("a graph that does not load", "does not load")]
    [InlineData("probes that come out otherwise", "is off by")]
    [InlineData("a class too many", "expected [2, D]")]
    [InlineData("a path that leaves the bundle", "not a relative path below the bundle")]
    public async Task Register_WhatAnAgentWouldRefuse_IsRefusedHere(string fault, string message)
    {
        await using var registry = await RunningRegistry.StartAsync();
        var bundle = TestBundle.Create();
        bundle = fault switch
        {
            "a file that was not stored" => bundle with
            {
                Manifest = bundle.Manifest with { Files = [.. bundle.Manifest.Files.Select(f => f.Path == "model.onnx" ? f with { Sha256 = new string('5', 64) } : f)] },
            },
            "another name" => bundle with { Manifest = bundle.Manifest with { Name = "other" } },
            "a graph that does not load" => bundle.With("model.onnx", bundle.Files["model.onnx"][..5000]),
            "probes that come out otherwise" => bundle.With("model.onnx", Steeper(bundle.Files["model.onnx"])),
            "a class too many" => bundle with { Manifest = bundle.Manifest with { Rows = [.. bundle.Manifest.Rows, bundle.Manifest.Rows[0]] } },
            _ => bundle with
            {
                Manifest = bundle.Manifest with { Files = [.. bundle.Manifest.Files.Select(f => f.Path == "model.onnx" ? f with { Path = "../../model.onnx" } : f)] },
            },
        };

        var answer = await registry.TryRegisterAsync(bundle);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain(message);
        (await registry.GetAsync<List<ModelView>>(RegistryRoutes.Models)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Register_BodyThatIsNoRequest_IsRefusedWithTheField()
    {
        await using var registry = await RunningRegistry.StartAsync();
        var answer = await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.Model, TestBundle.Name), new { Gates = Array.Empty<GateResult>() });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain("manifest");
    }

    [Fact]
    public async Task Blob_ARange_IsServedFromThere()
    {
        await using var registry = await RunningRegistry.StartAsync();
        var content = new byte[100_000];
        new Random(1).NextBytes(content);
        var digest = ContentDigest.Of(content);
        (await registry.PutAsync(digest, content)).EnsureSuccessStatusCode();
        using HttpRequestMessage request = new(HttpMethod.Get, RegistryRoutes.For(RegistryRoutes.Blob, digest));
        request.Headers.Range = new RangeHeaderValue(99_000, null);

        var rest = await registry.Http.SendAsync(request, Stop);

        rest.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await rest.Content.ReadAsByteArrayAsync(Stop)).ShouldBe(content[99_000..]);
        rest.Content.Headers.ContentRange!.Length.ShouldBe(content.Length);
        (await registry.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, RegistryRoutes.For(RegistryRoutes.Blob, digest)), Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Blob_OtherBytesOrNoDigest_IsRefused()
    {
        await using var registry = await RunningRegistry.StartAsync(("Registry:MaxFileBytes", "2000"), ("Registry:MaxBundleBytes", "4000"));
        var digest = ContentDigest.Of("right"u8);

        (await registry.PutAsync(digest, "wrong"u8.ToArray())).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await registry.PutAsync(digest, new byte[2001])).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await registry.PutAsync("sha256:..%2F..%2Fetc", [1])).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await registry.Http.GetAsync(RegistryRoutes.For(RegistryRoutes.Blob, digest), Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await registry.Http.GetAsync(RegistryRoutes.For(RegistryRoutes.Envelope, digest), Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task OpenApi_DescribesEveryRoute()
    {
        await using var registry = await RunningRegistry.StartAsync();
        var document = await registry.Http.GetStringAsync("/openapi/v1.json", Stop);
        foreach (var route in typeof(RegistryRoutes).GetFields().Select(f => (string)f.GetRawConstantValue()!).Where(route => route != RegistryRoutes.Base))
        {
            document.ShouldContain($"\"{route}\"");
        }
    }

    private static byte[] Steeper(byte[] graph)
    {
        byte[] changed = [.. graph];
        var sought = BitConverter.GetBytes(6f);
        for (var at = 0; at <= changed.Length - 4; at++)
        {
            if (changed.AsSpan(at, 4).SequenceEqual(sought))
            {
                BitConverter.GetBytes(1f).CopyTo(changed, at);
            }
        }

        return changed;
    }
}
