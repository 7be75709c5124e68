using System.CommandLine;
using System.Globalization;
using IMDD.Imaging;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Training.Words;
using TorchSharp;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd train word</c>: a bundle that knows a word more, with the same weights.</summary>
internal static class TrainWordCommand
{
    /// <summary>The word was tried and is not taken; what was measured has been written.</summary>
    public const int Refused = 4;

    private static readonly string[] Sides = ["test", "all"];

    public static Command Create()
    {
        Option<DirectoryInfo> model = new("--model") { Description = "The bundle that is to know it.", Required = true };
        Option<string> name = new("--name") { Description = "The word.", Required = true };
        Option<string[]> synonym = new("--synonym") { Description = "Another word for it; several times." };
        Option<string?> sentence = new("--sentence") { Description = "What it looks like, in words that the model has seen; it lists them where no word was. With --clip in any words." };
        Option<string?> regions = new("--regions") { Description = "KEY:PATH of pictures with confirmed regions of it. Those beyond --max-regions are named." };
        Option<string?> regionClass = new("--region-class") { Description = "What these pictures call it; its name by default." };
        Option<int> maxRegions = new("--max-regions")
        {
            Description = "Pictures whose regions become part of the row; 0: the word alone.",
            DefaultValueFactory = _ => 5,
        };
        Option<string[]> frozen = new("--frozen") { Description = "KEY:PATH of the pictures on which the old names must stay.", Required = true, AllowMultipleArgumentsPerToken = true };
        Option<string> side = new("--split") { Description = "Side of the frozen pictures: test or all.", DefaultValueFactory = _ => "test" };
        side.AcceptOnlyFromAmong(Sides);
        Option<double> lost = new("--max-lost") { Description = "Points of naming that the old names may lose.", DefaultValueFactory = _ => new WordOptions().MaxLostPoints };
        Option<double> named = new("--min-named") { Description = "Share of the examples found that must get the name, 0 to 1; one must in any case.", DefaultValueFactory = _ => new WordOptions().LeastNamed };
        Option<double?> threshold = new("--threshold") { Description = "Lowest threshold of the new row, 0 to 1; found from its regions by default." };
        Option<DirectoryInfo> folder = new("--out") { Description = "The new bundle's folder.", Required = true };
        var clip = ClipRows.CreateOptions("the one that the bundle's rows are made with.");
        var json = JsonLine.CreateOption();
        Command command = new("word", "Teaches a bundle a word without new weights.")
        {
            model, name, synonym, sentence, regions, regionClass, maxRegions, frozen, side, lost, named, threshold, folder, clip.Clip, clip.Tokenizer, json,
        };
        command.Validators.Add(clip.Check);
        command.SetAction(parsed =>
        {
            var used = parsed.GetValue(maxRegions);
            if (used < 0)
            {
                throw new ArgumentException($"--max-regions is {used}: expected 0 or more.");
            }

            using var embedder = clip.Open(parsed);
            NewWord word = new(parsed.GetRequiredValue(name), parsed.GetValue(synonym) ?? [], parsed.GetValue(sentence));
            var shown = parsed.GetValue(regionClass) ?? word.Name;
            return Run(
                parsed,
                new WordRequest
                {
                    Model = parsed.GetRequiredValue(model).FullName,
                    Folder = parsed.GetRequiredValue(folder).FullName,
                    Clip = embedder,
                    Word = word,
                    Frozen = Frozen(parsed.GetRequiredValue(frozen), parsed.GetRequiredValue(side)),
                    Regions = parsed.GetValue(regions) is { } data ? Showing(data, shown) : [],
                    RegionClass = shown,
                    MaxRegions = used,
                    Options = new WordOptions { MaxLostPoints = parsed.GetValue(lost), LeastNamed = parsed.GetValue(named), Threshold = parsed.GetValue(threshold) },
                    CreatedAt = CreationTime.Now(),
                },
                parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(ParseResult parsed, WordRequest request, bool json)
    {
        torch.set_num_threads(1);
        var outcome = WordAddition.Run(request);
        var pooled = outcome.Gates.First(gate => gate.Name == "old-names");
        var worst = outcome.Gates.First(gate => gate.Name == "old-names-worst");
        var output = parsed.InvocationConfiguration.Output;
        if (json)
        {
            JsonLine.Write(output, new
            {
                Accepted = outcome.Refusal is null,
                Reason = outcome.Refusal,
                Out = outcome.BundleDigest is null ? null : request.Folder,
                outcome.BundleDigest,
                outcome.ClassId,
                outcome.Kind,
                outcome.Threshold,
                outcome.RegionsUsed,
                OldNamesChangePoints = new { Pooled = -pooled.Value, Worst = -worst.Value },
                outcome.OldNames,
                outcome.Naming,
                outcome.Gates,
                outcome.PicturesNotUsed,
            });
        }
        else
        {
            var named = outcome.Naming is { } naming ? $"; {naming.Named} of {naming.Detected} examples found are named, of {naming.Pictures}" : "";
            foreach (var gate in outcome.Gates.Where(gate => !gate.Passed))
            {
                parsed.InvocationConfiguration.Error.WriteLine($"{gate.Name}: {gate.Detail}");
            }

            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(outcome.Refusal is { } reason ? $"refused ({reason})" : $"{request.Folder}: bundle {outcome.BundleDigest}")}; {outcome.ClassId} by a {outcome.Kind} row at {outcome.Threshold:0.00}; old names lose {pooled.Value:0.0} points, the worst {worst.Value:0.0}{named}"));
        }

        return outcome.Refusal is null ? 0 : Refused;
    }

    private static List<DatasetSample> Frozen(string[] names, string side) => side == "all"
        ? [.. names.SelectMany(name => DatasetReaders.Read(name).Samples)]
        : [.. new DatasetDivider(new OpenCvImageDecoder()).Read(names, DivisionRule.Default).SelectMany(d => d.Split.Take(d.Dataset.Samples, SplitName.Test))];

    /// <summary>The pictures with defects of a label, or of what the vocabulary takes for the same.</summary>
    private static List<DatasetSample> Showing(string data, string label)
    {
        var meant = Vocabulary.English.Resolve(label) ?? label;
        return [.. DatasetReaders.Read(data).Samples.Where(s => s.IsAnomalous && s.Classes.Any(c => (Vocabulary.English.Resolve(c) ?? c) == meant))];
    }
}
