using System.CommandLine;
using System.Diagnostics;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Training;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd model export</c>: a checkpoint of the foundation model as a bundle for given classes.</summary>
internal static class ModelExportCommand
{
    public static Command Create()
    {
        Option<string> model = new("--model") { Description = "The foundation model's .safetensors file.", Required = true };
        var configuration = BenchFoundationCommand.ConfigurationOrFileOption("sd15");
        Option<string> tokenizer = new("--tokenizer") { Description = "Folder with CLIP's vocab.json and merges.txt.", Required = true };
        Option<string[]> classes = new("--class")
        {
            Description = "What it is to name: a word of the vocabulary, which brings its synonyms, or any other.",
            AllowMultipleArgumentsPerToken = true,
            Required = true,
        };
        Option<DirectoryInfo> folder = new("--out") { Description = "The bundle's folder, new or empty.", Required = true };
        Option<bool> half = new("--fp16") { Description = "The bundle computes in 16 bits; for accelerators." };
        Option<bool> compared = new("--compare")
        {
            Description = "Build the network too, and write the bundle only where graph and network agree. Without: the graph as it is written is held against the graph as the runtime optimises it.",
        };
        var clip = ClipNaming.CreateOptions();
        Option<int> threads = new("--threads") { Description = "Threads of libtorch.", DefaultValueFactory = _ => Environment.ProcessorCount };
        BenchFoundationCommand.RequirePositive(threads);
        var json = JsonLine.CreateOption();
        Command command = new("export", "Makes a bundle of a foundation model's checkpoint, a tensor at a time.")
        {
            model, configuration, tokenizer, classes, folder, half, compared, clip.Ensemble, clip.Seen, clip.Novel, threads, json,
        };
        command.Validators.Add(clip.Check);
        command.SetAction(parsed => Run(
            parsed,
            parsed.GetRequiredValue(model),
            FoundationConfiguration.Open(parsed.GetRequiredValue(configuration)),
            parsed.GetRequiredValue(tokenizer),
            ClassesOf(parsed.GetRequiredValue(classes)),
            parsed.GetRequiredValue(folder).FullName,
            (parsed.GetValue(half), parsed.GetValue(compared), clip.Read(parsed)),
            parsed.GetValue(threads),
            parsed.GetValue(json)));
        return command;
    }

    private static List<TrainedClass> ClassesOf(string[] names)
    {
        var unusable = names.FirstOrDefault(name => string.IsNullOrWhiteSpace(name) || TrainedClass.Of(name.Trim(), Vocabulary.English) is null);
        return unusable is not null
            ? throw new TrainingException($"--class '{unusable}' is no defect: expected a word for one.")
            : [.. names.Select(name => TrainedClass.Of(name.Trim(), Vocabulary.English)!).DistinctBy(named => named.Id, StringComparer.Ordinal)];
    }

    private static int Run(
        ParseResult parsed,
        string model,
        FoundationConfiguration configuration,
        string tokenizer,
        List<TrainedClass> classes,
        string folder,
        (bool Half, bool Compared, ClipEnsemble? Clip) how,
        int threads,
        bool json)
    {
        var start = Stopwatch.GetTimestamp();
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new TrainingException($"--out is {folder}, where something is already: expected a new or empty folder.");
        }

        set_num_threads(threads);
        var words = ClipTokenizer.Open(tokenizer);
        using var files = CheckpointFile.Open(model, parsed.InvocationConfiguration.Error);
        var (digest, parity) = FoundationExport.Write(configuration, files, words, classes, folder, how.Half, CreationTime.Now(), how.Compared, how.Clip);
        var manifest = ModelBundle.Open(folder).Manifest;
        var bytes = manifest.Files.Sum(file => file.SizeBytes);
        if (!json)
        {
            parsed.InvocationConfiguration.Output.WriteLine(
                $"{folder}: bundle {digest}, {bytes} bytes, {manifest.Rows.Count} rows of {classes.Count} classes; {(how.Compared ? "graph against network" : "graph as written against as optimised")}: {parity}");
            return 0;
        }

        JsonLine.Write(parsed.InvocationConfiguration.Output, new
        {
            Out = folder,
            BundleDigest = digest,
            Bytes = bytes,
            Configuration = configuration.Name,
            how.Half,
            how.Compared,
            ClipSeen = how.Clip?.Seen,
            ClipNovel = how.Clip?.Novel,
            Classes = classes.Select(named => named.Id),
            Rows = manifest.Rows.Count,
            ParityError = parity.LargestError,
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        });
        return 0;
    }
}
