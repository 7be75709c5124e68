using System.Diagnostics;
using System.Text;
using System.Text.Json;
using IMDD.Contracts.Identity;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Networks.Text;
using IMDD.Learning.Training.Losses;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Words;
using IMDD.Synthetics;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Runs;

/// <summary>
/// Trains one model. Whatever is drawn is a function of seed and step, and a checkpoint holds the rest, so that a run that was killed ends with the
/// weights of one that was not.
/// </summary>
public sealed class EdgeTrainer : IDisposable
{
    private const string BestPrefix = "best.";
    private const string AveragePrefix = "average.";
    private const int ReportEvery = 10;
    private const double LossMemory = 0.95;

    /// <summary>Training pictures that the threshold of a branch is found on as well, beside those of its class.</summary>
    private const int MaxFurtherOfBranch = 600;

    private readonly EdgeTrainingOptions _options;
    private readonly StepPlan _plan;
    private readonly TrainingData _data;
    private readonly CheckpointFolder _checkpoints;
    private readonly TimeProvider _time;
    private readonly RunLog _log;
    private readonly EdgeModel _model;
    private readonly EdgeModel _average;
    private readonly WeightAverage _averaging;
    private readonly TorchSharp.Modules.AdamW _optimizer;
    private readonly EdgeLoss _loss;
    private readonly Memory? _memory;
    private readonly List<int> _side = [];
    private readonly SideLoss? _sideLoss;
    private readonly List<TorchSharp.Modules.Parameter> _trained;
    private readonly BatchSource _batches;
    private readonly NoCollection _quiet = new();
    private readonly string? _parent;
    private readonly string _dataDigest;
    private readonly Dictionary<string, Float32Tensor>? _start;
    private readonly EdgeModelDescription? _startDescription;
    private readonly ClipTexts? _texts;
    private IReadOnlyList<Float32Tensor>? _best;
    private RunState _state;

