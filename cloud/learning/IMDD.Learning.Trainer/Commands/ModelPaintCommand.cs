using System.CommandLine;
using System.Diagnostics;
using IMDD.Imaging;
using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Training;
using IMDD.Learning.Training.Painting;
using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd model paint</c>: changes a picture by a text, or paints what a text says into a region of it.</summary>
internal static class ModelPaintCommand
{
    private const string PictureEnding = ".png";
    private const string MaskEnding = "_mask.png";
    private const byte Inside = 128;

    public static Command Create()
    {
        PaintOptions standard = new() { Text = "" };
        Option<string> model = new("--model") { Description = "The foundation model's .safetensors file.", Required = true };
        var configuration = BenchFoundationCommand.ConfigurationOrFileOption("sd15");
        Option<string> tokenizer = new("--tokenizer") { Description = "Folder with CLIP's vocab.json and merges.txt.", Required = true };
        Option<string> image = new("--image") { Description = "The picture: PNG, JPEG, BMP or TIFF.", Required = true };
        Option<string?> mask = new("--mask") { Description = "A picture of the same size, white where it may change: every other pixel stays as it is. Without one the whole picture changes." };
        Option<string> text = new("--text") { Description = "What it is to show.", Required = true };
        Option<double> strength = new("--strength") { Description = "0: the autoencoder's reconstruction, to 1: what was there does not matter.", DefaultValueFactory = _ => standard.Strength };
        Option<int> steps = new("--steps") { Description = "Steps of a whole way from noise, of which the strength's share is taken.", DefaultValueFactory = _ => standard.Steps };
        Option<double> guidance = new("--guidance") { Description = "How far to follow the text; 1: no guidance, at half the cost.", DefaultValueFactory = _ => standard.Guidance };
        Option<int> seed = new("--seed") { Description = "Seed of all noise.", DefaultValueFactory = _ => standard.Seed };
        Option<PaintSampler> sampler = new("--sampler") { Description = "dpm, ddim or ddpm.", DefaultValueFactory = _ => standard.Sampler };
        Option<int> threads = new("--threads") { Description = "Threads of libtorch.", DefaultValueFactory = _ => Environment.ProcessorCount };
        Option<string> file = new("--out") { Description = $"The .png file; with --mask, NAME{MaskEnding} beside it is the mask.", Required = true };
        BenchFoundationCommand.RequirePositive(threads);
        var json = JsonLine.CreateOption();
        Command command = new("paint", "Changes a picture by a text, or paints what a text says into a region of it.")
        {
            model, configuration, tokenizer, image, mask, text, strength, steps, guidance, seed, sampler, threads, file, json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                PaintOptions options = new()
                {
                    Text = parsed.GetRequiredValue(text),
                    Strength = parsed.GetValue(strength),
                    Steps = parsed.GetValue(steps),
                    Guidance = parsed.GetValue(guidance),
                    Seed = parsed.GetValue(seed),
                    Sampler = parsed.GetValue(sampler),
                };
                options.Validate();
                PaintFiles files = new(
                    parsed.GetRequiredValue(image), parsed.GetValue(mask), Path.GetFullPath(parsed.GetRequiredValue(file)));
                set_num_threads(parsed.GetValue(threads));
                Run(
                    parsed,
                    parsed.GetRequiredValue(model),
                    FoundationConfiguration.Open(parsed.GetRequiredValue(configuration)),
                    parsed.GetRequiredValue(tokenizer),
                    files,
                    options,
                    parsed.GetValue(json),
                    cancellation);
                return 0;
            },
            CancellationToken.None));
        return command;
    }

    private static void Run(
        ParseResult parsed,
        string model,
        FoundationConfiguration configuration,
        string tokenizer,
        PaintFiles files,
        PaintOptions options,
        bool json,
        CancellationToken cancellation)
    {
        var (output, progress) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var start = Stopwatch.GetTimestamp();
        files.RequireOutputs();
        var largest = FoundationPainter.MaxSide(configuration);
        using var image = PaintFiles.Read(files.Image, largest);
        var region = files.Mask is null ? null : Region(files.Mask, image, largest);
        using var weights = CheckpointFile.Open(model, progress);
        using FoundationPainter painter = new(configuration, weights, ClipTokenizer.Open(tokenizer));
        using var painted = painter.Paint(image, region, options, step => progress.WriteLine($"step {step} of {options.StepsTaken}"), cancellation);
        files.Write(painted, region);
        if (!json)
        {
            output.WriteLine($"{files.Out}: {image.Width}×{image.Height}, seed {options.Seed}{(region is null ? "" : $"; mask in {files.MaskOut}")}");
            return;
        }

        JsonLine.Write(output, new
        {
            files.Out,
            MaskOut = region is null ? null : files.MaskOut,
            Configuration = configuration.Name,
            image.Width,
            image.Height,
            PixelsPainted = region?.Count(pixel => pixel != 0) ?? image.Width * image.Height,
            options.Text,
            options.Strength,
            options.Steps,
            options.StepsTaken,
            options.Guidance,
            options.Seed,
            Sampler = options.Sampler.ToString().ToLowerInvariant(),
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        });
    }

    private static byte[] Region(string file, RgbImage image, int largest)
    {
        using var mask = PaintFiles.Read(file, largest);
        if ((mask.Width, mask.Height) != (image.Width, image.Height))
        {
            throw new TrainingException($"{file}: a mask of {mask.Width}×{mask.Height}; expected {image.Width}×{image.Height}, the picture's size.");
        }

        var region = new byte[mask.Width * mask.Height];
        for (var pixel = 0; pixel < region.Length; pixel++)
        {
            region[pixel] = mask.Pixels[3 * pixel] >= Inside ? byte.MaxValue : (byte)0;
        }

        return region.AsSpan().Contains(byte.MaxValue) ? region : throw new TrainingException($"{file}: no pixel of the mask is white; expected at least one.");
    }

    private sealed record PaintFiles(string Image, string? Mask, string Out)
    {
        public string MaskOut => Path.ChangeExtension(Out, null) + MaskEnding;

        public static RgbImage Read(string file, int largest)
        {
            DecodeLimits limits = new(MaxPixels: (long)largest * largest, MaxSide: largest);
            try
            {
                return new FileInfo(file).Length <= limits.MaxBytes
                    ? new OpenCvImageDecoder().Decode(File.ReadAllBytes(file), limits)
                    : throw new TrainingException($"{file}: larger than {limits.MaxBytes} bytes; expected a picture of at most {largest} pixels a side.");
            }
            catch (Exception e) when (e is ImageRejectedException or IOException or UnauthorizedAccessException)
            {
                throw new TrainingException($"{file}: {e.Message}", e);
            }
        }

        /// <summary>Refuses, before anything is computed, what could not be written.</summary>
        public void RequireOutputs()
        {
            if (!Out.EndsWith(PictureEnding, StringComparison.OrdinalIgnoreCase) || Directory.Exists(Out))
            {
                throw new TrainingException($"{Out}: expected a file's name with {PictureEnding} at its end.");
            }

            if (!Directory.Exists(Path.GetDirectoryName(Out)))
            {
                throw new TrainingException($"{Out}: its folder does not exist.");
            }

            foreach (var input in new[] { Image, Mask }.OfType<string>().Select(Path.GetFullPath).Where(input => input == Out || (Mask is not null && input == MaskOut)))
            {
                throw new TrainingException($"{input}: is read; expected another name for what is written.");
            }
        }

        public void Write(RgbImage picture, byte[]? region)
        {
            if (region is not null)
            {
                WriteWhole(MaskOut, ImageEncoder.EncodeGreyPng(region, picture.Width, picture.Height));
            }

            WriteWhole(Out, ImageEncoder.EncodePng(picture));
        }

        private static void WriteWhole(string file, byte[] bytes)
        {
            var unfinished = file + ".part";
            try
            {
                File.WriteAllBytes(unfinished, bytes);
                File.Move(unfinished, file, overwrite: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new TrainingException($"{file} cannot be written: {e.Message}", e);
            }
        }
    }
}
