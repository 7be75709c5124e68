using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using IMDD.Imaging;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Training.Naming;
using TorchSharp;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd train naming</c>: how well defects are named by names that the model was trained with, and by new ones.</summary>
internal static class TrainNamingCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> model = new("--model") { Description = "The model's folder.", Required = true };
        Option<string[]> data = new("--data")
        {
            Description = "KEY:PATH of each data set; all its pictures of one name are named. synthetic:names=base|novel|unseen draws the three tiers.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var clip = ClipRows.CreateOptions("the one that the model's rows are made with.");
        var json = JsonLine.CreateOption();
        Command command = new("naming", "Measures naming by seen names, unseen compositions of seen words, and unseen words.") { model, data, clip.Clip, clip.Tokenizer, json };
        command.Validators.Add(clip.Check);
        command.SetAction(parsed => Run(parsed, parsed.GetRequiredValue(model).FullName, clip, parsed.GetRequiredValue(data), parsed.GetValue(json)));
        return command;
    }

    private static int Run(ParseResult parsed, string folder, ClipRows clipRows, string[] data, bool json)
    {
        torch.set_num_threads(1);
        using var clip = clipRows.Open(parsed);
        using var model = TrainedModel.Load(folder, clip);
        var tiers = new TierNaming(model, new OpenCvImageDecoder()).Measure([.. data.Select(name => DatasetReaders.Read(name))]);
        var output = parsed.InvocationConfiguration.Output;
        if (!json)
        {
            foreach (var tier in tiers)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{tier.Tier}: {tier.Accuracy:0.000} of {tier.Pictures} named rightly among the surface's names, chance {tier.Chance:0.000}; {tier.AccuracyOfAll:0.000} among all, chance {tier.ChanceOfAll:0.000}"));
            }

            return 0;
        }

        Dictionary<string, double> result = new(StringComparer.Ordinal);
        foreach (var tier in tiers)
        {
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(tier.Tier.ToString());
            result[$"naming_{name}"] = tier.Accuracy;
            result[$"chance_{name}"] = tier.Chance;
            result[$"naming_over_chance_{name}"] = tier.Accuracy / tier.Chance;
            result[$"naming_of_all_{name}"] = tier.AccuracyOfAll;
            result[$"chance_of_all_{name}"] = tier.ChanceOfAll;
            result[$"pictures_{name}"] = tier.Pictures;
        }

        JsonLine.Write(output, result);
        return 0;
    }
}