    /// <summary>Prepares a run, or goes on with the one in <paramref name="runFolder"/>.</summary>
    /// <param name="options">How to train.</param>
    /// <param name="data">From what.</param>
    /// <param name="runFolder">Where checkpoints and logs go.</param>
    /// <param name="start">Weights to start from; null: from nothing.</param>
    /// <param name="time">For the time left.</param>
    /// <param name="clip">Makes rows of text, as of the start; stays the caller's, as long as the model that comes out is used. Null: rows are made of letters.</param>
    /// <exception cref="ArgumentException">An option is off.</exception>
    /// <exception cref="TrainingException">The folder holds another run, or the start does not fit.</exception>
    public EdgeTrainer(EdgeTrainingOptions options, TrainingData data, string runFolder, EdgeModel? start = null, TimeProvider? time = null, ClipTextEmbedder? clip = null)
    {
        options.Validate();
        if (start is not null && start.Description.Clip != clip?.Reference)
        {
            throw new TrainingException(start.Description.Clip is { } made
                ? $"The model to start from makes its rows with {made}: expected that CLIP."
                : "The model to start from makes its rows of letters: expected no CLIP.");
        }

        if (start is not null && start.Description.Network is var network && network != options.Network && (options.SideBranch || network with { Attention = true } != options.Network))
        {
            throw new TrainingException($"The model to start from is {network}: expected {options.Network}{(options.SideBranch ? ", since it stays as it is" : "")}.");
        }

        // What the start keeps was made once: another processor may make it otherwise in the last bits, and the rows that there are with it.
        _texts = clip is null ? null : start?.Texts?.With(clip) ?? new ClipTexts(clip);
        _options = options;
        _plan = new StepPlan(options.Minutes);
        _data = data;
        _dataDigest = data.Digest();
        _time = time ?? TimeProvider.System;
        _parent = start?.Digest();
        Directory.CreateDirectory(runFolder);
        UseThreads();
        manual_seed(options.Seed);
        if (options.SideBranch)
        {
            _side = NewClasses(data, start);
        }

        EdgeModelDescription description = new(
            options.Network with { SideBranches = options.Network.SideBranches + _side.Count }, data.Classes, EdgeCalibration.None,
            new EdgeModelLineage(data.Names, data.SplitIds, options.Seed, 0, _parent)
            {
                EarlierData = start?.Description.Lineage is { } before ? [.. before.Data.Union(before.EarlierData ?? [])] : null,
                EarlierWhole = start is null ? null : LearnedSplits.Wholes(start.Description.Lineage.KnownSplits),
                PaintedSeed = data.PaintedSeed,
            })
        {
            Clip = clip?.Reference,
            SeenWords = clip is not null ? null : SeenWords.Of(Shown(data).Concat(start is { Description: { SeenWords: null, Classes: var known } } ? known : []), start?.Description.SeenWords),
        };
        _model = new EdgeModel(description, _texts);
        _average = new EdgeModel(description, _texts);
        if (start is not null)
        {
            _startDescription = start.Description;
            _start = start.Tensors().ToDictionary(t => t.Name, StringComparer.Ordinal);
            if (options.Network.Attention && !start.Description.Network.Attention)
            {
                // Attention is the identity as it is drawn: the start with it says what it said without.
                foreach (var drawn in _model.Tensors().Where(t => !_start.ContainsKey(t.Name)))
                {
                    _start.Add(drawn.Name, drawn);
                }
            }

            _model.Set(_model.Tensors().ToDictionary(t => t.Name, t => _side.Count > 0 && !_start.ContainsKey(t.Name) ? t : _start[t.Name], StringComparer.Ordinal));
        }

        _trained = [.. _model.Network.parameters().Concat(_model.Text.parameters())];
        if (_side.Count > 0)
        {
            _trained = Beside();
            _sideLoss = new SideLoss(_side, options.Losses);
        }

        _average.Set(_model.Tensors().ToDictionary(t => t.Name, StringComparer.Ordinal));
        _averaging = new WeightAverage(_model, _average, options.AverageDecay);
        _optimizer = optim.AdamW(_trained, options.LearningRate, weight_decay: options.WeightDecay);

        // CLIP knows what captions would teach, and new ones at each step would cost more than the step.
        WordSource words = new(Vocabulary.English, data.AllClasses, ReservedWords(), options.Seed, hasCaptions: clip is null);

        // At once, not within the first steps, by whose time the number of steps is planned.
        _texts?.Prepare(words.Words);
        _loss = new EdgeLoss(
            _model, words, options.Losses, PictureSampler.ClassWeights(data.Train, data.AllClasses.Count),
            data.Classes.Count..data.AllClasses.Count);
        _memory = start is not null && options.Losses.Memory > 0 && _side.Count == 0 ? new Memory(start, data.AllClasses) : null;
        _batches = new BatchSource(data.Train, options.Crops, options.BatchSize, options.Seed, options.Network.UsesReference);
        _state = new RunState(Fingerprint(), 0, options.Steps ?? 0, null, 0, 0, 0);
        _checkpoints = new CheckpointFolder(runFolder);
        if (_checkpoints.Newest(out var notice) is { } checkpoint)
        {
            Restore(checkpoint, runFolder);
        }

        Notice = notice;

        _log = new RunLog(runFolder, _time);
    }

    /// <summary>Steps taken before this part of the run.</summary>
    public long Step => _state.Step;

    /// <summary>Why the run does not go on from its newest checkpoint; null where it does.</summary>
    public string? Notice { get; }

    /// <summary>CPU time that this process has taken so far, seconds: by it steps are timed.</summary>
    internal Func<double> CpuSeconds { get; init; } = () => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;

