using IMDD.Imaging;
using IMDD.Synthetics;

namespace IMDD.Cli.Bench;

/// <summary>JPEG frames of a brushed surface, one in eight with a defect.</summary>
internal static class BenchFrames
{
    private const int DefectiveEvery = 8;

    public static IReadOnlyList<byte[]> Create(int count, int side)
    {
        SurfaceGenerator generator = new(new SurfaceOptions
        {
            Texture = SurfaceTexture.BrushedMetal,
            Width = side,
            Height = side,
            Parts = 0,
            Clutter = 0,
            DefectRate = 1,
            MaxDefects = 1,
        });
        var frames = new byte[count][];
        for (var index = 0; index < count; index++)
        {
            var sample = index % DefectiveEvery == 0 ? generator.Generate((ulong)index) : generator.Generate((ulong)index, []);
            using RgbImage image = new(sample.Width, sample.Height);
            sample.Rgb.CopyTo(image.Pixels);
            frames[index] = ImageEncoder.EncodeJpeg(image);
        }

        return frames;
    }
}
