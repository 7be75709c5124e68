using System.Net;
using System.Text;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Training;

namespace IMDD.Cloud.Registry.Tests;

/// <summary>Training sets by content, and the way back from a frame.</summary>
public sealed class DatasetTests(PostgresFixture postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Register_WithASnapshot_KeepsItsFramesBothWays(bool isPostgres)
    {
        await using var registry = await RunningRegistry.StartAsync(("Registry:ConnectionString", isPostgres ? await postgres.CreateDatabaseAsync() : null));
        var digest = await StoreAsync(registry, DigestsOf(0, 5), DigestsOf(5, 2));
        var release = await registry.RegisterAsync(Trained(digest));
        var again = await registry.RegisterAsync(Trained(digest, "1.1.0"));

        var page = await registry.GetAsync<DatasetView>($"{RegistryRoutes.For(RegistryRoutes.Dataset, digest)}?limit=4");
        var rest = await registry.GetAsync<DatasetView>($"{RegistryRoutes.For(RegistryRoutes.Dataset, digest)}?limit=4&after={page.Frames[^1].Digest}");
        (page.Run, page.TrainFrames, page.GateFrames, page.HasMore, rest.HasMore).ShouldBe(("r1", 5, 2, true, false));
        page.Frames.Concat(rest.Frames).Select(frame => frame.Digest).ShouldBe(DigestsOf(0, 7).Order(StringComparer.Ordinal));
        page.Frames.ShouldAllBe(frame => frame.Verdict == Verdict.Fail && frame.Classes.SequenceEqual(new[] { "dent", "scratch" }));
        foreach (var (frame, side) in new[] { (DigestsOf(0, 1)[0], DatasetSide.Train), (DigestsOf(6, 1)[0], DatasetSide.Gate) })
        {
            (await registry.GetAsync<List<FrameUse>>(RegistryRoutes.For(RegistryRoutes.FrameUses, frame)))
                .ShouldBe([new FrameUse(again.Model, digest, side), new FrameUse(release.Model, digest, side)]);
        }

        (await registry.GetAsync<List<FrameUse>>(RegistryRoutes.For(RegistryRoutes.FrameUses, DigestsOf(50, 1)[0]))).ShouldBeEmpty();
        (await registry.GetAsync<ModelVersionView>(RegistryRoutes.For(RegistryRoutes.Release, release.Model.Digest))).Model.ShouldBe(release.Model);
    }

    [Fact]
    public async Task Register_WithADataSetThatIsNoBlob_IsARelease()
    {
        await using var registry = await RunningRegistry.StartAsync();
        var digest = ContentDigest.Of("made by hand"u8);
        await registry.RegisterAsync(Trained(digest));

        (await registry.Http.GetAsync(RegistryRoutes.For(RegistryRoutes.Dataset, digest), Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Register_SnapshotWithoutItsLabelsOrNone_IsRefused()
    {
        await using var registry = await RunningRegistry.StartAsync();
        var manifest = ImddJson.Serialize(Snapshot(ContentDigest.Of("labels"u8), 1, null, 0));
        (await registry.PutAsync(ContentDigest.Of(manifest), manifest)).EnsureSuccessStatusCode();
        (await (await registry.TryRegisterAsync(Trained(ContentDigest.Of(manifest)))).Content.ReadAsStringAsync(Stop)).ShouldContain("have not been stored");

        var text = "{\"a\":1}"u8.ToArray();
        (await registry.PutAsync(ContentDigest.Of(text), text)).EnsureSuccessStatusCode();
        var refused = await registry.TryRegisterAsync(Trained(ContentDigest.Of(text)));
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync(Stop)).ShouldContain("no snapshot");
    }

    private static TestBundle Trained(string digest, string version = "1.0.0") => TestBundle.Create(version, m => m with { TrainedFrom = new BundleLineage(digest) });

    private static SnapshotManifest Snapshot(string? train, int trainFrames, string? gate, int gateFrames)
        => new(1, "r1", 7, trainFrames, gateFrames, [], "test", ContentDigest.Of("list"u8), [], new Dictionary<string, string>(), train, gate);

    private static async Task<string> StoreAsync(RunningRegistry registry, IReadOnlyList<string> train, IReadOnlyList<string> gate)
    {
        var (trained, judged) = (Labels(train), Labels(gate));
        var manifest = ImddJson.Serialize(Snapshot(ContentDigest.Of(trained), train.Count, ContentDigest.Of(judged), gate.Count));
        foreach (var file in new[] { trained, judged, manifest })
        {
            (await registry.PutAsync(ContentDigest.Of(file), file)).EnsureSuccessStatusCode();
        }

        return ContentDigest.Of(manifest);
    }

    private static byte[] Labels(IEnumerable<string> digests) => ImddJson.Serialize(new
    {
        version = 1,
        frames = digests.Select(digest => new
        {
            file = "pictures/x.png",
            sha256 = digest["sha256:".Length..],
            verdict = "fail",
            regions = new[] { new { @class = "scratch" }, new { @class = "dent" }, new { @class = "dent" } },
        }),
    });

    private static List<string> DigestsOf(int from, int count) => [.. Enumerable.Range(from, count).Select(frame => ContentDigest.Of(Encoding.UTF8.GetBytes($"frame {frame}")))];
}
