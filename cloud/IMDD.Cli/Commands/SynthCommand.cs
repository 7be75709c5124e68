using System.CommandLine;
using System.Text.Json;
using IMDD.Cli.Output;
using IMDD.Hosting;
using IMDD.Imaging;
using IMDD.Synthetics;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd synth</c>: writes synthetic surfaces as a data set, or as one sheet to look at.</summary>
internal static class SynthCommand
{
    private const int SheetColumns = 8;

    public static Command Create()
    {
        Option<DirectoryInfo> directory = new("--out") { Description = "Folder for DIR/<texture>/test/<kind>/000.png and its ground_truth.", Required = true };
        Option<int> count = new("--count") { Description = "Frames per texture and kind.", DefaultValueFactory = _ => 4 };
        var seed = SeedOption();
        Option<string[]> kinds = new("--kinds")
        {
            Description = "Kinds of defect; default: the open kinds of each surface. Reserved kinds only by name.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<SurfaceTexture[]> textures = new("--textures") { Description = "Surfaces; default: all.", AllowMultipleArgumentsPerToken = true };
        Option<int> size = new("--size") { Description = "Side of the square frames, pixels.", DefaultValueFactory = _ => 512 };
        var json = JsonOutput.CreateOption();
        Command command = new("synth", "Writes synthetic surfaces with defects, in the layout test/<kind>, ground_truth/<kind>.")
        {
            directory, count, seed, kinds, textures, size, json, Sheet(),
        };
        command.SetAction(parsed => Run(() =>
        {
            var written = WriteDataSet(
                parsed.GetRequiredValue(directory).FullName,
                parsed.GetValue(textures) is { Length: > 0 } chosen ? chosen : Enum.GetValues<SurfaceTexture>(),
                [.. (parsed.GetValue(kinds) ?? []).Select(Parse)],
                Positive(parsed.GetValue(count), "--count"),
                parsed.GetValue(seed),
                parsed.GetValue(size));
            Report(parsed, parsed.GetValue(json), parsed.GetRequiredValue(directory).FullName, written);
        }));
        return command;
    }

    private static Command Sheet()
    {
        Option<FileInfo> file = new("--out") { Description = "JPEG or PNG to write.", Required = true };
        var seed = SeedOption();
        Option<int> cell = new("--cell") { Description = "Side of a picture, pixels.", DefaultValueFactory = _ => 160 };
        Option<bool> outline = new("--outline") { Description = "Draw the borders of the masks." };
        var json = JsonOutput.CreateOption();
        Command command = new(
            "sheet", "Writes one sheet: a good frame and seven kinds of defect per surface, and below the reserved kinds.")
        {
            file, seed, cell, outline, json,
        };
        command.SetAction(parsed => Run(() =>
        {
            var path = parsed.GetRequiredValue(file).FullName;
            var written = WriteSheet(path, parsed.GetValue(seed), parsed.GetValue(cell), parsed.GetValue(outline));
            Report(parsed, parsed.GetValue(json), path, written);
        }));
        return command;
    }

    private static Option<ulong> SeedOption() => new("--seed") { Description = "Everything follows from it.", DefaultValueFactory = _ => 1 };

    private static int Run(Action write)
    {
        try
        {
            write();
            return 0;
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(e.Message, ExitCodes.Failed, e);
        }
    }

    private static void Report(ParseResult parsed, bool json, string output, int frames)
    {
        var writer = parsed.InvocationConfiguration.Output;
        if (json)
        {
            JsonOutput.Write(writer, new { Output = output, Frames = frames });
        }
        else
        {
            writer.WriteLine($"{frames} frames in {output}");
        }
    }

    private static int WriteDataSet(
        string directory, IReadOnlyList<SurfaceTexture> textures, IReadOnlyList<DefectKind> kinds, int count, ulong seed, int size)
    {
        var written = 0;
        foreach (var texture in textures)
        {
            SurfaceGenerator generator = new(new SurfaceOptions { Texture = texture, Width = size, Height = size, ProductSeed = seed });
            var root = Path.Combine(directory, Folder(texture));
            var frame = seed * 1_000_000;
            for (var i = 0; i < count; i++)
            {
                Write(Path.Combine(root, "train", "good"), i, generator.Generate(frame++, []));
                Write(Path.Combine(root, "test", "good"), i, generator.Generate(frame++, []));
                written += 2;
            }

            foreach (var kind in kinds.Count > 0 ? kinds : DefectKinds.For(texture))
            {
                for (var i = 0; i < count; i++)
                {
                    var sample = generator.Generate(frame++, [kind]);
                    Write(Path.Combine(root, "test", kind.Name()), i, sample);
                    WriteMask(Path.Combine(root, "ground_truth", kind.Name()), i, sample);
                    written++;
                }
            }
        }

        return written;
    }

    private static int WriteSheet(string path, ulong seed, int cell, bool outline)
    {
        List<SyntheticSample> samples = [];
        foreach (var texture in Enum.GetValues<SurfaceTexture>())
        {
            SurfaceGenerator generator = new(new SurfaceOptions { Texture = texture, ProductSeed = seed + (ulong)texture });
            samples.Add(generator.Generate(seed, []));
            samples.AddRange(DefectKinds.For(texture).Concat(DefectKinds.Open).Distinct().Take(SheetColumns - 1)
                .Select((kind, i) => generator.Generate(seed * 100 + (ulong)i + 1, [kind])));
        }

        samples.AddRange(Enumerable.Range(0, SheetColumns).Select(i => new SurfaceGenerator(
            new SurfaceOptions { Texture = (SurfaceTexture)(i % 6), ProductSeed = seed + 10 }).Generate(seed + (ulong)i, [DefectKinds.Reserved[i % 4]])));
        var sheet = ContactSheet.Compose(samples, SheetColumns, cell, outline);
        using var image = Picture(sheet.Rgb, sheet.Width, sheet.Height);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, path.EndsWith(".png", StringComparison.OrdinalIgnoreCase) ? ImageEncoder.EncodePng(image) : ImageEncoder.EncodeJpeg(image, 86));
        return samples.Count;
    }

    private static void Write(string folder, int index, SyntheticSample sample)
    {
        Directory.CreateDirectory(folder);
        using var image = Picture(sample.Rgb, sample.Width, sample.Height);
        File.WriteAllBytes(Path.Combine(folder, $"{index:D3}.png"), ImageEncoder.EncodePng(image));
    }

    private static void WriteMask(string folder, int index, SyntheticSample sample)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, $"{index:D3}_mask.png"), ImageEncoder.EncodeGreyPng(sample.Mask, sample.Width, sample.Height));
    }

    private static RgbImage Picture(byte[] rgb, int width, int height)
    {
        RgbImage image = new(width, height);
        rgb.CopyTo(image.Pixels);
        return image;
    }

    private static DefectKind Parse(string name) => DefectKinds.TryParse(name, out var kind)
        ? kind
        : throw new ArgumentException($"'{name}' is not a kind of defect: expected one of {string.Join(", ", DefectKinds.All.Select(k => k.Name()))}.");

    private static int Positive(int value, string option)
        => value > 0 ? value : throw new ArgumentException($"{option} is {value}: expected 1 or more.");

    // BrushedMetal becomes brushed_metal, as data sets spell their folders.
    private static string Folder(SurfaceTexture texture)
        => JsonNamingPolicy.SnakeCaseLower.ConvertName(texture.ToString());
}
