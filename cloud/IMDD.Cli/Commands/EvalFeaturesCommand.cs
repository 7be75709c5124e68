using System.CommandLine;
using IMDD.Cli.Output;
using IMDD.Hosting;
using IMDD.Learning.Evaluation;
using IMDD.Learning.Evaluation.Features;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd eval features</c>: metrics of feature files that other programs wrote.</summary>
internal static class EvalFeaturesCommand
{
    private const string Layout = "[samples, numbers]; .npy of float32 or float64, or .safetensors with one float32 tensor (or one named 'features')";

    public static Command Create()
    {
        Option<FileInfo?> real = new("--real") { Description = $"Features of real pictures, {Layout}." };
        Option<FileInfo?> generated = new("--generated") { Description = "Features of generated pictures: with --real, Fréchet distance and kernel distance." };
        Option<FileInfo?> probabilities = new("--probabilities") { Description = "Class probabilities of generated pictures: inception score." };
        Option<FileInfo?> logits = new("--logits") { Description = "The same as logits." };
        Option<int> splits = new("--splits") { Description = "Consecutive splits of the inception score.", DefaultValueFactory = _ => 10 };
        Option<FileInfo?> queries = new("--queries") { Description = "Embeddings of queries, ranked against --gallery by cosine." };
        Option<FileInfo?> gallery = new("--gallery") { Description = "Embeddings of answers: recall@1, @5, @10 and mean average precision." };
        Option<FileInfo?> queryLabels = new("--query-labels") { Description = "One label a line; an answer of the same label is right. Without labels, row i answers row i." };
        Option<FileInfo?> galleryLabels = new("--gallery-labels") { Description = "One label a line." };
        Option<int> seed = new("--seed") { Description = "Seed of the kernel distance's subsets.", DefaultValueFactory = _ => 1 };
        var json = JsonOutput.CreateOption();
        Command command = new("features", "Measures generated pictures by their features, and retrieval by embeddings.")
        {
            real, generated, probabilities, logits, splits, queries, gallery, queryLabels, galleryLabels, seed, json,
        };
        command.SetAction(parsed => Run(parsed, new FeatureRequest
        {
            Real = parsed.GetValue(real)?.FullName,
            Generated = parsed.GetValue(generated)?.FullName,
            Probabilities = parsed.GetValue(probabilities)?.FullName,
            Logits = parsed.GetValue(logits)?.FullName,
            Splits = parsed.GetValue(splits),
            Queries = parsed.GetValue(queries)?.FullName,
            Gallery = parsed.GetValue(gallery)?.FullName,
            QueryLabels = parsed.GetValue(queryLabels)?.FullName,
            GalleryLabels = parsed.GetValue(galleryLabels)?.FullName,
            Seed = parsed.GetValue(seed),
        }, parsed.GetValue(json)));
        return command;
    }

    private static int Run(ParseResult parsed, FeatureRequest request, bool json)
    {
        IReadOnlyList<KeyValuePair<string, MetricValue>> metrics;
        try
        {
            metrics = FeatureMetrics.Of(request);
        }
        catch (FeatureFileException e)
        {
            throw new CommandFailedException(e.Message, ExitCodes.Failed, e);
        }

        var output = parsed.InvocationConfiguration.Output;
        if (json)
        {
            Dictionary<string, object?> result = new(StringComparer.Ordinal) { ["seed"] = request.Seed };
            foreach (var (key, value) in metrics)
            {
                result[key] = value.IsDefined ? value.Value : null;
            }

            result["undefined"] = metrics.Where(m => !m.Value.IsDefined).ToDictionary(m => m.Key, m => m.Value.Undefined, StringComparer.Ordinal);
            JsonOutput.Write(output, result);
            return ExitCodes.Stopped;
        }

        foreach (var (key, value) in metrics)
        {
            output.WriteLine($"  {key,-34} {value}");
        }

        return ExitCodes.Stopped;
    }
}
