using IMDD.Cli.Quality;
using IMDD.Contracts.Events;
using IMDD.Imaging.Masks;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Synthetics;

namespace IMDD.Cli.Learn;

/// <summary>
/// What the loop learns from a few labels, without a plant around it: the labels that a person would give on the lines' frames, the trainer as the
/// demo runs it, and its model measured on frames that nobody labelled.
/// </summary>
/// <param name="trainer">Trains.</param>
/// <param name="bundle">Folder of the model that goes in.</param>
/// <param name="work">Folder for data and models; what has been trained there is not trained again.</param>
/// <param name="recipe">How it trains.</param>
/// <param name="arguments">Further arguments of the trainer.</param>
internal sealed class LearnBench(TrainerProcess trainer, string bundle, string work, LearnRecipe recipe, IReadOnlyList<string> arguments)
{
    /// <summary>Of each line, to measure on.</summary>
    private const int FramesPerLine = 100;

    // The cameras' first frames are looked at for labels; those to measure on come long after them.
    private const ulong FirstLabelled = 300;
    private const ulong FirstMeasured = 1UL << 50;

    /// <summary>Learns the kind that the demo draws with a seed.</summary>
    /// <exception cref="QualityException">The trainer failed.</exception>
    /// <exception cref="ModelBundleException">Not a bundle.</exception>
    /// <exception cref="SegmenterException">A model does not run.</exception>
    public async Task<LearnBenchResult> RunAsync(LearnSettings settings, CancellationToken stop)
    {
        var folder = Directory.CreateDirectory(Path.Combine(work, FormattableString.Invariant($"seed{settings.Seed}"))).FullName;
        string labelled = Path.Combine(folder, "labelled"), model = Path.Combine(folder, "model");
        var frozen = FrozenSet.ForFigures(settings);
        var before = frozen.Measure(bundle);
        var labels = WriteLabels(settings, labelled);
        await trainer.RunAsync(
            ["train", "edge", "--out", model, "--from", bundle, "--keep-classes", "--whole", $"labelled:{labelled}", .. recipe.Arguments(settings.Seed), .. arguments],
            $"seed {settings.Seed}, {settings.NewKindName}",
            stop).ConfigureAwait(false);
        var (recall, detection) = Measure(settings, model);
        var after = frozen.Measure(model);
        return new LearnBenchResult(settings.Seed, settings.NewKindName, labels, recall.Min(), recall, detection.Min(), after.PointsSince(before), before, after);
    }

    /// <summary>Frames of the new kind, as many of each line, and some good ones that the model fails, as a person labels them.</summary>
    private int WriteLabels(LearnSettings settings, string folder)
    {
        LabelledFrames frames = new(folder);
        using BundleEye eye = new(bundle);
        for (var line = 0; line < LearnSettings.Lines; line++)
        {
            SurfaceGenerator generator = new(settings.Surface(line));
            for (var i = 0; i < LearnRecipe.LabelsOfNewKind / LearnSettings.Lines; i++)
            {
                Label(line, generator.Generate(FirstLabelled + (ulong)i, [settings.NewKind]));
            }
        }

        for (var i = 0; i < LearnRecipe.LabelsOfFalseAlarms; i++)
        {
            var line = i % LearnSettings.Lines;
            SurfaceGenerator generator = new(settings.Surface(line));
            var failed = Enumerable.Range(0, (int)FirstLabelled).Select(n => generator.Generate((ulong)(n + i), []))
                .Take(FramesPerLine).FirstOrDefault(sample => eye.Look(sample).Count > 0);
            if (failed is not null)
            {
                Label(line, failed);
            }
        }

        frames.Write();
        return frames.Count;

        void Label(int line, SyntheticSample sample) => frames.Add(
            line, sample, [.. sample.Defects.Select(_ => Painted(settings.NewKindName, Brush.Over(CocoRle.Encode(sample.Mask, sample.Width, sample.Height))))]);
    }

    private static LabelledRegion Painted(string name, MaskRle mask) => new() { Class = name, BboxPx = CocoRle.BoundingBox(mask), MaskRle = mask };

    /// <summary>Share of each line's frames of the new kind that are caught by name, and that are failed in the right place.</summary>
    private static (IReadOnlyList<double> Recall, IReadOnlyList<double> Detection) Measure(LearnSettings settings, string model)
    {
        using BundleEye eye = new(model);
        var (recall, detection) = (new double[LearnSettings.Lines], new double[LearnSettings.Lines]);
        for (var line = 0; line < LearnSettings.Lines; line++)
        {
            SurfaceGenerator generator = new(settings.Surface(line));
            for (var i = 0; i < FramesPerLine; i++)
            {
                var (found, named) = eye.Finds(generator.Generate(FirstMeasured + (ulong)i, [settings.NewKind]), settings.NewKindName);
                detection[line] += found ? 1.0 / FramesPerLine : 0;
                recall[line] += named ? 1.0 / FramesPerLine : 0;
            }
        }

        return (Array.ConvertAll(recall, share => Math.Round(share, 4)), Array.ConvertAll(detection, share => Math.Round(share, 4)));
    }
}
