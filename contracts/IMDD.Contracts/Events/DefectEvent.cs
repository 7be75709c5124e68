using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes the event of <c>imdd.inspection.defect-detected.v1</c>.</summary>
public static class DefectEvent
{
    /// <summary>
    /// The event of a failed frame. <see cref="DefectEventBudget"/> says beforehand which masks must have moved to a blob, and makes fit
    /// what does not.
    /// </summary>
    /// <exception cref="ArgumentException">A field breaks its own rule; the message names it.</exception>
    /// <exception cref="FormatException">Asset path, camera or an id cannot be written as an attribute.</exception>
    /// <exception cref="EventTooLargeException">More than 64 regions, a mask above 64 KiB in line, or above 256 KiB in all.</exception>
    public static CloudEvent Create(DefectDetected defect, EventContext context)
    {
        var camera = new CameraPath(AssetPath.Parse(defect.AssetPath), defect.CameraId);
        var outcomeId = EventId.ForOutcome(camera, defect.FrameId);
        EventGuard.That(defect.OutcomeId == outcomeId, $"OutcomeId is '{defect.OutcomeId}': expected '{outcomeId}', the frame's.", nameof(defect.OutcomeId));
        EventGuard.That(defect.Verdict == Verdict.Fail, $"Verdict is {defect.Verdict}: a defect event is of a failed frame.", nameof(defect.Verdict));
        EventGuard.Score(defect.ImageScore, nameof(defect.ImageScore));
        EventGuard.Digest(defect.RecipeDigest, nameof(defect.RecipeDigest));
        EventGuard.Digest(defect.Model.Digest, "Model.Digest");
        EventGuard.Digest(defect.Frame.Digest, "Frame.Digest");
        Check(defect.Regions);

        return new EventBuilder(EventTypes.DefectDetected, context)
            .Key(camera.ToString())
            .Set(CloudEventAttributes.CorrelationId, defect.InspectionId)
            .Set(CloudEventAttributes.CausationId, defect.FrameId)
            .Set(CloudEventAttributes.FrameDigest, defect.Frame.Digest)
            .Set(CloudEventAttributes.ModelDigest, defect.Model.Digest)
            .Set(CloudEventAttributes.Simulated, defect.Simulated)
            .BuildJson(EventId.ForDefect(outcomeId), EventBuilder.Subject(camera, defect.PartId), defect);
    }

    private static void Check(IReadOnlyList<DefectRegion> regions)
    {
        if (regions.Count > DefectDetected.MaxRegions)
        {
            throw new EventTooLargeException($"The event has {regions.Count} regions: expected at most {DefectDetected.MaxRegions}, the rest in RegionsOmitted.");
        }

        for (var i = 0; i < regions.Count; i++)
        {
            var region = regions[i];
            EventGuard.NotEmpty(region.Class, $"Regions[{i}].Class");
            EventGuard.Score(region.Score, $"Regions[{i}].Score");
            EventGuard.Score(region.Confidence ?? 0, $"Regions[{i}].Confidence");
            EventGuard.That(region.BboxPx.Count == 4, $"Regions[{i}].BboxPx has {region.BboxPx.Count} numbers: expected [x, y, width, height].", nameof(region.BboxPx));
            if (DefectEventBudget.MaskBytes(region) > DefectEventBudget.MaxInlineMaskBytes)
            {
                throw new EventTooLargeException(
                    $"Regions[{i}] has a mask of {DefectEventBudget.MaskBytes(region)} bytes in line: expected at most {DefectEventBudget.MaxInlineMaskBytes}, above it in a blob.");
            }
        }
    }
}
