using System.CommandLine;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Training;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Runs;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd train foundation</c>: trains a foundation model. Run again after a kill, the same command goes on.</summary>
internal static class TrainFoundationCommand
{
    private const string WeightsFile = "foundation.safetensors";
    private const string Automatic = "auto";

    private static readonly Dictionary<string, NumberFormat> Precisions = new(StringComparer.Ordinal)
    {
        ["fp32"] = NumberFormat.Single,
        ["bf16"] = NumberFormat.BFloat16,
        ["fp16"] = NumberFormat.Float16,
    };

    public static Command Create()
    {
        Option<string[]> data = new("--data")
        {
            Description = $"KEY:PATH of each data set, or synthetic:seed=N,count=M. Keys: {string.Join(", ", DatasetReaders.All.Select(r => r.Key))}.",
            AllowMultipleArgumentsPerToken = true,
            Required = true,
        };
        Option<DirectoryInfo> folder = new("--out") { Description = "Becomes a bundle; run files go to its folder run/.", Required = true };
        Option<DirectoryInfo> tokenizer = new("--tokenizer") { Description = "Folder with CLIP's vocab.json and merges.txt.", Required = true };
        var configuration = BenchFoundationCommand.ConfigurationOrFileOption("tiny");
        Option<FileInfo?> from = new("--from") { Description = "A checkpoint of the whole model to start from, as imdd model assemble makes it of public ones. Without one every part is drawn, also those that are not trained." };
        Option<int?> side = new("--side") { Description = "Side of a crop, pixels; four strides of the model where it is not given." };
        Option<int> batch = new("--batch") { Description = "Crops a step.", DefaultValueFactory = _ => 4 };
        Option<long> steps = new("--steps") { Description = "Steps of the first stage, the diffusion loss.", DefaultValueFactory = _ => 1_000 };
        Option<long> maskSteps = new("--mask-steps") { Description = "Steps of the second stage, the masks' losses.", DefaultValueFactory = _ => 1_000 };
        Option<bool> captioner = new("--train-captioner") { Description = "The implicit captioner goes on learning in the second stage, through the denoising network, which stays as it is. Without: it stays too, as the paper has it." };
        Option<int> seed = new("--seed") { Description = "Seed of everything that is drawn.", DefaultValueFactory = _ => 1 };
        Option<double> rate = new("--learning-rate") { Description = "Highest learning rate.", DefaultValueFactory = _ => 1e-4 };
        Option<int> accumulate = new("--accumulate") { Description = "Batches a step: a large batch in the memory of a small one.", DefaultValueFactory = _ => 1 };
        Option<double?> average = new("--average") { Description = "Keep the running mean of the trained weights, of which this much stays at each step (0.9999 for long runs), and end each stage with it." };
        Option<bool> checkpointed = new("--checkpointed") { Description = "Keep only the layers' inputs for the backward pass: half of the memory for a third more time." };
        Option<string[]> paper = new("--paper")
        {
            Description = $"Where to follow the paper's letter, beside what the configuration's 'paper' says: {string.Join(", ", PaperModeNames.All)}, with commas or blanks between.",
            AllowMultipleArgumentsPerToken = true,
        };
        paper.Validators.Add(result =>
        {
            _ = PaperModeNames.Parse(Split(result.GetValueOrDefault<string[]>()), out var unknown);
            foreach (var mode in unknown)
            {
                result.AddError($"--paper has '{mode}': expected {string.Join(", ", PaperModeNames.All)}.");
            }
        });
        Option<string> precision = new("--precision")
        {
            Description = "What the denoising network computes in during the first stage: fp32, bf16, or fp16 with a dynamic loss scale (the paper's); auto: bf16 where the processor has instructions for it and a step that is tried is faster, else fp32. Weights are kept in 32 bits.",
            DefaultValueFactory = _ => Automatic,
        };
        precision.AcceptOnlyFromAmong([Automatic, .. Precisions.Keys]);
        Option<int> every = new("--checkpoint-every") { Description = "Steps between checkpoints.", DefaultValueFactory = _ => 250 };
        Option<int> threads = new("--threads") { Description = "Threads of libtorch.", DefaultValueFactory = _ => 1 };
        var device = TorchDevices.CreateOption();
        Option<bool> half = new("--fp16") { Description = "The bundle computes in 16 bits." };
        Option<bool> stopWithInput = new("--stop-with-input")
        {
            Description = "Stop, as with Ctrl-C, when standard input ends: so does the program that started this one.",
        };
        var json = JsonLine.CreateOption();
        Command command = new("foundation", "Trains a foundation model on pictures, texts of what their crops show, and masks.")
        {
            data, folder, tokenizer, configuration, from, side, batch, steps, maskSteps, captioner, seed, rate, accumulate, average, checkpointed, paper, precision, every, threads, device, half, stopWithInput, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var stop = parsed.GetValue(stopWithInput) ? InputEnd.Watch(cancellation) : null;
            return await RunAsync(
                parsed,
                parsed.GetRequiredValue(folder).FullName,
                parsed.GetRequiredValue(data),
                parsed.GetRequiredValue(tokenizer).FullName,
                parsed.GetValue(from)?.FullName,
                new FoundationTrainingOptions
                {
                    Configuration = WithPaper(FoundationConfiguration.Open(parsed.GetRequiredValue(configuration)), parsed.GetValue(paper)),
                    Side = parsed.GetValue(side),
                    BatchSize = parsed.GetValue(batch),
                    Steps = parsed.GetValue(steps),
                    MaskSteps = parsed.GetValue(maskSteps),
                    TrainsCaptioner = parsed.GetValue(captioner),
                    Seed = parsed.GetValue(seed),
                    LearningRate = parsed.GetValue(rate),
                    Precision = Precisions.GetValueOrDefault(parsed.GetRequiredValue(precision)),
                    Accumulation = parsed.GetValue(accumulate),
                    AverageDecay = parsed.GetValue(average),
                    IsCheckpointed = parsed.GetValue(checkpointed),
                    CheckpointEvery = parsed.GetValue(every),
                    Threads = parsed.GetValue(threads),
                    Device = TorchDevices.Open(parsed.GetRequiredValue(device)),
                },
                parsed.GetRequiredValue(precision) == Automatic,
                parsed.GetValue(half),
                parsed.GetValue(json),
                stop?.Token ?? cancellation).ConfigureAwait(false);
        });
        return command;
    }

    private static string NameOf(NumberFormat format) => Precisions.Single(known => known.Value == format).Key;

    private static string[] Split(string[]? modes)
        => [.. (modes ?? []).SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static FoundationConfiguration WithPaper(FoundationConfiguration configuration, string[]? modes)
        => configuration with { Paper = configuration.Paper | PaperModeNames.Parse(Split(modes), out _) };

    private static async Task<int> RunAsync(
        ParseResult parsed,
        string folder,
        string[] names,
        string tokenizer,
        string? from,
        FoundationTrainingOptions options,
        bool isAutomatic,
        bool half,
        bool json,
        CancellationToken cancellation)
    {
        options.Validate();
        var (output, progress) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        using var start = from is null ? null : CheckpointFile.Open(from, progress);
        var words = ClipTokenizer.Open(tokenizer);
        var data = TrainingDataReader.Read(names, shots: null, options.Seed, normalOnly: false);
        DataNotices.Write(progress, data);

        await progress.WriteLineAsync($"{data.Train.Count} pictures to learn from, {data.Train.Count(p => p.IsDefective)} with defects of {data.Classes.Count} classes").ConfigureAwait(false);
        if (start is null)
        {
            await progress.WriteLineAsync("without --from the autoencoder and CLIP are drawn, and stay so: a test of the machinery, not a model").ConfigureAwait(false);
        }

        var run = Path.Combine(folder, ModelBundle.RunFolder);
        using var own = await RunFolderLock.TakeAsync(run, cancellation).ConfigureAwait(false);
        var precision = RunPrecision.Of(run, options, isAutomatic);
        options = options with { Precision = precision.Format };
        await progress.WriteLineAsync($"precision {NameOf(options.Precision)}: {precision.Reason}").ConfigureAwait(false);
        using FoundationTrainer trainer = new(options, data, words, run, start);
        if (trainer.Notice is { } notice)
        {
            await progress.WriteLineAsync(notice).ConfigureAwait(false);
        }

        if (trainer.Step > 0)
        {
            await progress.WriteLineAsync($"going on from step {trainer.Step}").ConfigureAwait(false);
        }

        var outcome = await trainer.RunAsync(new ProgressLine(progress), cancellation).ConfigureAwait(false);
        ModuleWeights.Save(trainer.Network, Path.Combine(run, WeightsFile), new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["configuration"] = options.Configuration.Name,
            [StoredConfiguration.Key] = options.Configuration.ToJson(),
            [FoundationTorchSegmenter.ClassesKey] = string.Join(",", data.Classes.Select(c => c.Id)),
            ["paper"] = string.Join(",", PaperModeNames.Of(options.Configuration.Paper)),
            ["seed"] = options.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["steps"] = outcome.Step.ToString(System.Globalization.CultureInfo.InvariantCulture),
        });
        var (digest, parity) = FoundationBundle.Write(trainer.Network, data.Classes, trainer.ClassTexts, folder, half, CreationTime.Now());
        if (!json)
        {
            await output.WriteLineAsync($"{folder}: bundle {digest}; {parity}; first stage in {NameOf(options.Precision)}").ConfigureAwait(false);
            return 0;
        }

        JsonLine.Write(output, new
        {
            Out = folder,
            BundleDigest = digest,
            Configuration = options.Configuration.Name,
            options.Seed,
            Paper = PaperModeNames.Of(options.Configuration.Paper),
            Precision = NameOf(options.Precision),
            PrecisionReason = precision.Reason,
            Side = options.CropSide,
            options.Accumulation,
            options.AverageDecay,
            outcome.Step,
            DiffusionSteps = options.Steps,
            options.MaskSteps,
            TrainPictures = data.Train.Count,
            ValidationPictures = data.Validation.Count,
            Classes = data.Classes.Select(c => c.Id),
            data.SplitIds,
            ValidationNoiseLoss = outcome.NoiseLoss,
            ValidationMaskLoss = outcome.MaskLoss,
            ValidationGroundingLoss = outcome.GroundingLoss,
            ParityError = parity.LargestError,
            CpuMinutes = Math.Round(outcome.CpuSeconds / 60, 2),
            FilesNotUsed = data.Problems.Count,
        });
        return 0;
    }
}
