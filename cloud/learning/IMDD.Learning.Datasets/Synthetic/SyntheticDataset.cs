using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IMDD.Imaging;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Samples;
using IMDD.Synthetics;
using IMDD.Synthetics.Looks;

namespace IMDD.Learning.Datasets.Synthetic;

/// <summary>
/// Synthetic surfaces as a data set: drawn once into a cache folder named by what was asked for, then read like any other. A folder appears
/// whole or not at all.
/// </summary>
public static class SyntheticDataset
{
    /// <summary>Rises when the generator draws the same seed differently, or the index says more.</summary>
    private const int GeneratorVersion = 2;

    /// <summary>Draws (or finds) the pictures.</summary>
    public static Dataset Read(SyntheticSpec spec, string cacheFolder)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{GeneratorVersion}\n{spec}")))[..16];
        var folder = Path.Combine(cacheFolder, digest);
        if (!Directory.Exists(folder))
        {
            Draw(spec, folder);
        }

        SampleSink sink = new(strict: true);
        foreach (var line in File.ReadLines(Path.Combine(folder, Index)))
        {
            sink.Add(Sample(spec, folder, line.Split('\t')));
        }

        return new Dataset("synthetic", $"synthetic:{spec}", sink.Samples, sink.Problems);
    }

    /// <summary>Where pictures are kept: <c>$XDG_CACHE_HOME/imdd/synthetic</c>, or below <c>~/.cache</c>.</summary>
    public static string DefaultCacheFolder()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        return Path.Combine(
            string.IsNullOrEmpty(cache) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache") : cache, "imdd", "synthetic");
    }

    private const string Index = "index.tsv";

    private static void Draw(SyntheticSpec spec, string folder)
    {
        var partial = $"{folder}.{Environment.ProcessId}.partial";
        Directory.CreateDirectory(partial);
        ConcurrentDictionary<(int Texture, int Product), SurfaceGenerator> generators = [];
        var lines = new string[spec.Count];
        Parallel.For(0, spec.Count, i =>
        {
            var texture = i % spec.Textures.Count;
            var product = ProductOf(spec, i);
            var drawn = generators.GetOrAdd((texture, product), key => Generator(spec, key.Texture, key.Product)).Generate(spec.Seed + (ulong)i);
            var name = $"{i:D6}.png";
            using RgbImage image = new(drawn.Width, drawn.Height);
            drawn.Rgb.CopyTo(image.Pixels);
            File.WriteAllBytes(Path.Combine(partial, name), ImageEncoder.EncodePng(image));
            if (drawn.Defects.Count > 0)
            {
                File.WriteAllBytes(Path.Combine(partial, Mask(name)), ImageEncoder.EncodeGreyPng(drawn.Mask, drawn.Width, drawn.Height));
            }

            string NameOf(SyntheticDefect defect) => spec.NamesSurface && defect.Kind is { } kind ? SurfaceNames.Of(spec.Textures[texture], kind) : defect.Name;
            var kinds = string.Join('+', drawn.Defects.Select(NameOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
            var severity = drawn.Defects.Count > 0 ? drawn.Defects.Max(d => d.Severity).ToString().ToLowerInvariant() : "";
            var boxes = string.Join('|', drawn.Defects.Select(d => string.Create(CultureInfo.InvariantCulture, $"{NameOf(d)},{d.X},{d.Y},{d.Width},{d.Height}")));
            lines[i] = $"{name}\t{kinds}\t{spec.Textures[texture]}\t{severity}\t{boxes}";
        });
        File.WriteAllLines(Path.Combine(partial, Index), lines);
        try
        {
            Directory.Move(partial, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another process drew the same pictures first.
            Directory.Delete(partial, recursive: true);
        }
    }

    private static int ProductOf(SyntheticSpec spec, int index) => index / spec.Textures.Count % spec.Products;

    private static SurfaceGenerator Generator(SyntheticSpec spec, int texture, int product) => new(new SurfaceOptions
    {
        Texture = spec.Textures[texture],
        Width = spec.Size,
        Height = spec.Size,
        ProductSeed = spec.Seed + (ulong)product,
        DefectRate = spec.Defective,
        Kinds = spec.KindsOn(spec.Textures[texture]),
        Looks = spec.Names switch { SurfaceNaming.Looks => DefectLooks.Base, SurfaceNaming.NovelLooks => DefectLooks.HeldOut, _ => [] },
    });

    private static DatasetSample Sample(SyntheticSpec spec, string folder, string[] fields)
    {
        var classes = fields[1].Length > 0 ? fields[1].Split('+') : [];
        return new DatasetSample
        {
            Id = fields[0],
            ImagePath = Path.Combine(folder, fields[0]),
            IsAnomalous = classes.Length > 0,
            Classes = classes,
            Mask = classes.Length > 0 ? new MaskFile(Path.Combine(folder, Mask(fields[0])), MaskEncoding.NonZero) : null,
            Boxes = [.. fields[4].Split('|', StringSplitOptions.RemoveEmptyEntries).Select(Box)],
            Severity = fields[3].Length > 0 ? fields[3] : null,
            Category = fields[2],
            Group = spec.Products == 1
                ? $"synthetic:{fields[0]}"
                : $"synthetic:{fields[2]}:{ProductOf(spec, int.Parse(Path.GetFileNameWithoutExtension(fields[0]), CultureInfo.InvariantCulture))}",
        };
    }

    private static AnnotatedBox Box(string text)
    {
        var fields = text.Split(',');
        var numbers = Array.ConvertAll(fields[1..], f => double.Parse(f, CultureInfo.InvariantCulture));
        return new AnnotatedBox(fields[0], numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    private static string Mask(string image) => Path.GetFileNameWithoutExtension(image) + ".mask.png";
}
