namespace IMDD.Learning.Onnx.Torch.Tests;

/// <summary>Brushed surfaces with faint scratches and spots, and their masks at half the size; a function of the seed.</summary>
internal static class ToySurfaces
{
    public const int Side = 64;
    public const int MaskSide = Side / 2;

    public static (float[] Image, bool[] Mask) Draw(int seed)
    {
        Random random = new(seed);
        var image = new float[3 * Side * Side];
        var covered = new bool[Side * Side];
        var (angle, x0, y0, radius) = (random.NextDouble() * Math.PI, random.Next(12, 52), random.Next(12, 52), random.Next(4, 8));
        var strength = ((random.NextSingle() * 0.3f) + 0.25f) * (random.Next(2) == 0 ? 1 : -1);
        var isScratch = random.Next(2) == 0;
        for (var y = 0; y < Side; y++)
        {
            var grey = (random.NextSingle() * 0.3f) - 0.15f;
            for (var x = 0; x < Side; x++)
            {
                var (dx, dy) = (x - x0, y - y0);
                var (along, across) = ((dx * Math.Cos(angle)) + (dy * Math.Sin(angle)), (dy * Math.Cos(angle)) - (dx * Math.Sin(angle)));
                var defect = isScratch ? Math.Abs(across) < 2 && Math.Abs(along) < radius * 2 : (dx * dx) + (dy * dy) < radius * radius;
                covered[(y * Side) + x] = defect;
                for (var channel = 0; channel < 3; channel++)
                {
                    image[(((channel * Side) + y) * Side) + x] = grey + ((random.NextSingle() - 0.5f) * 0.2f) + (defect ? strength : 0);
                }
            }
        }

        var mask = new bool[MaskSide * MaskSide];
        for (var index = 0; index < mask.Length; index++)
        {
            var (y, x) = (index / MaskSide * 2, index % MaskSide * 2);
            mask[index] = covered[(y * Side) + x] && covered[((y + 1) * Side) + x + 1];
        }

        return (image, mask);
    }
}
