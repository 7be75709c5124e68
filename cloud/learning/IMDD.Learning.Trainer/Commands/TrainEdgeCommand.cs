using System.CommandLine;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Networks;
using IMDD.Learning.Training.Losses;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd train edge</c>: trains an edge segmenter. Run again after a kill, the same command goes on.</summary>
internal static class TrainEdgeCommand
{
    public static Command Create()
    {
        Option<string[]> data = new("--data")
        {
            Description = $"KEY:PATH of each data set, or synthetic:seed=N,count=M. Keys: {string.Join(", ", DatasetReaders.All.Select(r => r.Key))}.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<DirectoryInfo> folder = new("--out") { Description = "Becomes a bundle; run files go to its folder run/.", Required = true };
        Option<NetworkSize?> size = new("--size") { Description = "nano, small or base. Where this, --output-stride and --reference are all left out, a network of --from stays as it is, and another is small." };
        Option<int> seed = new("--seed") { Description = "Seed of everything that is drawn.", DefaultValueFactory = _ => 1 };
        Option<DirectoryInfo?> from = new("--from") { Description = "A model to start from; its network is kept, or must be the one that is named." };
        Option<int?> shots = new("--shots") { Description = "Training pictures that are drawn for each class. Where pictures show several classes, one may be on more of them: on those that were drawn for others, too." };
        Option<bool> normalOnly = new("--normal-only") { Description = "Learn from normal pictures alone, and be judged by such: defects are painted on them. Defective ones are left out." };
        Option<bool?> reference = new("--reference") { Description = "Compare each picture with its known-good view." };
        Option<bool> together = new("--split-together") { Description = "Divide all data sets of --data as one: what several of them hold is on one side. Not beside --whole or --describe." };
        Option<string[]> splitWith = new("--split-with")
        {
            Description = "KEY:PATH of further data sets that are divided as one with these, and not learned from.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string[]> testGroup = new("--test-group")
        {
            Description = "Keys of the groups that are the test side: leaving one out. Not learned from.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string[]> whole = new("--whole")
        {
            Description = "KEY:PATH of further data sets without a test side: what is held back of them lies elsewhere.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string[]> describe = new("--describe")
        {
            Description = "KEY:PATH of further data sets whose names say what defects look like (synthetic:names=looks): their words are learned, but become no names that the model gives.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<FileInfo?> exclude = new("--exclude") { Description = "Digests of pictures, one a line, that must not be learned from: the run ends if one is found." };
        Option<bool> keepClasses = new("--keep-classes") { Description = "Go on naming what the model of --from names, also what these data sets do not show, and alarm on normal pictures hardly more often than it (3 in 100)." };
        Option<double> minutes = new("--minutes")
        {
            Description = "CPU-minutes of training: the first 60 steps say how many steps that is, at least 61; where later ones take longer, it is lowered. Two runs may differ in it and in their weights.",
            DefaultValueFactory = _ => new EdgeTrainingOptions().Minutes,
        };
        Option<long?> steps = new("--steps") { Description = "Steps, instead of minutes (what a run with minutes took is in its outcome): two runs with the same number have equal weights." };
        Option<int?> crop = new("--crop") { Description = $"Side of a training crop, pixels; left out, {new CropOptions().Side}, and half of it where the network looks at pictures at twice their size; up to twice that where most defects are labelled as a whole picture only and --batch is left out, too." };
        Option<bool> oneSide = new("--one-side") { Description = "Every crop has that side; else sides vary around it." };
        Option<double> transplant = new("--transplant")
        {
            Description = "Share of crops onto which another picture's outlined defect is set.",
            DefaultValueFactory = _ => new EdgeTrainingOptions().Crops.TransplantShare,
        };
        Option<bool> across = new("--transplant-across") { Description = "Transplanted defects may come from any of the data sets, not only from the picture's own." };
        Option<double> scale = new("--max-scale")
        {
            Description = "Crops are enlarged or reduced by up to this factor.",
            DefaultValueFactory = _ => new EdgeTrainingOptions().Crops.MaxScale,
        };
        Option<bool> turn = new("--turn")
        {
            Description = "true or false: whether crops are turned by quarters. false, here and of --mirror, where orientation is what is judged, or light falls from one side.",
            DefaultValueFactory = _ => true,
        };
        Option<bool> mirror = new("--mirror") { Description = "true or false: whether crops are mirrored.", DefaultValueFactory = _ => true };
        Option<int?> batch = new("--batch") { Description = $"Crops a step; left out, {new EdgeTrainingOptions().BatchSize}, and fewer where --crop is left out, too, and crops show pictures that are labelled as a whole." };
        Option<double> rate = new("--learning-rate") { Description = "Highest learning rate.", DefaultValueFactory = _ => new EdgeTrainingOptions().LearningRate };
        Option<double> memory = new("--memory")
        {
            Description = "Weight by which the network is held to what the model of --from says, where that is right; 0: it is not.",
            DefaultValueFactory = _ => new EdgeLossWeights().Memory,
        };
        Option<double> startShare = new("--start-share")
        {
            Description = "Share of the weights of --from in those of the model that comes out; a finished run given another share ends anew with it.",
            DefaultValueFactory = _ => new EdgeTrainingOptions().StartShare,
        };
        Option<bool> sideBranch = new("--side-branch")
        {
            Description = "Learn classes that the model of --from cannot name in branches beside its network, which stays as it is, and nothing else. Where there are none, train on as without this. All that it names is kept, as with --keep-classes.",
        };
        Option<bool> drift = new("--drift-reference")
        {
            Description = "The data are of the cameras that the model is for: the bundle says what their normal pictures look like, and drift is measured from that.",
        };
        var clip = ClipRows.CreateOptions("it makes the rows of text, through a small part that is trained with the network, instead of letters. Needed with --from where that model has one.");
        Option<int?> stride = new("--output-stride") { Description = "2 or 4; left out, 4, and 2 where the network looks at pictures at twice their size." };
        Option<bool?> doubled = new("--doubled")
        {
            Description = "true or false: whether the network looks at pictures at twice their size, which takes four times as long: for small pictures, and defects of a few pixels. Left out, one of --from stays as it is; true starts from its weights, and --memory holds to it as it is at that size. Pictures that are labelled as a whole are shrunk to a crop (--crop).",
        };
        Option<bool?> attention = new("--attention")
        {
            Description = "true or false: whether the cells of the deepest map look at each other. Left out, they do in a new network, and one of --from stays as it is; true gives one of --from this part too, which begins as the identity.",
        };
        Option<int> threads = new("--threads") { Description = "Threads of libtorch.", DefaultValueFactory = _ => 1 };
        Option<bool> stopWithInput = new("--stop-with-input")
        {
            Description = "Stop, as with Ctrl-C, when standard input ends: so does the program that started this one.",
        };
        var json = JsonLine.CreateOption();
        Command command = new("edge", "Trains an edge segmenter.")
        {
            data, folder, size, seed, from, shots, normalOnly, reference, together, splitWith, testGroup, whole, describe, exclude, keepClasses, minutes, steps, crop, oneSide, transplant, across, scale, turn, mirror, batch, rate, memory, startShare, sideBranch, drift, clip.Clip, clip.Tokenizer, stride, attention, doubled, threads, stopWithInput, json,
        };
        command.Validators.Add(clip.Check);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var stop = parsed.GetValue(stopWithInput) ? InputEnd.Watch(cancellation) : null;
            var keeps = parsed.GetValue(keepClasses) || parsed.GetValue(sideBranch);
            return await RunAsync(
                parsed,
                parsed.GetRequiredValue(folder).FullName,
                parsed.GetValue(from)?.FullName,
                clip,
                new TrainingSelection
                {
                    Names = parsed.GetValue(data) ?? [],
                    Whole = parsed.GetValue(whole) ?? [],
                    Descriptions = parsed.GetValue(describe) ?? [],
                    Shots = parsed.GetValue(shots),
                    Excluded = parsed.GetValue(exclude) is { } file ? PictureDigests.ReadList(file.FullName) : PictureDigests.None,
                },
                keeps,
                parsed.GetValue(drift),
                new EdgeNetworkChoice(
                    parsed.GetValue(size), parsed.GetValue(stride), parsed.GetValue(reference), parsed.GetValue(attention), parsed.GetValue(doubled), parsed.GetValue(crop), parsed.GetValue(batch)),
                new DivisionRule
                {
                    Together = parsed.GetValue(together),
                    With = parsed.GetValue(splitWith) ?? [],
                    TestGroups = parsed.GetValue(testGroup) ?? [],
                },
                new EdgeTrainingOptions
                {
                    Crops = new EdgeTrainingOptions().Crops with
                    {
                        PaintsDefects = parsed.GetValue(normalOnly),
                        VariesSide = !parsed.GetValue(oneSide),
                        TransplantShare = parsed.GetValue(transplant),
                        TransplantsAcross = parsed.GetValue(across),
                        MaxScale = parsed.GetValue(scale),
                        Unturned = !parsed.GetValue(turn),
                        Unmirrored = !parsed.GetValue(mirror),
                    },
                    Seed = parsed.GetValue(seed),
                    Minutes = parsed.GetValue(minutes),
                    Steps = parsed.GetValue(steps),
                    LearningRate = parsed.GetValue(rate),
                    KeepsAlarms = keeps,
                    StartShare = parsed.GetValue(startShare),
                    SideBranch = parsed.GetValue(sideBranch),
                    Losses = new EdgeLossWeights { Memory = parsed.GetValue(memory) },
                    Threads = parsed.GetValue(threads),
                },
                parsed.GetValue(json),
                stop?.Token ?? cancellation).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed,
        string folder,
        string? from,
        ClipRows clipRows,
        TrainingSelection selection,
        bool keepClasses,
        bool drift,
        EdgeNetworkChoice choice,
        DivisionRule rule,
        EdgeTrainingOptions options,
        bool json,
        CancellationToken cancellation)
    {
        if (selection.Names.Count + selection.Whole.Count == 0)
        {
            throw new ArgumentException("There is nothing to learn from: give --data or --whole.");
        }

        if (options.SideBranch && selection.Descriptions.Count > 0)
        {
            throw new ArgumentException("--describe teaches the network words, and --side-branch leaves it as it is: expected one of them.");
        }

        if (options.Crops.PaintsDefects && selection.Descriptions.Count > 0)
        {
            throw new ArgumentException("--describe learns from defects that are drawn, and --normal-only from none: expected one of them.");
        }

        if (rule.Together && selection.Whole.Count + selection.Descriptions.Count > 0)
        {
            throw new ArgumentException(
                $"--split-together keeps what several data sets hold on one side, and {(selection.Whole.Count > 0 ? "--whole" : "--describe")} has none that is left out: its copies of test pictures would be learned. Expected one of them.");
        }

        if (options.Crops.PaintsDefects && options.SideBranch)
        {
            throw new ArgumentException("--side-branch learns new classes, and --normal-only learns from no defect that has one: expected one of them.");
        }

        if (options.Crops.PaintsDefects && keepClasses)
        {
            throw new ArgumentException("--keep-classes goes on naming defects, and --normal-only makes a model that says of all the same: expected one of them.");
        }

        if (from is null && options.Losses.Memory > 0)
        {
            throw new ArgumentException("--memory needs --from: the model that the network is held to.");
        }

        if (from is null && options.StartShare > 0)
        {
            throw new ArgumentException("--start-share needs --from: the model whose weights are shared.");
        }

        if (options.SideBranch && from is null)
        {
            throw new ArgumentException("--side-branch needs --from: the model beside which is learned.");
        }

        if (keepClasses && from is null)
        {
            throw new ArgumentException("--keep-classes needs --from: the model whose classes are kept.");
        }

        if (from is not null)
        {
            OutFolder.RequireOther(folder, from);
        }

        var progress = parsed.InvocationConfiguration.Error;
        using var clip = clipRows.Open(parsed);
        using var loaded = from is null ? null : TrainedModel.Load(from, clip);
        using var doubled = choice.Doubled == true && loaded is { Description.Network.Doubled: false } ? loaded.AtTwiceTheSize() : null;
        var start = doubled ?? loaded;
        options = choice.Apply(options, start?.Description.Network);
        options.Validate();
        if (doubled is not null && options.SideBranch)
        {
            throw new ArgumentException("--side-branch leaves the network of --from as it is, and that looks at pictures at their own size: expected no --doubled true.");
        }

        if (doubled is not null && keepClasses)
        {
            throw new ArgumentException("--keep-classes holds alarms to those of the model of --from, and that looks at pictures at their own size: expected no --doubled true.");
        }

        var data = TrainingDataReader.Read(
            selection with { Seed = options.Seed, NormalOnly = options.Crops.PaintsDefects, PaintedSide = options.Crops.Doubled ? 2 * options.Crops.Side : options.Crops.Side, KeptClasses = keepClasses ? start!.Description.Classes : [] }, rule);
        DataNotices.Write(progress, data);
        await progress.WriteLineAsync(
            $"{data.Train.Count} pictures to learn from, {data.Train.Count(p => p.IsDefective)} with defects of {data.Classes.Count} classes{(data.Descriptions.Count > 0 ? $" and {data.Descriptions.Count} looks" : "")}; "
            + $"{data.Validation.Count} to validate on{(data.PaintedSeed is null ? "" : $", {data.Validation.Count - data.Unpainted.Count} of them with painted defects")}").ConfigureAwait(false);
        if (options.Network.UsesReference && data.Train.All(p => p.Reference is null))
        {
            throw new ArgumentException(
                $"{(choice.UsesReference == true ? "--reference" : "The model of --from")} compares pictures with their known-good views, and no picture of --data or --whole has one: expected data with references, or a network without.");
        }

        if (options.SideBranch && WhyNotBeside(data, start!) is { } reason)
        {
            await progress.WriteLineAsync($"not beside the network: {reason}").ConfigureAwait(false);
            options = options with { SideBranch = false };
        }

        if (choice.Fit(options, data) is var fitted && fitted != options)
        {
            options = fitted;
            await progress.WriteLineAsync($"most defects are labelled as a whole picture only: crops of about {options.Crops.Side} pixels, {options.BatchSize} a step").ConfigureAwait(false);
        }

        var run = Path.Combine(folder, ModelBundle.RunFolder);
        using var own = await RunFolderLock.TakeAsync(run, cancellation).ConfigureAwait(false);
        using EdgeTrainer trainer = new(options, data, run, start, clip: clip);
        if (trainer.Notice is { } notice)
        {
            await progress.WriteLineAsync(notice).ConfigureAwait(false);
        }

        if (trainer.Step > 0)
        {
            await progress.WriteLineAsync($"going on from step {trainer.Step}").ConfigureAwait(false);
        }

        var (outcome, model) = await trainer.RunAsync(new ProgressLine(progress), cancellation).ConfigureAwait(false);
        if (!options.SideBranch && outcome.Validation?.Score is null)
        {
            await progress.WriteLineAsync("No picture to validate on tells better weights from worse: those of the last step are kept.").ConfigureAwait(false);
        }

        string bundle;
        var commit = model.Description.Lineage.CodeCommit;
        using (model)
        {
            // Beside a network that stays as it is, nothing but the new classes can change.
            IReadOnlyList<string>? changed = options.SideBranch ? [.. data.Classes.Select(c => c.Id).Except(start!.Description.Classes.Select(c => c.Id), StringComparer.Ordinal)] : null;
            bundle = EdgeBundle.Write(model, data.Unpainted, folder, CreationTime.Now(), changed: changed, driftSeed: drift ? options.Seed : null);
        }

        if (json)
        {
            JsonLine.Write(parsed.InvocationConfiguration.Output, new
            {
                Out = folder,
                outcome.Digest,
                BundleDigest = bundle,
                Size = options.Network.Size.ToString().ToLowerInvariant(),
                options.Seed,
                outcome.Step,
                outcome.Steps,
                outcome.BestStep,
                TrainPictures = data.Train.Count,
                ValidationPictures = data.Validation.Count,
                Classes = data.Classes.Select(c => c.Id),
                data.SplitIds,
                DrawShares = DrawShares(data),
                Parent = start?.Digest(),
                CpuMinutes = Math.Round(outcome.CpuSeconds / 60, 2),
                outcome.Validation,
                Curve = outcome.Curve.Select(point => new { point.Step, point.Validation.Score, point.Validation.PixelAp, point.Validation.Iou, point.Validation.ImageAuroc, point.Validation.Naming }),
                CodeCommit = commit,
                FilesNotUsed = data.Problems.Count,
            });
        }
        else
        {
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{folder}: bundle {bundle}, weights {outcome.Digest} of step {outcome.BestStep}").ConfigureAwait(false);
        }

        return 0;
    }

    /// <summary>Null where there is a class to learn in a branch, and room for it.</summary>
    private static string? WhyNotBeside(TrainingData data, EdgeModel start)
    {
        var fresh = data.Classes.Select(c => c.Id).Except(start.Description.Classes.Select(c => c.Id), StringComparer.Ordinal).Count();
        return fresh == 0 ? "the data show no class that it cannot name"
            : start.Description.Network.SideBranches + fresh > EdgeNetworkOptions.MaxSideBranches ? $"it has {start.Description.Network.SideBranches} branches of {EdgeNetworkOptions.MaxSideBranches}, and {fresh} more are needed"
            : null;
    }

    /// <summary>The share of all crops that are cut from each data set, in their order.</summary>
    private static List<double> DrawShares(TrainingData data)
    {
        var weights = PictureSampler.Weights(data.Train);
        return [.. data.Names.Select((_, set) => weights.Where((_, picture) => data.Train[picture].Dataset == set).Sum())];
    }
}
