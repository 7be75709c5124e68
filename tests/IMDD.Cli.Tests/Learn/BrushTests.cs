using IMDD.Cli.Learn;
using IMDD.Imaging.Masks;
using IMDD.Synthetics;

namespace IMDD.Cli.Tests.Learn;

/// <summary>What the scripted reviewer paints over defects of each kind and line.</summary>
public sealed class BrushTests(ITestOutputHelper output)
{
    [Fact]
    public void Over_EveryNewKindOnEveryLine_StaysNearWhatIsThere()
    {
        foreach (var kind in DefectKinds.Reserved)
        {
            for (var line = 0; line < LearnSettings.Lines; line++)
            {
                SurfaceGenerator generator = new(new LearnSettings(1, false, "", false, null, 0, 0, 0).Surface(line));
                var overlap = Enumerable.Range(0, 12).Average(i =>
                {
                    var sample = generator.Generate((ulong)i, [kind]);
                    return MaskOverlap.Iou(sample.Mask, Brush.Over(CocoRle.Encode(sample.Mask, sample.Width, sample.Height)));
                });
                output.WriteLine($"{kind} line {line + 1}: {overlap:0.00}");
                overlap.ShouldBeInRange(0.5, 0.99, $"{kind} on line {line + 1}: near what is there, and as a person paints");
            }
        }
    }
}