    /// <summary>Trains to the end.</summary>
    /// <param name="progress">Told every few steps.</param>
    /// <param name="cancellation">Stops after a step; a checkpoint is written.</param>
    /// <returns>The outcome, and the model with its calibration: the caller's to dispose.</returns>
    /// <exception cref="TrainingException">The loss, or the size of its gradients, is no longer a number.</exception>
    public async Task<(TrainingOutcome Outcome, EdgeModel Model)> RunAsync(IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var smoothed = double.NaN;
        var begin = _time.GetTimestamp();
        var first = _state.Step;
        while (!IsDone())
        {
            if (cancellation.IsCancellationRequested)
            {
                WriteCheckpoint();
                cancellation.ThrowIfCancellationRequested();
            }

            var batch = await _batches.GetAsync(_state.Step).ConfigureAwait(false);
            UseThreads();
            _quiet.Renew();
            var cpu = CpuSeconds();
            var loss = TakeStep(batch);
            _state = _state with { Step = _state.Step + 1, CpuSeconds = _state.CpuSeconds + CpuSeconds() - cpu };
            smoothed = double.IsNaN(smoothed) ? loss : LossMemory * smoothed + (1 - LossMemory) * loss;
            var isPlanned = PlanSteps();
            var due = IsValidationDue();
            var validation = due ? Validate() : null;
            if (due && _options.Steps is null && _plan.Fewer(_state.Step, _state.CpuSeconds, _state.Steps) is { } fewer)
            {
                _state = _state with { Steps = fewer };
            }

            // The number of steps depends on how fast the first ones were: measured again after a kill, it would be another.
            if (isPlanned || due || _state.Step % _options.CheckpointEvery == 0)
            {
                WriteCheckpoint();
            }

            if (validation is not null || _state.Step % ReportEvery == 0)
            {
                var pace = _time.GetElapsedTime(begin) / Math.Max(1, _state.Step - first);
                progress?.Report(new TrainingProgress(
                    _state.Step, _state.Steps, smoothed, _state.Steps > 0 ? pace * (_state.Steps - _state.Step) : null, validation));
            }
        }

        return Finish();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _quiet.Dispose();
        _log.Dispose();
        _optimizer.Dispose();
        _memory?.Dispose();
        _average.Dispose();
        _model.Dispose();
    }

    private bool IsDone() => (_state.Steps > 0 && _state.Step >= _state.Steps) || _state.Worse >= _options.Patience;

    /// <summary>
    /// libtorch keeps this number by the thread that calls, and sums in another order by it: after an await it is another thread, that may have computed for
    /// others before.
    /// </summary>
    private void UseThreads() => set_num_threads(_options.Threads);

    /// <summary>One step; gives its loss.</summary>
    private double TakeStep(Batch batch)
    {
        using var scope = NewDisposeScope();
        SetTraining();
        var rate = LearningRate.At(_state.Step, Math.Max(_state.Steps, 1), _options.LearningRate);
        if (_state.Steps == 0)
        {
            // While the steps are being timed, their number is not known: the rate rises as slowly as it ever does.
            rate = LearningRate.At(_state.Step, long.MaxValue, _options.LearningRate);
        }

        foreach (var group in _optimizer.ParamGroups)
        {
            group.LearningRate = rate;
        }

        var images = tensor(batch.Images, [batch.Count, 3, batch.Side, batch.Side]);
        var references = batch.References is { } r ? tensor(r, [batch.Count, 3, batch.Side, batch.Side]) : null;
        var losses = Losses(images, references, batch);
        var total = losses.Total.item<float>();
        if (!float.IsFinite(total))
        {
            throw new TrainingException($"The loss of step {_state.Step} is {total}: lower the learning rate ({_options.LearningRate}).");
        }

        _optimizer.zero_grad();
        losses.Total.backward();
        var norm = nn.utils.clip_grad_norm_(_trained, _options.MaxGradientNorm);
        if (!double.IsFinite(norm))
        {
            throw new TrainingException($"The norm of the gradients of step {_state.Step} is {norm}: lower the learning rate ({_options.LearningRate}).");
        }

        _optimizer.step();
        _averaging.Update(_state.Step);
        if (_state.Step % ReportEvery == 0)
        {
            _log.Step(_state.Step, rate, norm, losses);
        }

        return total;
    }

