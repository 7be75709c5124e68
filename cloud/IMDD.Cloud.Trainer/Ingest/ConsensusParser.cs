using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Trainer.Ingest;

/// <summary>Reads consensus records.</summary>
internal static class ConsensusParser
{
    private const int MaxRegions = 64;
    private const int MaxRaters = 1000;
    private const int MaxWordLength = 256;
    private const int MaxUriLength = 2048;
    private const int MaxPoints = 1 << 16;
    private const int MaxRleCharacters = 1 << 20;
    private const long MaxPixels = 64L << 20;

    /// <summary>What is agreed of a picture.</summary>
    /// <exception cref="CloudEventFormatException">It is no such record; the message says why.</exception>
    public static ExampleConsensus Parse(KafkaConsumed record)
    {
        try
        {
            Require(record.Value is not null, "The record has no value.");
            return Checked(EventReader.Read<ExampleConsensus>(KafkaBinding.Read(record.Headers, record.Value!.Value), EventTypes.ConsensusReached));
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            throw new CloudEventFormatException(e.Message);
        }
    }

    private static ExampleConsensus Checked(ExampleConsensus data)
    {
        Require(ContentDigest.IsValid(data.Frame.Digest), "The frame's digest is none: expected sha256: and 64 lower-case hex digits.");
        Require(data.Revision >= 1, $"The revision is {data.Revision}: expected at least 1.");
        Require(data.State.Length is > 0 and <= MaxWordLength, $"The state has {data.State.Length} characters: expected 1 to {MaxWordLength}.");
        if (data.State != ConsensusState.Agreed)
        {
            return data;
        }

        _ = CameraPath.Parse($"{data.AssetPath}/{data.CameraId}");
        Require(data.Verdict is Verdict.Pass or Verdict.Fail, $"The verdict is {data.Verdict}: expected pass or fail where it is agreed.");
        Require(
            data.Verdict == Verdict.Fail == data.Regions.Count > 0 && data.Regions.Count <= MaxRegions,
            $"The verdict is {data.Verdict} with {data.Regions.Count} regions: expected 1 to {MaxRegions} exactly for a fail.");
        Require(data.Frame.Uri is not { Length: > MaxUriLength }, $"The frame's uri is longer than {MaxUriLength} characters.");
        Require(
            data.Frame is { Width: >= 0, Height: >= 0 } && (long)data.Frame.Width * data.Frame.Height <= MaxPixels,
            $"The frame has {data.Frame.Width} x {data.Frame.Height} pixels: expected at most {MaxPixels} in all.");
        Require(
            data.Labels.Count <= MaxRaters && data.Labels.All(l => l.RaterId.Length is > 0 and <= MaxWordLength),
            $"The labels are none: expected at most {MaxRaters}, each with a rater of 1 to {MaxWordLength} characters.");
        foreach (var region in data.Regions)
        {
            Check(region);
        }

        return data;
    }

    private static void Check(LabelledRegion region)
    {
        Require(region.Class.Length is > 0 and <= MaxWordLength && !region.Class.Contains('\n', StringComparison.Ordinal), $"A class is none: expected 1 to {MaxWordLength} characters in one line.");
        Require(region.BboxPx is [_, _, > 0, > 0], "A region's box is none: expected x, y, width, height with an area.");
        Require(
            region.ContourPx is not { } contour || (contour.Count is >= 6 and <= 2 * MaxPoints && contour.Count % 2 == 0),
            $"A region's contour is none: expected x and y of 3 to {MaxPoints} points.");
        Require(region.MaskRle is not { Counts.Length: > MaxRleCharacters }, $"A mask has more than {MaxRleCharacters} characters.");
        Require(region.MaskUri is not { Length: > MaxUriLength }, $"A mask's uri is longer than {MaxUriLength} characters.");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new CloudEventFormatException(message);
        }
    }
}
