using IMDD.Contracts.Events;
using IMDD.Imaging.Masks;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Synthetics;

namespace IMDD.Cli.Learn;

/// <summary>Frames of the lines' products that no camera shows and nobody labels, with kinds that the first model knows, and good ones.</summary>
internal sealed class FrozenSet
{
    /// <summary>Of each line.</summary>
    private const int FramesPerLine = 120;

    private const double DefectRate = 0.6;

    // Far from the cameras' frames, whose seeds begin at 0, and from each other.
    private const ulong FirstMeasured = 1UL << 60;
    private const ulong FirstOfPlant = 1UL << 59;

    private readonly List<SyntheticSample> _samples = [];

    private FrozenSet(LearnSettings settings, ulong firstSeed)
    {
        for (var line = 0; line < LearnSettings.Lines; line++)
        {
            SurfaceGenerator generator = new(settings.Surface(line) with { DefectRate = DefectRate, MaxDefects = 1 });
            for (var i = 0; i < FramesPerLine; i++)
            {
                _samples.Add(generator.Generate(firstSeed + (ulong)i));
            }
        }
    }

    /// <summary>The frames that figures are made of; renders them.</summary>
    public static FrozenSet ForFigures(LearnSettings settings) => new(settings, FirstMeasured);

    /// <summary>
    /// Writes other frames of the same kind, as a plant has them set aside of its own lines with its people's words, in the layout <c>labelled</c>: what a new
    /// name does to the old ones is judged on them before it is given out.
    /// </summary>
    public static void WriteOfPlant(LearnSettings settings, string folder)
    {
        LabelledFrames frames = new(folder);
        foreach (var (sample, i) in new FrozenSet(settings, FirstOfPlant)._samples.Select((sample, i) => (sample, i)))
        {
            var mask = CocoRle.Encode(sample.Mask, sample.Width, sample.Height);
            frames.Add(i / FramesPerLine, sample, [.. sample.Defects.Select(defect => new LabelledRegion { Class = defect.Name, BboxPx = CocoRle.BoundingBox(mask), MaskRle = mask })]);
        }

        frames.Write();
    }

    /// <summary>Runs a bundle over them, as an agent would.</summary>
    /// <exception cref="ModelBundleException">Not a bundle.</exception>
    /// <exception cref="SegmenterException">It does not run.</exception>
    public FrozenFigures Measure(string bundle)
    {
        using BundleEye eye = new(bundle);
        int bad = 0, found = 0, caught = 0, good = 0, alarms = 0;
        foreach (var sample in _samples)
        {
            if (sample.Defects.Count == 0)
            {
                good++;
                alarms += eye.Look(sample).Count > 0 ? 1 : 0;
            }
            else
            {
                bad++;
                var (isFound, isNamed) = eye.Finds(sample, sample.Defects[0].Name);
                found += isFound ? 1 : 0;
                caught += isNamed ? 1 : 0;
            }
        }

        return new FrozenFigures(_samples.Count, (double)caught / bad, (double)found / bad, (double)alarms / good);
    }
}
