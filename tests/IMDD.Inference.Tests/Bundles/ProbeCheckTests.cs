using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Inference.Bundles;

namespace IMDD.Inference.Tests.Bundles;

public sealed class ProbeCheckTests : IDisposable
{
    private readonly BundleFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sizes_MoreProbesThanAreRun_IsRefused()
    {
        ListProbes(64);
        ProbeCheck.Sizes(ModelBundle.Open(_folder.Path)).ShouldHaveSingleItem();

        ListProbes(65);
        Should.Throw<ModelBundleException>(() => ProbeCheck.Sizes(ModelBundle.Open(_folder.Path))).Message.ShouldContain("lists 65 probes; at most 64 are run");
    }

    private void ListProbes(int count)
    {
        var probe = ImddJson.Deserialize<BundleProbeIndex>(File.ReadAllBytes(_folder.FileOf(BundleProbeIndex.Path))).Probes[0];
        var index = ImddJson.Serialize(new BundleProbeIndex([.. Enumerable.Repeat(probe, count)]));
        _folder.Replace(BundleProbeIndex.Path, index);
        var manifest = _folder.ReadManifest();
        _folder.WriteManifest(manifest with { Probes = manifest.Probes! with { Digest = ContentDigest.Of(index) } });
    }
}