    private EdgeLosses Losses(Tensor images, Tensor? references, Batch batch)
    {
        if (_sideLoss is not null)
        {
            return _sideLoss.Of(_model.Network.ForwardBranches(images, references, FirstOfSide), batch);
        }

        var features = _model.Network.forward(images, references);
        var losses = _loss.Of(features, batch, _state.Step);
        return _memory?.Of(images, references, features, batch) is { } moved
            ? losses with { Total = losses.Total + moved * _options.Losses.Memory, Memory = moved }
            : losses;
    }

    private int FirstOfSide => _options.Network.SideBranches;

    /// <summary>What learns is in training mode. The rest of a network beside which branches learn keeps its statistics too.</summary>
    private void SetTraining()
    {
        _model.Network.train(_side.Count == 0);
        _model.Text.train(_side.Count == 0);
        if (_side.Count > 0)
        {
            foreach (var branch in _model.Network.Branches.Skip(FirstOfSide))
            {
                branch.train();
            }
        }
    }

    /// <summary>Names the new branches and holds all else as it is; gives the branches' parameters.</summary>
    private List<TorchSharp.Modules.Parameter> Beside()
    {
        using var scope = NewDisposeScope();
        List<TorchSharp.Modules.Parameter> own = [];
        var rows = _model.RowsOf([.. _side.Select(index => _data.Classes[index])]);
        foreach (var parameter in _trained)
        {
            parameter.requires_grad_(false);
        }

        foreach (var (branch, index) in _model.Network.Branches.Skip(FirstOfSide).Select((branch, index) => (branch, index)))
        {
            branch.Name(rows[index]);
            own.AddRange(branch.LearntParameters);
        }

        own.ForEach(parameter => parameter.requires_grad_(true));
        return own;
    }

    /// <summary>The classes that some picture shows.</summary>
    private static IEnumerable<TrainedClass> Shown(TrainingData data)
    {
        var classes = data.AllClasses;
        return data.Train.SelectMany(picture => picture.ClassIndices).Distinct().Select(index => classes[index]);
    }

    /// <summary>Indices of the classes that the start has no name for.</summary>
    private static List<int> NewClasses(TrainingData data, EdgeModel? start)
    {
        if (start is null)
        {
            throw new ArgumentException("Branches are learned beside a model: there is none to start from.");
        }

        var known = start.Description.Classes.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        List<int> fresh = [.. Enumerable.Range(0, data.Classes.Count).Where(i => !known.Contains(data.Classes[i].Id))];
        return fresh.Count > 0
            ? fresh
            : throw new TrainingException("The data show no class that the model to start from cannot name: what it can is learned into the network itself, not beside it.");
    }

    /// <summary>Plans the number of steps once some have been timed; true when this step did.</summary>
    private bool PlanSteps()
    {
        if (_state.Steps > 0 || _plan.After(_state.Step, _state.CpuSeconds) is not { } steps)
        {
            return false;
        }

        _state = _state with { Steps = steps };
        return true;
    }

    private bool IsValidationDue()
        => _side.Count == 0 && _state.Steps > 0 && (_state.Step == _state.Steps || _state.Step % Math.Max(1, _state.Steps / _options.Validations) == 0);

    private Validation? Validate()
    {
        if (_data.Validation.Count == 0)
        {
            Keep(null);
            return null;
        }

        var scores = new PictureScorer(_average).Score(_data.Validation);
        var validation = Validation.Of(scores);
        _state = _state with { Curve = [.. _state.Curve ?? [], new CurvePoint(_state.Step, validation)] };
        _log.Validation(_state.Step, validation);
        _log.Pictures(_state.Step, _average, _data.Validation);
        if (validation.Score is null || _state.BestScore is null || validation.Score > _state.BestScore)
        {
            Keep(validation.Score);
        }
        else
        {
            _state = _state with { Worse = _state.Worse + 1 };
        }

        return validation;
    }

