using System.Buffers.Binary;
using IMDD.Contracts.Events;
using IMDD.Imaging;
using IMDD.Inference.Bundles;

namespace IMDD.Learning.Onnx.Contrast;

/// <summary>Two small pictures, a good and a scratched one, with the outputs that the reference computes for them.</summary>
internal static class ContrastProbes
{
    private const int Side = 64;

    // Expected values are rounded, so that the last bit of a library's exponential does not show in the bundle's bytes.
    private const int Decimals = 4;

    /// <summary>Path and content of the probes' files, their index among them.</summary>
    public static IEnumerable<(string Path, byte[] Bytes, string MediaType)> Files()
    {
        List<BundleProbe> probes = [];
        foreach (var (name, scratched) in new[] { ("good", false), ("scratch", true) })
        {
            using var image = Draw(scratched);
            BundleProbe probe = new($"probes/{name}.bmp", $"probes/{name}.safetensors");
            probes.Add(probe);
            yield return (probe.Image, Bitmap(image), "image/bmp");
            yield return (probe.Outputs, Expected(image), "application/octet-stream");
        }

        yield return (BundleProbeIndex.Path, ImddJson.Serialize(new BundleProbeIndex(probes)), "application/json");
    }

    /// <summary>A brushed surface: every row has its own grey, with grain on it. Whole numbers only.</summary>
    private static RgbImage Draw(bool scratched)
    {
        RgbImage image = new(Side, Side);
        var pixels = image.Pixels;
        uint state = 1;
        for (var y = 0; y < Side; y++)
        {
            var grey = 120 + (int)Next(ref state, 12);
            for (var x = 0; x < Side; x++)
            {
                var value = grey + (int)Next(ref state, 6);
                if (scratched && x is > 12 and < 50 && Math.Abs((x / 2) + 10 - y) <= 1)
                {
                    value += 80;
                }

                pixels.Slice(((y * Side) + x) * 3, 3).Fill((byte)value);
            }
        }

        return image;
    }

    private static uint Next(ref uint state, uint bound)
    {
        // Numbers of a linear congruential generator; its high bits are the better ones.
        state = (state * 1664525) + 1013904223;
        return (uint)(((ulong)state * bound) >> 32);
    }

    private static byte[] Expected(RgbImage image)
    {
        var reference = ContrastReference.Compute(image);
        return SafetensorsFile.Write(
        [
            new Float32Tensor("defect", [reference.Height, reference.Width], Rounded(reference.Defect)),
            new Float32Tensor("image_score", [1], Rounded([reference.ImageScore])),
            new Float32Tensor("embedding", [reference.Embedding.Count], Rounded(reference.Embedding)),
        ]);
    }

    private static float[] Rounded(IEnumerable<double> values) => [.. values.Select(value => (float)Math.Round(value, Decimals))];

    /// <summary>An uncompressed bitmap: no compressor whose output could differ from one machine to the next.</summary>
    private static byte[] Bitmap(RgbImage image)
    {
        const int HeaderBytes = 54;
        var rowBytes = image.Width * 3;
        var file = new byte[HeaderBytes + (rowBytes * image.Height)];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), HeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), image.Width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), -image.Height);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 24);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(34), rowBytes * image.Height);

        // Grey, so that blue, green, red is red, green, blue; 64 pixels of three bytes need no padding.
        image.Pixels.CopyTo(file.AsSpan(HeaderBytes));
        return file;
    }
}
