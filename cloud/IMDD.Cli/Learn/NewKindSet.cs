using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Synthetics;

namespace IMDD.Cli.Learn;

/// <summary>Frames of the lines' products with the new kind that no camera shows and nobody labels: what a bundle that decides on no line makes of it.</summary>
internal sealed class NewKindSet(LearnSettings settings)
{
    /// <summary>Of each line.</summary>
    public const int FramesPerLine = 100;

    // Far from the cameras' frames, and from those of the frozen set.
    private const ulong FirstSeed = 1UL << 61;

    /// <summary>The frames, by line.</summary>
    public IEnumerable<(int Line, SyntheticSample Sample)> Frames()
    {
        for (var line = 0; line < LearnSettings.Lines; line++)
        {
            SurfaceGenerator generator = new(settings.Surface(line) with { DefectRate = 1, MaxDefects = 1 });
            for (var i = 0; i < FramesPerLine; i++)
            {
                yield return (line, generator.Generate(FirstSeed + (ulong)i, [settings.NewKind]));
            }
        }
    }

    /// <summary>Runs a bundle over them, as an agent would.</summary>
    /// <exception cref="ModelBundleException">Not a bundle.</exception>
    /// <exception cref="SegmenterException">It does not run.</exception>
    public NewKindFigures Measure(string bundle)
    {
        using BundleEye eye = new(bundle);
        return NewKindFigures.OfJudged(Frames().Select(frame =>
        {
            var (isFound, isNamed) = eye.Finds(frame.Sample, settings.NewKindName);
            return (frame.Line, isFound, isNamed);
        }));
    }
}