    private void Keep(double? score)
    {
        _best = _average.Tensors();
        _state = _state with { BestScore = score, BestStep = _state.Step, Worse = 0 };
    }

    private (TrainingOutcome Outcome, EdgeModel Model) Finish()
    {
        if (_best is null)
        {
            Keep(null);
        }

        EdgeModel model = new(_model.Description, _texts);
        model.Set(Blended(_best!).ToDictionary(t => t.Name, StringComparer.Ordinal));
        if (_side.Count > 0)
        {
            model.Description = Described(model);
            return (new TrainingOutcome(model.Digest(), _state.Step, _state.Steps, _state.BestStep, null, _state.CpuSeconds, []), model);
        }

        var (calibration, scores) = ModelCalibration.Of(model, _data);
        var validation = scores.Count > 0 ? Validation.Of(scores) : null;
        model.Description = model.Description with
        {
            Calibration = Guarded(calibration, scores),
            Lineage = Lineage(model),
            Metrics = validation?.ToMetrics(),
        };
        ConfidenceFit.Apply(model, _data);
        return (new TrainingOutcome(model.Digest(), _state.Step, _state.Steps, _state.BestStep, validation, _state.CpuSeconds, _state.Curve ?? []), model);
    }

    private EdgeModelLineage Lineage(EdgeModel model)
        => model.Description.Lineage with { Steps = _state.BestStep, DataDigest = _dataDigest, CodeCommit = BuildCommit.Value };

    /// <summary>What is said of a model that has new branches; they begin to claim pixels where they should.</summary>
    private EdgeModelDescription Described(EdgeModel model)
    {
        var held = _data.Validation.Select(p => (p.Dataset, p.Id)).ToHashSet();
        var others = _data.Train.Where(p => !held.Contains((p.Dataset, p.Id))).ToLookup(p => p.ClassIndices.Any(_side.Contains));
        var every = Math.Max(1, (others[false].Count() + MaxFurtherOfBranch - 1) / MaxFurtherOfBranch);
        model.Description = model.Description with
        {
            Rows = _startDescription!.Rows is { } rows ? [.. rows, .. _side.Select(index => new ModelRow(_data.Classes[index].Id, Prototype: null))] : null,
            Lineage = Lineage(model),
        };
        var calibration = SideCalibration.Apply(
            model, FirstOfSide, _side, _startDescription, [.. _data.Validation, .. others[true], .. others[false].Where((_, i) => i % every == 0)]);
        return model.Description with { Calibration = calibration };
    }

    private EdgeCalibration Guarded(EdgeCalibration calibration, IReadOnlyList<PictureScores> scores)
    {
        if (!_options.KeepsAlarms || _start is null || scores.Count == 0)
        {
            return calibration;
        }

        // Normal ones; what was also learned from are frames that the start got wrong, which say nothing of how it does on others.
        var learned = _data.Train.Select(p => (p.Dataset, p.Id)).ToHashSet();
        var own = Enumerable.Range(0, scores.Count).Where(i => !_data.Validation[i].IsDefective && !learned.Contains((_data.Validation[i].Dataset, _data.Validation[i].Id))).ToList();
        using EdgeModel start = new(_startDescription!, _texts);
        start.Set(_start);
        var before = new PictureScorer(start).Score([.. own.Select(i => _data.Validation[i])]);
        return calibration with
        {
            PixelThreshold = AlarmGuard.Raise(calibration.PixelThreshold, ([.. own.Select(i => scores[i])], calibration), (before, _startDescription!.Calibration)),
        };
    }

    /// <summary>The weights between those the run started from and those it ended with, which forget less than the latter (Wortsman et al. 2022).</summary>
    private IEnumerable<Float32Tensor> Blended(IReadOnlyList<Float32Tensor> end)
    {
        var share = (float)_options.StartShare;
        return _start is null || share == 0
            ? end
            : end.Select(t => t with { Values = Between(t.Values.Span, _start[t.Name].Values.Span, share) });
    }

