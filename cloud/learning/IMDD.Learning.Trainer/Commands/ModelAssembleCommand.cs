using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Training;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using IMDD.Safetensors;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd model assemble</c>: one checkpoint of the foundation model, made of public ones.</summary>
internal static class ModelAssembleCommand
{
    private static readonly SafetensorsType[] ElementTypes = [SafetensorsType.F32, SafetensorsType.F16, SafetensorsType.BF16];

    public static Command Create()
    {
        var configuration = BenchFoundationCommand.ConfigurationOption("sd15");
        Option<string?> from = new("--from") { Description = "A diffusers folder with unet, vae and text_encoder." };
        Option<string?> checkpoint = new("--checkpoint") { Description = "A single-file checkpoint of latent diffusion, in safetensors; instead of --from." };
        Option<string?> unet = new("--unet") { Description = "The denoising network's folder or file, before --from and --checkpoint." };
        Option<string?> vae = new("--vae") { Description = "The autoencoder's folder or file, likewise." };
        Option<string?> text = new("--text") { Description = "The text tower's folder or file, likewise." };
        Option<string> clip = new("--clip") { Description = "Hugging Face folder of a whole CLIP, or its file.", Required = true };
        Option<int> seed = new("--seed") { Description = "Seed of captioner, mask generator and naming head, which no public checkpoint has.", DefaultValueFactory = _ => 1 };
        Option<string?> type = new("--dtype") { Description = "Element type of all tensors. Without it each keeps its own, and what is drawn has 32 bits." };
        type.AcceptOnlyFromAmong([.. ElementTypes.Select(element => element.Name().ToLowerInvariant())]);
        Option<FileInfo> file = new("--out") { Description = "The .safetensors file.", Required = true };
        var json = JsonLine.CreateOption();
        Command command = new("assemble", "Makes one checkpoint of the foundation model of public ones, a tensor at a time.")
        {
            configuration, from, checkpoint, unet, vae, text, clip, seed, type, file, json,
        };
        command.Validators.Add(result => RequireSources(result, from, checkpoint, [unet, vae, text]));
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                PublicWeights weights = new(
                    parsed.GetRequiredValue(clip), parsed.GetValue(from), parsed.GetValue(checkpoint), parsed.GetValue(unet), parsed.GetValue(vae), parsed.GetValue(text));
                Run(
                    parsed,
                    FoundationConfiguration.Of(parsed.GetRequiredValue(configuration)),
                    weights,
                    parsed.GetValue(seed),
                    parsed.GetRequiredValue(file).FullName,
                    parsed.GetValue(type) is { } name ? SafetensorsTypes.Parse(name.ToUpperInvariant()) : null,
                    parsed.GetValue(json),
                    cancellation);
                return 0;
            },
            CancellationToken.None));
        return command;
    }

    private static void RequireSources(CommandResult result, Option<string?> from, Option<string?> checkpoint, Option<string?>[] parts)
    {
        var (folder, single) = (result.GetValue(from), result.GetValue(checkpoint));
        if (folder is not null && single is not null)
        {
            result.AddError("--from and --checkpoint say the same: expected one of them.");
        }

        foreach (var part in parts.Where(part => folder is null && single is null && result.GetValue(part) is null))
        {
            result.AddError($"{part.Name} is missing: expected it, --from or --checkpoint.");
        }
    }

    private static void Run(
        ParseResult parsed,
        FoundationConfiguration configuration,
        PublicWeights weights,
        int seed,
        string file,
        SafetensorsType? type,
        bool json,
        CancellationToken cancellation)
    {
        var (output, progress) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var start = Stopwatch.GetTimestamp();
        if (!Directory.Exists(Path.GetDirectoryName(file)))
        {
            throw new TrainingException($"{file}: its folder does not exist.");
        }

        if (Directory.Exists(file))
        {
            throw new TrainingException($"{file}: is a folder; expected a file's name.");
        }

        using var parts = PublicParts.Open(configuration, weights);
        AssembledCheckpoint made;
        try
        {
            made = FoundationAssembly.Write(configuration, parts, seed, file, type, progress.WriteLine, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"{file} cannot be written: {e.Message}", e);
        }

        var bytes = new FileInfo(file).Length;
        if (!json)
        {
            output.WriteLine($"{file}: {made.Tensors} tensors, {bytes} bytes; {string.Join(", ", made.Drawn)} drawn from seed {seed}");
            return;
        }

        JsonLine.Write(output, new
        {
            Out = file,
            Configuration = configuration.Name,
            Seed = seed,
            made.Parameters,
            made.Tensors,
            made.ElementTypes,
            Bytes = bytes,
            made.Sources,
            made.Drawn,
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        });
    }
}
