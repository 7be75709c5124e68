using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Imaging.Masks;
using IMDD.Storage;
using IMDD.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Edge.Agent.Tests;

/// <summary>Masks whose run lengths are above 64 KiB.</summary>
public sealed class LargeMaskTests
{
    private const int Size = 512;
    private const int MaxMaskBytes = 1 << 20;

    [Fact]
    public async Task LargeMask_BlobStoreThere_MovesToABlobThatTheEventNames()
    {
        var frame = TestFrames.Ragged(Size, out var expected);
        CocoRle.Encode(expected, Size, Size).Counts.Length.ShouldBeGreaterThan(DefectEventBudget.MaxInlineMaskBytes);
        await using var harness = await AgentHarness.StartAsync();
        await harness.SendAsync(frame);

        var region = (await DefectAsync(harness)).Regions.Single();

        region.MaskRle.ShouldBeNull();
        region.ContourPx.ShouldNotBeEmpty();
        region.AreaPx.ShouldBe(expected.Sum(p => (long)p));
        var blobs = harness.Services.GetRequiredService<IBlobStore>();
        (await MaskAsync(blobs, region.MaskUri)).ShouldBe(expected);
        harness.Records(KafkaTopics.DefectDetected).Single().Value!.Value.Length.ShouldBeLessThanOrEqualTo(ImddJson.MaxEventBytes);
        await Eventually.HoldsAsync(() => Directory.GetFiles(Path.Combine(harness.StoreFolder, "spool")).Length == 0);
    }

    [Fact]
    public async Task LargeMask_BlobStoreAway_OutcomeDoesNotWaitAndTheMaskIsNamedLater()
    {
        FlakyBlobStore blobs = new() { IsAway = true };
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Blobs = blobs;
        await harness.StartAgentAsync(("Edge:Evidence:BlobWait", "00:00:03"), ("Edge:Evidence:MaxRetryDelay", "00:00:00.2"));
        await harness.SendAsync(TestFrames.Ragged(Size, out var expected));

        await harness.OutcomesAsync(1);
        harness.Defects().ShouldBeEmpty();
        var region = (await DefectAsync(harness)).Regions.Single();
        region.MaskUri.ShouldBeNull();
        region.ContourPx.ShouldNotBeEmpty();

        blobs.IsAway = false;
        await Eventually.HoldsAsync(() => harness.Records(KafkaTopics.FrameStored).Count == 1);
        var stored = ImddJson.Deserialize<FrameStored>(harness.Records(KafkaTopics.FrameStored).Single().Value!.Value.Span);
        stored.Frame.Uri.ShouldNotBeNull();
        var mask = stored.Masks.ShouldNotBeNull().Single();
        mask.Region.ShouldBe(0);
        blobs.Contents.Count(c => Decode(c)?.AsSpan().SequenceEqual(expected) == true).ShouldBe(1);
    }

    [Fact]
    public async Task LargeMask_AgentRestartedBeforeTheBlob_IsStoredByTheNext()
    {
        FlakyBlobStore blobs = new() { IsAway = true };
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Blobs = blobs;
        await harness.StartAgentAsync(("Edge:Evidence:BlobWait", "00:05:00"));
        await harness.SendAsync(TestFrames.Ragged(Size, out var expected));
        await harness.OutcomesAsync(1);
        await harness.StopAgentAsync();

        blobs.IsAway = false;
        await harness.StartAgentAsync(("Edge:Evidence:BlobWait", "00:05:00"));

        (await DefectAsync(harness)).Regions.Single().MaskUri.ShouldNotBeNull();
        blobs.Contents.Count(c => Decode(c)?.AsSpan().SequenceEqual(expected) == true).ShouldBe(1);
    }

    [Fact]
    public async Task LargeMask_NoBudgetForEvidence_KeepsTheContourAndWaitsForNothing()
    {
        await using var harness = await AgentHarness.StartAsync(("Edge:Evidence:BytesPerDay", "1000"), ("Edge:Evidence:BlobWait", "00:05:00"));
        await harness.SendAsync(TestFrames.Ragged(Size, out _));

        var region = (await DefectAsync(harness)).Regions.Single();

        region.MaskUri.ShouldBeNull();
        region.MaskRle.ShouldBeNull();
        region.ContourPx.ShouldNotBeEmpty();
    }

    private static async Task<DefectDetected> DefectAsync(AgentHarness harness)
    {
        await Eventually.HoldsAsync(() => harness.Defects().Count == 1);
        return harness.Defects().Single();
    }

    private static async Task<byte[]?> MaskAsync(IBlobStore blobs, string? uri)
    {
        BlobName.TryGetDigest(uri, out var digest).ShouldBeTrue(uri);
        return Decode((await blobs.GetAsync(digest, MaxMaskBytes, TestContext.Current.CancellationToken)).ShouldNotBeNull());
    }

    /// <summary>The mask in a blob; null for a picture.</summary>
    private static byte[]? Decode(byte[] blob) => blob[0] == '{' ? CocoRle.Decode(ImddJson.Deserialize<MaskRle>(blob)) : null;
}
