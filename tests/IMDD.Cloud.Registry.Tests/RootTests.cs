using System.Net;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using IMDD.Inference.Signing;
using IMDD.Testing;

namespace IMDD.Cloud.Registry.Tests;

/// <summary>Root documents that a registry hands on.</summary>
public sealed class RootTests : IDisposable
{
    private readonly TestSigningKey _root = new();
    private readonly TestSigningKey _other = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _root.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Publish_OneAfterTheOther_IsServedToAgentsAsItWasSigned()
    {
        await using var registry = await RunningRegistry.StartAsync();
        (await registry.Http.GetAsync(RegistryRoutes.Root, Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var first = Document(1, _other).Write();
        await PublishAsync(registry, first);
        var second = Document(2, _other).Write();
        var view = await PublishAsync(registry, second);
        (await PublishAsync(registry, second)).PublishedAt.ShouldBe(view.PublishedAt, "the newest again is no change");
        await registry.RestartAsync();

        (await registry.GetAsync<TrustRootView>(RegistryRoutes.Root)).Document.Version.ShouldBe(2);
        (await registry.Http.GetByteArrayAsync(RegistryRoutes.For(RegistryRoutes.RootDocument, "1"), Stop)).ShouldBe(first);
        (await registry.Http.GetByteArrayAsync(RegistryRoutes.For(RegistryRoutes.RootDocument, "2"), Stop)).ShouldBe(second);
        (await registry.Http.GetAsync(RegistryRoutes.For(RegistryRoutes.RootDocument, "3"), Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Publish_ThatDoesNotFollow_IsRefused()
    {
        await using var registry = await RunningRegistry.StartAsync();
        await PublishAsync(registry, Document(1, _other).Write());
        using TestSigningKey stranger = new();
        foreach (var bad in new[] { Document(3, _other), Document(1, stranger), new TestRoot(2) { Root = [stranger], Release = [_other] } })
        {
            (await TryPublishAsync(registry, bad.Write())).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        }

        (await registry.GetAsync<TrustRootView>(RegistryRoutes.Root)).Document.Version.ShouldBe(1);
    }

    [Fact]
    public async Task Register_WithAKeyThatTheRootDocumentDoesNotList_IsRefusedWithTheWayOut()
    {
        await using var registry = await RunningRegistry.StartAsync();
        var own = TrustedKeys.Load(registry.PublicKeyFile).Keys.Single();
        await PublishAsync(registry, Document(1, _other).Write());

        var refused = await registry.TryRegisterAsync(TestBundle.Create());
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync(Stop)).ShouldContain(own.Id);

        var document = ImddJson.Deserialize<TrustRoot>(Convert.FromBase64String(ImddJson.Deserialize<DsseEnvelope>(Document(2, _other).Write()).Payload));
        var payload = ImddJson.Serialize(document with { Release = RootSigner.Role(1, own) });
        DsseEnvelope listed = new()
        {
            PayloadType = DsseEnvelope.RootPayloadType,
            Payload = Convert.ToBase64String(payload),
            Signatures = [_root.Sign(DsseEnvelope.RootPayloadType, payload)],
        };
        await PublishAsync(registry, ImddJson.Serialize(listed));
        (await registry.RegisterAsync(TestBundle.Create())).KeyId.ShouldBe(own.Id);
    }

    private TestRoot Document(long version, TestSigningKey release) => new(version) { Root = [_root], Release = [release] };

    private static Task<HttpResponseMessage> TryPublishAsync(RunningRegistry registry, byte[] envelope)
        => registry.PostAsync(RegistryRoutes.Root, new PublishRoot { Envelope = ImddJson.Deserialize<DsseEnvelope>(envelope), By = "anna" });

    private static async Task<TrustRootView> PublishAsync(RunningRegistry registry, byte[] envelope)
        => await RunningRegistry.ReadAsync<TrustRootView>(await TryPublishAsync(registry, envelope));
}
