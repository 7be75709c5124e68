using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Naming;
using IMDD.Learning.Training.Pictures;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Runs;

/// <summary>
/// Where the branches of new classes begin to claim pixels: as their masks want it, but hardly on any normal picture; and from where on they rename what the
/// rest of the network has found: hardly any defect of another class. All else of the model's calibration stays what it was.
/// </summary>
internal static class SideCalibration
{
    /// <summary>Share of normal pictures on which a branch may claim something.</summary>
    private const double NormalSlack = 0.015;

    /// <summary>Share of pictures with defects of other classes whose defect may be renamed.</summary>
    private const double OthersSlack = 0.02;

    /// <summary>Calibrates the branches of a model, in place.</summary>
    /// <param name="model">Trained.</param>
    /// <param name="first">Index of its first new branch.</param>
    /// <param name="classes">Indices of the new branches' classes.</param>
    /// <param name="start">The model without the new branches.</param>
    /// <param name="pictures">What is judged by: pictures of the new classes, of others, and normal ones.</param>
    /// <returns>The calibration of the model.</returns>
    public static EdgeCalibration Apply(EdgeModel model, int first, IReadOnlyList<int> classes, EdgeModelDescription start, IReadOnlyList<TrainingPicture> pictures)
    {
        var before = start.Calibration;
        var network = model.Description.Network;
        var claims = (Logit(before.PixelThreshold) - before.DefectOffset) / before.DefectScale;
        var planes = Planes(model, first, pictures);
        for (var branch = 0; branch < classes.Count; branch++)
        {
            var (threshold, renames) = Thresholds(planes[branch], pictures, classes[branch], network.OutputStride);
            model.Network.Branches[first + branch].MoveThreshold(threshold, claims, Math.Max(0, renames - threshold));
        }

        // A claimed pixel's embedding is the row itself.
        var naming = model.Network.Naming;
        var claimed = OwnThreshold.Of([1 / (1 + Math.Exp(-(Math.Exp(naming.LogScale.item<float>()) + naming.Bias.item<float>())))]);
        return before with
        {
            RowThresholds = [.. model.Description.ListRows().Select((row, i) => Place(row, i) is var place && place >= 0 ? before.RowThresholds.ElementAtOrDefault(place) : claimed)],
        };

        // Rows that are listed go on in their order; those of classes are in the classes' order, into which new ones come.
        int Place(ModelRow row, int index)
            => start.Rows is { } rows ? index < rows.Count ? index : -1 : start.Classes.Select(c => c.Id).ToList().IndexOf(row.ClassId);
    }

    /// <summary>The logits from which on a branch is right to claim a cell, and one that has a name already.</summary>
    private static (double Claims, double Renames) Thresholds(List<PictureScores> planes, IReadOnlyList<TrainingPicture> pictures, int index, int stride)
    {
        List<TrainingPicture> own = [.. pictures.Select(picture => OfClass(picture, index))];
        var best = PixelThresholds.Best(planes, own, stride, 1, 0) is { } probability ? Logit(Math.Clamp(probability, 1e-3, 1 - 1e-3)) : 0;
        var others = Enumerable.Range(0, pictures.Count).Where(i => !pictures[i].ClassIndices.Contains(index) && !MayHide(pictures[i], index)).ToList();
        var quiet = Least(AlarmGuard.Reached(others.Where(i => !pictures[i].IsDefective).Select(i => planes[i])), NormalSlack);
        var renames = Least([.. others.Where(i => pictures[i].IsDefective).Select(i => OfDefect(planes[i], pictures[i], stride)).OrderDescending()], OthersSlack);
        return (Math.Max(best, quiet), renames);
    }

    /// <summary>The least logit that no more than a share of pictures reach.</summary>
    /// <param name="reached">What each reaches, the highest first.</param>
    /// <param name="slack">The share.</param>
    private static double Least(List<double> reached, double slack)
    {
        var allowed = (int)(slack * reached.Count);
        return allowed < reached.Count ? Math.BitIncrement(reached[allowed]) : double.NegativeInfinity;
    }

    /// <summary>What the new branches say of pictures: by branch, by picture.</summary>
    private static List<List<PictureScores>> Planes(EdgeModel model, int first, IReadOnlyList<TrainingPicture> pictures)
    {
        using var noGradient = no_grad();
        model.Network.eval();
        var branches = model.Network.Branches.Count - first;
        List<List<PictureScores>> planes = [.. Enumerable.Range(0, branches).Select(_ => new List<PictureScores>(pictures.Count))];
        foreach (var picture in pictures)
        {
            using var scope = NewDisposeScope();
            var reference = PictureScorer.ReferenceOf(model, picture);
            var logits = model.Network.ForwardBranches(EdgeInput.From(picture.Rgb, picture.Width, picture.Height), reference, first);
            for (var branch = 0; branch < branches; branch++)
            {
                var (plane, columns) = PictureScorer.Cells(logits.select(1, branch), picture, model.Description.Network.OutputStride);
                planes[branch].Add(new PictureScores(plane, columns, [], 0, picture.IsDefective, -1, -1, null));
            }
        }

        return planes;
    }

    /// <summary>What half of the cells of a picture's defect reach: from there on it may be named anew.</summary>
    private static double OfDefect(PictureScores plane, TrainingPicture picture, int stride)
    {
        if (picture.Mask is not { } mask)
        {
            return double.NegativeInfinity;
        }

        List<float> own = [];
        for (var cell = 0; cell < plane.Logits.Length; cell++)
        {
            var (x, y) = (Math.Min(cell % plane.Columns * stride + stride / 2, picture.Width - 1), Math.Min(cell / plane.Columns * stride + stride / 2, picture.Height - 1));
            if (mask[y * picture.Width + x] != 0)
            {
                own.Add(plane.Logits[cell]);
            }
        }

        own.Sort();
        return own.Count == 0 ? double.NegativeInfinity : own[own.Count / 2];
    }

    /// <summary>
    /// True when a picture may show the class in pixels that are not said to: it was labelled as a whole, or some defect of it was not named. What is claimed
    /// there is neither right nor wrong.
    /// </summary>
    private static bool MayHide(TrainingPicture picture, int index) => picture switch
    {
        { IsDefective: false } => false,
        { Mask: { } mask, Classes: { } classes } => mask.Zip(classes).Any(pixel => pixel is (not 0, TrainingPicture.NoClass)),
        _ => picture.ClassIndices.Count == 0 || picture.ClassIndices.Contains(index),
    };

    /// <summary>The picture as one class sees it: all else is normal. Without pixel truth where that is not known.</summary>
    private static TrainingPicture OfClass(TrainingPicture picture, int index)
        => MayHide(picture, index) ? picture with { Mask = null, Classes = null, Boxes = [], WholeLabel = true }
            : picture.Classes is not { } classes || !picture.ClassIndices.Contains(index)
            ? picture with { Mask = null, Classes = null, Boxes = [], ClassIndices = [], WholeLabel = null }
            : picture with { Mask = Array.ConvertAll(classes, c => c == index + 1 ? byte.MaxValue : (byte)0), Boxes = [], ClassIndices = [index] };

    private static double Logit(double probability) => Math.Log(probability / (1 - probability));
}