    private static float[] Between(ReadOnlySpan<float> now, ReadOnlySpan<float> before, float share)
    {
        var values = new float[now.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = now[i] + share * (before[i] - now[i]);
        }

        return values;
    }

    private void WriteCheckpoint()
    {
        using MemoryStream optimizer = new();
        using (BinaryWriter writer = new(optimizer, Encoding.UTF8, leaveOpen: true))
        {
            _optimizer.save_state_dict(writer);
        }

        _checkpoints.Write(
            _state,
            [.. _model.Tensors(), .. Prefixed(_average.Tensors(), AveragePrefix), .. Prefixed(_best ?? [], BestPrefix)],
            optimizer.ToArray());
    }

    private void Restore(Checkpoint checkpoint, string runFolder)
    {
        if (checkpoint.State.Options != _state.Options)
        {
            throw new TrainingException($"{runFolder} holds a run with other options or data, or of another version: give another folder, or remove it to start anew.");
        }

        _state = checkpoint.State;
        _model.Set(checkpoint.Tensors);
        _average.Set(Unprefixed(checkpoint.Tensors, AveragePrefix).ToDictionary(t => t.Name, StringComparer.Ordinal));
        List<Float32Tensor> best = [.. Unprefixed(checkpoint.Tensors, BestPrefix)];
        _best = best.Count > 0 ? best : null;
        using BinaryReader reader = new(new MemoryStream(checkpoint.Optimizer));
        _optimizer.load_state_dict(reader);
        RestoreGradients();
    }

    /// <summary>
    /// Gradients are set to zero and not taken away: what a batch does not reach still moves by its momentum, once it has been reached. Without a gradient
    /// the optimiser would leave it where it is.
    /// </summary>
    private void RestoreGradients()
    {
        foreach (var (parameter, state) in _trained.Zip(_optimizer.state_dict().State))
        {
            if (((TorchSharp.Modules.AdamW.State)state).step > 0)
            {
                parameter.grad = zeros_like(parameter);
            }
        }
    }

    /// <summary>Of all that decides the model which the run ends with. How long a run may take decides it only together with the machine's speed, which the state keeps.</summary>
    private string Fingerprint()
    {
        var run = JsonSerializer.SerializeToUtf8Bytes(new
        {
            Options = _options with { CheckpointEvery = 1 },
            Names = _data.Descriptions.Count > 0 ? [.. _data.Names, $"{_data.Descriptions.Count} looks"] : _data.Names,

            // Without the mark of what is learned as a whole, which runs of earlier versions did not have.
            SplitIds = _data.SplitIds.Select(LearnedSplits.IdOf),
            Data = _dataDigest,
            Classes = _data.AllClasses,
            Pictures = _data.Train.Select(p => new { p.Id, p.Weight, p.IsOutlined }),
            Parent = _parent,
        });
        var clip = _texts is null ? [] : JsonSerializer.SerializeToUtf8Bytes(_texts.Reference);

        // Before, names of pictures that are labelled as a whole were not learned.
        var wholes = _side.Count == 0 && _data.Train.Any(p => p.WholeClass != TrainingPicture.NoClass) ? "names of wholes"u8 : [];
        return ContentDigest.Of([.. run, .. clip, .. wholes]);
    }

    /// <summary>What must not be learned by any default model is no word of it either.</summary>
    private static HashSet<string> ReservedWords()
        => [.. DefectKinds.Reserved.Select(k => Vocabulary.English.Resolve(k.Name()) ?? k.Name())];

    private static IEnumerable<Float32Tensor> Prefixed(IEnumerable<Float32Tensor> tensors, string prefix)
        => tensors.Select(t => t with { Name = prefix + t.Name });

    private static IEnumerable<Float32Tensor> Unprefixed(IReadOnlyDictionary<string, Float32Tensor> tensors, string prefix)
        => tensors.Values.Where(t => t.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(t => t with { Name = t.Name[prefix.Length..] });
}
