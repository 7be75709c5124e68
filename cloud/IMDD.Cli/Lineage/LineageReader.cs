using System.Globalization;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Queries;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Review;

namespace IMDD.Cli.Lineage;

/// <summary>Follows what one thing came from and what came of it, so far and no further than a person can read.</summary>
/// <param name="sources">The services.</param>
/// <param name="outcomes">Where outcomes are looked for that no service knows; null: nowhere.</param>
/// <param name="limit">Most children of one kind.</param>
internal sealed class LineageReader(LineageSources sources, OutcomeTopic? outcomes, int limit)
{
    private const string DefectSuffix = "-d";

    /// <summary>The tree of an event, an outcome, a model or a picture; null where no service that answers knows it.</summary>
    public async Task<LineageNode?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        if (!ContentDigest.IsValid(id))
        {
            return await EventAsync(id, cancellationToken);
        }

        return await sources.ReleaseAsync(id, cancellationToken) is { } release
            ? await ModelAsync(release, isWithEvents: true, cancellationToken)
            : await PictureAsync(id, cancellationToken);
    }

    private async Task<LineageNode?> EventAsync(string id, CancellationToken cancellationToken)
    {
        var outcomeId = id.EndsWith(DefectSuffix, StringComparison.Ordinal) ? id[..^DefectSuffix.Length] : id;
        LineageNode node;
        string? frame;
        ModelReference? model;
        if (await sources.FailedFrameAsync(outcomeId, cancellationToken) is { } failed)
        {
            node = Event(failed);
            (frame, model) = (failed.Defect.Frame.Digest, failed.Defect.Model);
        }
        else if (await sources.ReviewFrameAsync(outcomeId, cancellationToken) is { } reviewed)
        {
            node = new LineageNode(LineageKind.Event, outcomeId, $"{WordOf(reviewed)}, {Time(reviewed.Time)}, {reviewed.AssetPath}/{reviewed.CameraId}");
            (frame, model) = (reviewed.Frame.Digest, reviewed.Model);
        }
        else if (outcomes?.Find(outcomeId, cancellationToken) is var (outcome, time))
        {
            node = new LineageNode(
                LineageKind.Event, outcomeId,
                $"{Word(outcome.Verdict)}{(outcome.Reason is { } reason ? $", {reason}" : "")}, {Time(time)}, {outcome.AssetPath}/{outcome.CameraId}, recipe {outcome.RecipeId} {outcome.RecipeDigest}");
            (frame, model) = (outcome.Frame?.Digest, outcome.Model);
        }
        else
        {
            return null;
        }

        if (frame is not null)
        {
            node.Add(await FrameAsync(frame, "", cancellationToken));
        }

        if (model is not null)
        {
            node.Add(await sources.ReleaseAsync(model.Digest, cancellationToken) is { } release
                ? await ModelAsync(release, isWithEvents: false, cancellationToken)
                : new LineageNode(LineageKind.Model, model.Digest, $"{model.Name} {model.Version}, not a release of this registry"));
        }

        return node;
    }

    private static string WordOf(ReviewFrame frame) => frame.Blind ? "held back until somebody has looked at it blind" : Word(frame.Verdict);

    private async Task<LineageNode?> PictureAsync(string digest, CancellationToken cancellationToken)
    {
        var node = await FrameAsync(digest, "", cancellationToken);
        var events = await sources.FailedFramesAsync(digest, limit + 1, cancellationToken);
        Cut(node, events.Where(failed => failed.Defect.Frame.Digest == digest).Select(Event), events.Count > limit);
        if (events.Count == 0 && await sources.ReviewFrameAsync(digest, cancellationToken) is { } reviewed)
        {
            node.Add(new LineageNode(LineageKind.Event, reviewed.OutcomeId, $"{WordOf(reviewed)}, {Time(reviewed.Time)}{(reviewed.Model is { } model ? $", by {model.Name} {model.Version}" : "")}"));
        }

        return node.Children.Count > 0 ? node : null;
    }

    /// <summary>A picture with what people said of it and which models have it in their training sets.</summary>
    private async Task<LineageNode> FrameAsync(string digest, string text, CancellationToken cancellationToken)
    {
        LineageNode node = new(LineageKind.Frame, digest, text);
        await LabelsAsync(node, digest, cancellationToken);
        var uses = await sources.UsesAsync(digest, limit + 1, cancellationToken);
        Cut(
            node,
            uses.Select(use => new LineageNode(
                use.Side == DatasetSide.Train ? LineageKind.LearnedBy : LineageKind.JudgedBy, use.Model.Digest, $"{Release(use.Model)}, training set {use.DatasetDigest}")),
            uses.Count > limit);
        return node;
    }

    private async Task LabelsAsync(LineageNode node, string digest, CancellationToken cancellationToken)
    {
        foreach (var word in (await sources.LabelsAsync(digest, cancellationToken)).Take(limit))
        {
            var names = string.Join(", ", word.Label.Regions.Select(region => region.Class).Distinct(StringComparer.Ordinal));
            node.Add(new LineageNode(
                LineageKind.Label, word.Label.RaterId,
                $"{word.Label.Judgement}: {Word(word.Label.Verdict)}{(names.Length > 0 ? " " + names : "")}, {Time(word.Time)}{(word.Stands ? "" : ", no longer")}"));
        }
    }

    private async Task<LineageNode> ModelAsync(ModelVersionView release, bool isWithEvents, CancellationToken cancellationToken)
    {
        LineageNode node = new(
            LineageKind.Model, release.Model.Digest, $"{Release(release.Model)}, registered {Time(release.RegisteredAt)} by {release.RegisteredBy ?? "nobody named"}");
        if (release.TrainedFrom is { } from)
        {
            if (from.DatasetDigest is { } digest)
            {
                node.Add(await DatasetAsync(digest, cancellationToken));
            }

            if (from.Parent is { } parent)
            {
                node.Add(new LineageNode(LineageKind.Parent, parent, await sources.ReleaseAsync(parent, cancellationToken) is { } known ? Release(known.Model) : "not a release of this registry"));
            }
        }

        if (isWithEvents)
        {
            var events = await sources.FailedFramesAsync(release.Model.Digest, limit + 1, cancellationToken);
            Cut(node, events.Where(failed => failed.Defect.Model?.Digest == release.Model.Digest).Select(Event), events.Count > limit);
        }

        return node;
    }

    private async Task<LineageNode> DatasetAsync(string digest, CancellationToken cancellationToken)
    {
        if (await sources.DatasetAsync(digest, limit, cancellationToken) is not { } dataset)
        {
            return new LineageNode(LineageKind.TrainingSet, digest, "its frames are not known to this registry");
        }

        LineageNode node = new(
            LineageKind.TrainingSet, digest,
            string.Create(CultureInfo.InvariantCulture, $"run {dataset.Run}: {dataset.TrainFrames} labelled frames learned from, {dataset.GateFrames} judged by")
            + (dataset.Replay.Count > 0 ? $", with {string.Join(", ", dataset.Replay)}" : ""));
        foreach (var frame in dataset.Frames)
        {
            LineageNode child = new(LineageKind.Frame, frame.Digest, $"{(frame.Side == DatasetSide.Train ? "learned from" : "judged by")}, {Word(frame.Verdict)} {string.Join(", ", frame.Classes)}".TrimEnd());
            await LabelsAsync(child, frame.Digest, cancellationToken);
            node.Add(child);
        }

        node.More = dataset.TrainFrames + dataset.GateFrames - dataset.Frames.Count;
        return node;
    }

    /// <summary>At most the limit; what is left out is said without its number, which no service counts.</summary>
    private void Cut(LineageNode node, IEnumerable<LineageNode> children, bool isMore)
    {
        node.Children.AddRange(children.Take(limit));
        node.More = isMore ? null : node.More;
    }

    private static LineageNode Event(FailedFrame failed) => new(
        LineageKind.Event, failed.Defect.OutcomeId, $"fail {string.Join(", ", failed.Defect.Regions.Select(region => region.Class).Distinct(StringComparer.Ordinal))}, {Time(failed.Time)}, {failed.Camera}");

    private static string Release(ModelRelease model) => string.Create(CultureInfo.InvariantCulture, $"{model.Name} {model.Version}, release {model.ReleaseCounter}");

    private static string Word(Verdict verdict) => verdict.ToString().ToLowerInvariant();

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
